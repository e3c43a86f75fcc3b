#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace tollgate::control {

/// Tells the time of a record by its line; nothing where the line is none.
using TimeOfRecord = std::function<std::optional<std::uint64_t>(std::string_view line)>;

/// What is in a file of records, a line each.
struct RecordFileContent {
  std::uint64_t octets = 0;
  std::uint64_t records = 0;
  std::uint64_t first_ns = 0;  ///< of its oldest record; both 0 where there is none
  std::uint64_t last_ns = 0;
  std::string hash;       ///< BLAKE2b, 32 octets, in hexadecimal digits
  std::string last_line;  ///< without its end
};

/// The time of the last record in an open file, whatever the others are; nothing where the end of the file
/// has none. Throws std::system_error.
std::optional<std::uint64_t> time_of_last_record(int file, const TimeOfRecord& time_of);

/// Reads all of an open file. Nothing where it was asked to stop. Throws std::system_error.
std::optional<RecordFileContent> read_record_file(int file, const TimeOfRecord& time_of,
                                                  const std::stop_token& stop);

}  // namespace tollgate::control
