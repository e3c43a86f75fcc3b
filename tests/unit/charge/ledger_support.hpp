#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "charge/accounts_file.hpp"
#include "charge/ledger_store.hpp"
#include "charge/postgresql.hpp"

namespace tollgate::charge {

/// 2026-11-22T12:00:00Z
inline constexpr std::uint64_t noon_ns = 1'795'348'800'000'000'000;
inline constexpr std::uint64_t second_ns = 1'000'000'000;
inline constexpr std::uint64_t day_ns = 86'400 * second_ns;

/// A folder that is gone after the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tollgate-ledger-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string text_of(const rules::Findings& findings) {
  std::string text;
  for (const rules::Finding& finding : findings.all()) text += to_string(finding) + '\n';
  return text;
}

inline void declare(Ledger& ledger, const std::string& yaml, std::uint64_t time_ns = noon_ns) {
  rules::Findings findings;
  const auto declared = read_accounts(yaml, "accounts.yaml", findings);
  ASSERT_TRUE(declared.has_value()) << text_of(findings);
  ASSERT_TRUE(ledger.declare(*declared, time_ns, findings)) << text_of(findings);
}

inline const char* const two_accounts = R"(
accounts:
  - {id: acme, name: Acme Ltd, currency: EUR, recognised_by: {system_id: acme}}
  - {id: bank, currency: EUR, payment: postpaid, monthly_limit: 100, total_limit: 150, time_zone: Europe/London}
prices:
  - {list: standard, tariff: domestic, amount: 0.065, currency: EUR}
  - {list: standard, tariff: grey-route, amount: 0.1, currency: EUR, fees: {termination: 0.02, register: 0.005}}
)";
inline constexpr std::uint32_t acme = 1;
inline constexpr std::uint32_t bank = 2;
inline constexpr std::uint32_t domestic_price = 1;
inline constexpr std::uint32_t grey_price = 2;
inline constexpr std::uint32_t no_price = 1'000'000;  ///< that the ledger has

/// How libpq reaches the server that tests are to use in the place of SQLite; null: none.
inline const char* test_server() { return std::getenv("TOLLGATE_TEST_POSTGRESQL"); }

/// What stands for the file at `path` on the test server: a schema of its own.
inline std::string on_server(const std::string& path) {
  std::string schema = "in_memory_" + std::to_string(getpid());
  static int unnamed = 0;
  if (path.empty()) schema += "_" + std::to_string(++unnamed);
  else schema = "s" + std::to_string(std::hash<std::string>()(path));
  open_postgresql(test_server())->execute("CREATE SCHEMA IF NOT EXISTS " + schema);
  return std::string(test_server()) + " options='-c search_path=" + schema + "'";
}

inline std::unique_ptr<LedgerStore> open_ledger(const std::string& path,
                                                const std::string& appliance = "one") {
  if (test_server() != nullptr)
    return LedgerStore::open({.postgresql = on_server(path), .appliance = appliance});
  return LedgerStore::open({.sqlite = path, .appliance = appliance});
}

/// The n-th charge; each has another identity.
inline Charge charge_of(std::uint32_t account, std::uint64_t n, Amount amount = 65'000,
                        std::uint64_t time_ns = noon_ns) {
  Charge charge{};
  charge.id = {0x1111'0000'0000'0000 + n, 0x2222'0000'0000'0000 ^ n};
  charge.retry = {0x3333'0000'0000'0000 + n, 0x4444'0000'0000'0000 ^ n};
  charge.time_ns = time_ns;
  charge.amount = amount;
  charge.account = account;
  charge.price = amount == 65'000 ? domestic_price : no_price;
  charge.country = {'G', 'B'};
  charge.recipient_operator.assign("Example Mobile");
  charge.tariff.assign("domestic");
  charge.route.assign("international");
  return charge;
}

inline std::int64_t number(LedgerStore& ledger, const std::string& query) {
  const auto statement = ledger.database().prepare("SELECT CAST((" + query + ") AS BIGINT)");
  auto rows = statement->on();
  return rows.next() ? rows.integer(0) : 0;
}

inline Amount balance(LedgerStore& ledger, std::uint32_t account, const std::string& role) {
  return number(ledger, "SELECT coalesce(sum(balance), 0) FROM book WHERE role = '" + role +
                            "' AND account = " + std::to_string(account));
}

inline Ledger::Grant wish(Ledger& ledger, std::uint32_t account, Amount amount,
                          std::uint64_t time_ns = noon_ns) {
  const std::vector<Ledger::Wish> wishes{{account, amount}};
  return ledger.settle({}, wishes, time_ns).grants.at(0);
}

}  // namespace tollgate::charge
