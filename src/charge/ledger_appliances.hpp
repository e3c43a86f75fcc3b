#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "charge/charge.hpp"
#include "charge/sql.hpp"

namespace tollgate::charge {

/// An appliance that was not seen for so long does not come back, unless a person knows better.
inline constexpr std::uint64_t gone_after_ns = 600'000'000'000;

/// Who takes quotas from the ledger.
struct Appliance {
  struct Aside {
    std::string currency;
    Amount amount = 0;
  };
  std::string name;
  std::uint64_t seen_ns = 0;  ///< when it wrote to the ledger last, by its clock; 0: nobody noted it then
  std::vector<Aside> aside;   ///< what it has put aside, by currency
};

/// By name.
std::vector<Appliance> read_appliances(sql::Database& database);

/// One appliance on the ledger, within transactions of who calls. Its epoch goes up whenever all that it has
/// put aside is given back: by itself, at its start and end, or by a person. So it learns of that in its next
/// transaction.
class ApplianceEpoch {
 public:
  ApplianceEpoch(sql::Database& database, std::string name);

  /// It lives. True where another gave back what it had put aside, since this was called last.
  bool beat(std::uint64_t time_ns);
  /// It gave back all itself.
  void renew(std::uint64_t time_ns);
  /// The accounts that it ever put something aside of.
  std::vector<std::uint32_t> accounts();

  /// At the start of each transaction.
  void begin() { known_ = epoch_; }
  /// Once one failed: it tells the same again.
  void forget() { epoch_ = known_; }

 private:
  std::int64_t read_epoch();

  std::string name_;
  std::int64_t epoch_ = 0;  ///< 0: not known yet
  std::int64_t known_ = 0;  ///< when the transaction began
  std::unique_ptr<sql::Statement> beat_;
  std::unique_ptr<sql::Statement> renew_;
  std::unique_ptr<sql::Statement> find_;
  std::unique_ptr<sql::Statement> accounts_;
};

}  // namespace tollgate::charge
