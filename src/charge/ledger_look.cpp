#include "charge/ledger_look.hpp"

#include <filesystem>

#include "charge/sqlite.hpp"

namespace tollgate::charge {

std::optional<SeenMovement> look_at_movement(sql::Database& database, std::int64_t number) {
  const auto select = database.prepare(
      "SELECT account.id, m.kind, m.amount, m.reference, "
      "(SELECT CAST(coalesce(max(c.number), 0) AS BIGINT) FROM movement AS c "
      "WHERE c.account = m.account AND c.kind = 'correction' AND c.undoes = m.number) "
      "FROM movement AS m JOIN account ON account.number = m.account WHERE m.number = $1");
  auto rows = select->on(number);
  if (!rows.next()) return std::nullopt;
  return SeenMovement{rows.text(0), rows.text(1), rows.integer(2), rows.text(3), rows.integer(4)};
}

std::vector<SeenAside> look_at_aside(sql::Database& database, const std::string& appliance) {
  const auto select = database.prepare(
      "SELECT account.id, book.balance FROM book JOIN account ON account.number = book.account "
      "WHERE book.role = 'reserved' AND book.detail = $1 AND book.balance <> 0 ORDER BY account.id");
  std::vector<SeenAside> all;
  for (auto rows = select->on(appliance); rows.next();) all.push_back({rows.text(0), rows.integer(1)});
  return all;
}

SeenExtent look_at_extent(sql::Database& database) {
  const auto number = [&](std::string_view what) {
    const auto select = database.prepare(what);
    auto rows = select->on();
    return rows.next() ? rows.integer(0) : 0;
  };
  return {number("SELECT version FROM meta"),
          number("SELECT CAST(coalesce(max(number), 0) AS BIGINT) FROM movement")};
}

std::optional<SeenExtent> look_at_extent_of(const std::string& file) {
  try {
    if (!std::filesystem::exists(file)) return std::nullopt;
    return look_at_extent(*open_sqlite_to_read(file));
  } catch (const LedgerError&) {
    return std::nullopt;
  }
}

}  // namespace tollgate::charge
