#include "cli/ledger_rest.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

using namespace std::chrono_literals;

/// When the first rest begins that somebody cannot miss who looks every `between_looks`; rounds take `round`,
/// and more waits after each.
std::chrono::milliseconds first_turn_of_others(std::chrono::milliseconds round) {
  const LedgerRest::Clock::time_point start{};
  LedgerRest rest(start);
  auto now = start;
  while (now - start < 1min) {
    now += round;
    const auto pause = rest.after_round(true, now);
    if (pause > LedgerRest::between_looks) break;
    now += pause;
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - start);
}

TEST(LedgerRest, whoever_else_wants_the_ledger_comes_to_it_before_it_gives_up) {
  constexpr auto patience = 10s;
  for (const auto round : {1ms, 20ms, 700ms, 3000ms}) EXPECT_LT(first_turn_of_others(round), patience);
}

TEST(LedgerRest, it_costs_few_of_the_charges_of_one_who_has_much_to_do) {
  const LedgerRest::Clock::time_point start{};
  LedgerRest rest(start);
  auto now = start;
  std::chrono::milliseconds rested{0};
  while (now - start < 1min) {
    now += 20ms;
    const auto pause = rest.after_round(true, now);
    now += pause;
    rested += pause;
  }
  EXPECT_LT(rested, 1500ms) << "a fortieth";
}

TEST(LedgerRest, who_has_nothing_to_do_looks_again_soon) {
  LedgerRest rest(LedgerRest::Clock::time_point{});
  EXPECT_EQ(rest.after_round(false, LedgerRest::Clock::time_point{} + 1min), LedgerRest::between_rounds);
}

}  // namespace
}  // namespace tollgate::cli
