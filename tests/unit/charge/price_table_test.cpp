#include "charge/price_table.hpp"

#include <array>

#include <gtest/gtest.h>

namespace tollgate::charge {
namespace {

class PriceTableTest : public ::testing::Test {
 protected:
  PriceTableTest() {
    message.recipient = {.address = "447700900123", .number = "447700900123", .present = true};
    message.sender.type = NumberType::alphanumeric;
    message.route = "international";
    message.time_ns = 1'000;
  }
  /// The number of the line that applies; 0: none.
  std::uint32_t applies(std::vector<PriceLine> lines) const {
    const PriceTable table(std::move(lines));
    const PriceLine* const line =
        table.find({.message = message, .tariff = "domestic", .country = "GB", .currency = "EUR"});
    return line == nullptr ? 0 : line->number;
  }
  static PriceLine line(std::uint32_t number, PriceLine made = {}) {
    made.number = number;
    if (made.currency.empty()) made.currency = "EUR";
    return made;
  }

  Message message;
};

TEST_F(PriceTableTest, without_a_line_there_is_no_price) {
  EXPECT_EQ(applies({}), 0U);
  EXPECT_EQ(applies({line(1, {.tariff = "grey-route"})}), 0U);
}

TEST_F(PriceTableTest, every_condition_of_a_line_must_hold) {
  EXPECT_EQ(applies({line(1)}), 1U);
  EXPECT_EQ(applies({line(1, {.tariff = "domestic",
                              .country = "GB",
                              .prefix = "4477",
                              .sender_type = "alphanumeric",
                              .route = "international"})}),
            1U);
  EXPECT_EQ(applies({line(1, {.country = "DE"})}), 0U);
  EXPECT_EQ(applies({line(1, {.prefix = "4478"})}), 0U);
  EXPECT_EQ(applies({line(1, {.sender_type = "national"})}), 0U);
  EXPECT_EQ(applies({line(1, {.label = "otp"})}), 0U);
  EXPECT_EQ(applies({line(1, {.route = "national"})}), 0U);
  EXPECT_EQ(applies({line(1, {.currency = "GBP"})}), 0U);
  const std::array<std::string_view, 2> labels{"a2p", "otp"};
  message.judgement.labels = labels;
  EXPECT_EQ(applies({line(1, {.label = "otp"})}), 1U);
}

TEST_F(PriceTableTest, the_longest_prefix_counts_before_all_else) {
  EXPECT_EQ(applies({line(1, {.tariff = "domestic", .country = "GB"}), line(2, {.prefix = "44"}),
                     line(3, {.prefix = "447700"})}),
            3U);
  EXPECT_EQ(applies({line(1, {.prefix = "44"}), line(2, {.tariff = "grey-route", .prefix = "447700"})}), 1U);
}

TEST_F(PriceTableTest, the_line_that_says_more_counts) {
  EXPECT_EQ(applies({line(1, {.sender_type = "alphanumeric", .route = "international"}),
                     line(2, {.country = "GB"}), line(3)}),
            2U);
  EXPECT_EQ(
      applies({line(1, {.country = "GB", .sender_type = "alphanumeric"}), line(2, {.tariff = "domestic"})}),
      2U);
}

TEST_F(PriceTableTest, of_equal_lines_the_one_that_began_last_counts) {
  EXPECT_EQ(applies({line(1, {.from_ns = 100}), line(2, {.from_ns = 900}), line(3, {.from_ns = 500})}), 2U);
  EXPECT_EQ(applies({line(1), line(2)}), 2U);
}

TEST_F(PriceTableTest, a_line_holds_from_its_beginning_up_to_its_end) {
  EXPECT_EQ(applies({line(1, {.from_ns = 1'000})}), 1U);
  EXPECT_EQ(applies({line(1, {.from_ns = 1'001})}), 0U);
  EXPECT_EQ(applies({line(1, {.until_ns = 1'001})}), 1U);
  EXPECT_EQ(applies({line(1, {.until_ns = 1'000})}), 0U);
}

TEST_F(PriceTableTest, the_dearest_line_is_known_with_its_fees) {
  EXPECT_EQ(
      PriceTable({line(1, {.amount = 70}), line(2, {.amount = 50, .fees = {{"operator", 15}, {"tax", 10}}})})
          .dearest(),
      75);
  EXPECT_EQ(PriceTable().dearest(), 0);
}

}  // namespace
}  // namespace tollgate::charge
