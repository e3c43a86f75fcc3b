#include "charge/ledger_leaks.hpp"

#include <gtest/gtest.h>

#include "charge/quotas.hpp"
#include "charge/verify.hpp"
#include "message/origin_name.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

/// 2026-11-22T12:00:00Z is noon.
class LedgerLeaks : public testing::Test {
 protected:
  LedgerLeaks() { declare(*ledger, two_accounts); }

  static Charge leak_of(std::uint64_t n, std::string_view origin, std::uint64_t time_ns = noon_ns) {
    Charge leak = charge_of(0, n, 80'000, time_ns);
    leak.price = domestic_price;  // of whose currency it is
    leak.tariff.assign(origin);
    leak.part = static_cast<std::uint8_t>(OriginKind::gt);
    return leak;
  }
  void settle(const std::vector<Charge>& charges, std::uint64_t now_ns = noon_ns) {
    EXPECT_TRUE(ledger->settle(charges, {}, now_ns).known.empty());
  }
  std::vector<LeakedSum> november() { return read_leakage(ledger->database(), "2026-11"); }

  Folder folder;
  std::string path = folder.file("ledger.db");
  std::unique_ptr<LedgerStore> ledger = open_ledger(path);
};

TEST_F(LedgerLeaks, sums_by_day_origin_and_country_outlive_the_process) {
  Charge elsewhere = leak_of(3, "4477009001");
  elsewhere.country = {'F', 'R'};
  elsewhere.fees = 5'000;
  settle({leak_of(1, "4477009001"), leak_of(2, "4477009002"), elsewhere});
  settle({leak_of(4, "4477009001"), leak_of(5, "4477009001", noon_ns + 12 * 3600 * second_ns)});
  ledger = nullptr;
  ledger = open_ledger(path);
  const auto sums = november();
  ASSERT_EQ(sums.size(), 4U);
  const auto is = [](const LeakedSum& sum, std::string_view day, std::string_view origin,
                     std::string_view country, std::int64_t messages, Amount amount) {
    return sum.day == day && sum.kind == "gt" && sum.origin == origin && sum.country == country &&
           sum.currency == "EUR" && sum.messages == messages && sum.amount == amount;
  };
  EXPECT_TRUE(is(sums[0], "2026-11-22", "4477009001", "GB", 2, 160'000));
  EXPECT_TRUE(is(sums[1], "2026-11-22", "4477009001", "FR", 1, 85'000));
  EXPECT_TRUE(is(sums[2], "2026-11-22", "4477009002", "GB", 1, 80'000));
  EXPECT_TRUE(is(sums[3], "2026-11-23", "4477009001", "GB", 1, 80'000));
  EXPECT_TRUE(read_leakage(ledger->database(), "2026-12").empty());
  EXPECT_EQ(verify(ledger->database()).fault, std::nullopt);
}

TEST_F(LedgerLeaks, the_same_message_is_counted_once) {
  settle({leak_of(1, "4477009001"), leak_of(1, "4477009001")});
  settle({leak_of(1, "4477009001"), leak_of(2, "4477009001")});
  ASSERT_EQ(november().size(), 1U);
  EXPECT_EQ(november()[0].messages, 2);
}

TEST_F(LedgerLeaks, what_leaked_is_no_event_and_moves_no_money) {
  ledger->credit("acme", unit, "bill 1", {"clerk", noon_ns});
  wish(*ledger, acme, 100'000);
  const std::vector<Charge> charges{leak_of(1, "4477009001"), charge_of(acme, 2), leak_of(3, "4477009001")};
  const auto settled = ledger->settle(charges, {}, noon_ns);
  ASSERT_EQ(settled.aside.size(), 1U);
  EXPECT_EQ(settled.aside[0].account, acme);
  EXPECT_EQ(settled.aside[0].amount, 35'000);
  EXPECT_TRUE(settled.uncovered.empty());
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event"), 1);
  EXPECT_EQ(november().at(0).messages, 2);
}

TEST_F(LedgerLeaks, a_group_that_fails_counts_nothing) {
  const std::vector<Charge> charges{leak_of(1, "4477009001"), charge_of(Quotas::most_accounts, 2)};
  EXPECT_THROW(ledger->settle(charges, {}, noon_ns), LedgerError);
  EXPECT_TRUE(november().empty());
  settle({leak_of(1, "4477009001")});
  EXPECT_EQ(november().at(0).messages, 1);
}

TEST_F(LedgerLeaks, identities_are_kept_for_ten_minutes_only) {
  constexpr std::uint64_t later_ns = noon_ns + 600 * second_ns;
  settle({leak_of(1, "4477009001")});
  settle({leak_of(2, "4477009001", later_ns)}, later_ns);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM counted"), 2);
  settle({leak_of(3, "4477009001", later_ns)}, later_ns + 1);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM counted"), 2);
  EXPECT_EQ(november().at(0).messages, 3) << "its sum stays";
}

TEST_F(LedgerLeaks, a_day_has_so_many_origins_and_the_rest_together) {
  const std::int64_t more = 7;
  std::vector<Charge> charges;
  for (std::int64_t n = 0; n < Leaks::most_a_day + more; ++n)
    charges.push_back(leak_of(static_cast<std::uint64_t>(n), "gt" + std::to_string(100'000 + n)));
  settle(charges);
  settle({leak_of(900'000, "gt100000"), leak_of(900'001, "another", noon_ns + day_ns)});
  const auto sums = november();
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM leak WHERE day = '2026-11-22'"), Leaks::most_a_day + 1);
  EXPECT_EQ(sums[0].kind, "other");
  EXPECT_EQ(sums[0].origin, "");
  EXPECT_EQ(sums[0].messages, more);
  EXPECT_EQ(sums[1].origin, "gt100000");
  EXPECT_EQ(sums[1].messages, 2) << "it has its row";
  EXPECT_EQ(sums.back().origin, "another") << "of the next day";
}

}  // namespace
}  // namespace tollgate::charge
