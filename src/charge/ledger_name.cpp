#include "charge/ledger_name.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace tollgate::charge {
namespace {

std::string whole_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path : whole.string();
}

bool tells_where(std::string_view keyword) {
  constexpr std::array<std::string_view, 6> words{"service", "host", "hostaddr", "port", "dbname", "user"};
  for (const std::string_view word : words) {
    if (word == keyword) return true;
  }
  return false;
}

std::string place_of(const std::string& connection) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection.c_str(), nullptr), PQconninfoFree);
  std::string place = "PostgreSQL";
  for (const PQconninfoOption* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
    if (one->val != nullptr && tells_where(one->keyword))
      place += fmt::format(" {}={}", one->keyword, one->val);
  }
  return place;
}

}  // namespace

std::string name_of(const LedgerSettings& settings) {
  return settings.postgresql.empty() ? whole_path(settings.sqlite) : place_of(settings.postgresql);
}

}  // namespace tollgate::charge
