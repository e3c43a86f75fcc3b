#include "record/money.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tollgate::record {
namespace {

Money of(const std::vector<Judgement>& judgements) {
  Money money;
  for (const Judgement& judgement : judgements) money.add(judgement);
  return money;
}

const Judgement paid{.charged = true, .amount = 65'000, .fees = 10'000, .currency = "EUR"};
const Judgement again{.charged = true, .charged_before = true, .currency = "EUR"};
const Judgement refused{.charge_refused = "no_price"};
const Judgement leaked{.leaked = 80'000, .currency = "GBP"};

TEST(Money, is_summed_up_by_currency) {
  const Money money = of({paid, paid, again, refused, leaked});
  EXPECT_EQ(money.charged, (Money::ByCurrency{{"EUR", {2, 130'000}}}));
  EXPECT_EQ(money.fees, (Money::ByCurrency{{"EUR", {2, 20'000}}}));
  EXPECT_EQ(money.leaked, (Money::ByCurrency{{"GBP", {1, 80'000}}}));
  EXPECT_EQ(money.repeated, 1);
  EXPECT_EQ(money.refused.at("no_price"), 1);
}

TEST(Money, a_difference_has_what_is_on_one_side_only) {
  const Money more = difference(of({paid, paid, refused, again}), of({leaked, paid}));
  EXPECT_EQ(more.charged, (Money::ByCurrency{{"EUR", {-1, -65'000}}}));
  EXPECT_EQ(more.fees, (Money::ByCurrency{{"EUR", {-1, -10'000}}}));
  EXPECT_EQ(more.leaked, (Money::ByCurrency{{"GBP", {1, 80'000}}}));
  EXPECT_EQ(more.repeated, -1);
  EXPECT_EQ(more.refused.at("no_price"), -1);
}

TEST(Money, programs_read_millionths) {
  EXPECT_EQ(
      to_json(of({paid, refused})).dump(),
      R"({"charged":{"EUR":{"messages":1,"amount":65000}},"fees":{"EUR":{"messages":1,"amount":10000}},)"
      R"("charged_before":0,"charge_refused":{"no_price":1},"leaked":{}})");
}

}  // namespace
}  // namespace tollgate::record
