#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "table.hpp"

namespace clickhouse {

/// The columns that `append_row` fills, as an INSERT names them. schema.sql says what they are.
extern const std::string_view columns;

/// Appends an event as a row of ClickHouse's TabSeparated, with its newline.
void append_row(std::string& out, std::string_view id, std::uint64_t time_ns, std::string_view json);

/// The columns that `append_unread` fills.
extern const std::string_view unread_columns;

/// Packets that were not read, as a row of the table `uninspected`.
struct Unread {
  std::string_view id;
  std::uint64_t time_ns = 0;
  std::string_view reason;
  std::string_view route;
  std::uint64_t packets = 0;
};
void append_unread(std::string& out, const Unread& unread);

std::string_view columns_of(Table table);

/// Appends `text` as the format wants it.
void append_escaped(std::string& out, std::string_view text);

}  // namespace clickhouse
