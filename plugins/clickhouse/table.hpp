#pragma once

#include <array>
#include <string_view>

namespace clickhouse {

/// What rows are for. schema.sql has these tables.
enum class Table { events, uninspected };

inline constexpr std::array all_tables{Table::events, Table::uninspected};

constexpr std::string_view to_string(Table table) {
  return table == Table::events ? "events" : "uninspected";
}

}  // namespace clickhouse
