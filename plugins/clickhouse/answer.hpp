#pragma once

#include <string>

namespace clickhouse {

/// What became of rows that were sent.
enum class Answer {
  taken,
  later,    ///< the server cannot take any now: it is away, overloaded, without the table, or lets us not in
  refused,  ///< it does not take these rows, however often they come
};

/// Of what a server says: its HTTP status, and its text, which begins with `Code: N` where it is ClickHouse's
/// own.
Answer answer_of(int status, const std::string& text);

}  // namespace clickhouse
