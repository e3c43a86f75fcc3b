#include "answer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace clickhouse {
namespace {

constexpr int fine = 200;

/// ClickHouse's numbers for rows that cannot be read, or do not fit the columns: the same in all its
/// versions.
constexpr std::array of_rows{
    6,    // CANNOT_PARSE_TEXT
    25,   // CANNOT_PARSE_ESCAPE_SEQUENCE
    26,   // CANNOT_PARSE_QUOTED_STRING
    27,   // CANNOT_PARSE_INPUT_ASSERTION_FAILED
    32,   // ATTEMPT_TO_READ_AFTER_EOF
    38,   // CANNOT_PARSE_DATE
    41,   // CANNOT_PARSE_DATETIME
    53,   // TYPE_MISMATCH
    69,   // ARGUMENT_OUT_OF_BOUND
    70,   // CANNOT_CONVERT_TYPE
    72,   // CANNOT_PARSE_NUMBER
    117,  // INCORRECT_DATA
    130,  // CANNOT_READ_ARRAY_FROM_TEXT
    131,  // TOO_LARGE_STRING_SIZE
    349,  // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
    376,  // CANNOT_PARSE_UUID
    407,  // DECIMAL_OVERFLOW
    469,  // VIOLATED_CONSTRAINT
    675,  // CANNOT_PARSE_IPV4
    676,  // CANNOT_PARSE_IPV6
};

/// Without such a number, as of a proxy: a request that is wrong. Others of 400 to 499 say who may ask, what
/// is not there, or that it is too much just now.
constexpr std::array of_requests{400, 406, 411, 413, 414, 415, 416, 422};

/// 0: there is none.
int code_of(std::string_view text) {
  constexpr std::string_view begin = "Code: ";
  return text.starts_with(begin) ? std::atoi(std::string(text.substr(begin.size(), 10)).c_str()) : 0;
}

bool has(const auto& all, int one) { return std::find(all.begin(), all.end(), one) != all.end(); }

}  // namespace

Answer answer_of(int status, const std::string& text) {
  if (status == fine) return Answer::taken;
  const int code = code_of(text);
  const bool refused = code != 0 ? has(of_rows, code) : has(of_requests, status);
  return refused ? Answer::refused : Answer::later;
}

}  // namespace clickhouse
