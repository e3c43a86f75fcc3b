#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace clickhouse {

/// The columns that `append_row` fills, as an INSERT names them. schema.sql says what they are.
extern const std::string_view columns;

/// Appends an event as a row of ClickHouse's TabSeparated, with its newline.
void append_row(std::string& out, std::string_view id, std::uint64_t time_ns, std::string_view json);

/// Appends `text` as the format wants it.
void append_escaped(std::string& out, std::string_view text);

}  // namespace clickhouse
