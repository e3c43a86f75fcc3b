#include "message/number.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tollgate {
namespace {

Home britain() {
  Home home;
  home.country = "GB";
  home.country_code = "44";
  return home;
}

Home italy() {
  Home home;
  home.country = "IT";
  home.country_code = "39";
  home.national_prefix = "";
  return home;
}

Home america() {
  Home home;
  home.country = "US";
  home.country_code = "1";
  home.international_prefix = "011";
  home.national_prefix = "1";
  return home;
}

std::string number(std::string_view digits, NumberType type, const Home& home = britain()) {
  static Arena arena;
  arena.reset();
  Address address;
  address.address = digits;
  address.type = type;
  address.number = "left from before";
  fill_number(address, home, arena);
  return std::string(address.number);
}

TEST(Number, takes_an_international_number_as_it_is) {
  EXPECT_EQ(number("447700900123", NumberType::international), "447700900123");
  EXPECT_EQ(number("12025550100", NumberType::international), "12025550100");
}

TEST(Number, strips_a_prefix_that_an_international_number_should_not_have) {
  EXPECT_EQ(number("+447700900123", NumberType::international), "447700900123");
  EXPECT_EQ(number("00447700900123", NumberType::international), "447700900123");
  EXPECT_EQ(number("+00447700900123", NumberType::international), "447700900123");
  EXPECT_EQ(number("011447700900123", NumberType::international, america()), "447700900123");
  EXPECT_EQ(number("00447700900123", NumberType::international, america()), "447700900123");
}

TEST(Number, keeps_an_international_prefix_that_could_be_a_country_code) {
  Home russia;
  russia.country_code = "7";
  russia.international_prefix = "810";
  russia.national_prefix = "8";
  EXPECT_EQ(number("810000000000", NumberType::international, russia), "810000000000");
  EXPECT_EQ(number("810447700900123", NumberType::unknown, russia), "447700900123");
  EXPECT_EQ(number("89000000000", NumberType::unknown, russia), "79000000000");
}

TEST(Number, reads_a_prefix_in_a_number_of_unknown_or_national_type) {
  for (const NumberType type : {NumberType::unknown, NumberType::national, NumberType::reserved}) {
    EXPECT_EQ(number("004915550000000", type), "4915550000000");
    EXPECT_EQ(number("+4915550000000", type), "4915550000000");
    EXPECT_EQ(number("07700900123", type), "447700900123");
  }
  EXPECT_EQ(number("12025550100", NumberType::unknown, america()), "12025550100");
}

TEST(Number, completes_a_national_number_without_prefix) {
  EXPECT_EQ(number("7700900123", NumberType::national), "447700900123");
  EXPECT_EQ(number("2025550100", NumberType::national, america()), "12025550100");
}

TEST(Number, takes_an_unknown_number_with_the_own_country_code_as_it_is) {
  EXPECT_EQ(number("447700900123", NumberType::unknown), "447700900123");
  EXPECT_EQ(number("4477009", NumberType::unknown), "") << "too few digits follow the country code";
}

TEST(Number, does_not_guess_at_other_numbers_of_unknown_type) {
  EXPECT_EQ(number("4915550000000", NumberType::unknown), "");
  EXPECT_EQ(number("7700900123", NumberType::unknown), "");
}

TEST(Number, knows_countries_without_national_prefix) {
  EXPECT_EQ(number("3330000000", NumberType::unknown, italy()), "393330000000");
  EXPECT_EQ(number("3920000000", NumberType::unknown, italy()), "393920000000");
  EXPECT_EQ(number("0600000000", NumberType::national, italy()), "390600000000")
      << "the 0 belongs to the number";
  EXPECT_EQ(number("393330000000", NumberType::unknown, italy()), "393330000000");
  EXPECT_EQ(number("00447700900123", NumberType::unknown, italy()), "447700900123");
}

TEST(Number, gives_short_codes_none) {
  for (const NumberType type : {NumberType::unknown, NumberType::national, NumberType::abbreviated})
    for (const char* code : {"123", "60777", "606060"}) EXPECT_EQ(number(code, type), "") << code;
  EXPECT_EQ(number("12345678", NumberType::abbreviated), "");
  EXPECT_EQ(number("12", NumberType::national), "4412") << "shorter than the short codes of the example";
}

TEST(Number, gives_none_to_what_is_no_number) {
  EXPECT_EQ(number("ACME", NumberType::alphanumeric), "");
  EXPECT_EQ(number("447700900123", NumberType::alphanumeric), "");
  EXPECT_EQ(number("447700900123", NumberType::network), "");
  EXPECT_EQ(number("900123", NumberType::subscriber), "");
  EXPECT_EQ(number("*100#", NumberType::unknown), "");
  EXPECT_EQ(number("4477009a0123", NumberType::international), "");
  EXPECT_EQ(number("", NumberType::international), "");
  EXPECT_EQ(number("+", NumberType::unknown), "");
  EXPECT_EQ(number("00", NumberType::international), "");
  EXPECT_EQ(number("0000447700900", NumberType::international), "");
  EXPECT_EQ(number("1234567890123456", NumberType::international), "") << "16 digits";
  EXPECT_EQ(number("12345678901234", NumberType::national), "") << "16 digits with the country code";
}

TEST(Number, gives_none_where_the_own_country_is_not_configured) {
  EXPECT_EQ(number("07700900123", NumberType::national, Home{}), "");
  EXPECT_EQ(number("7700900123", NumberType::national, Home{}), "");
  EXPECT_EQ(number("447700900123", NumberType::unknown, Home{}), "");
  EXPECT_EQ(number("00447700900123", NumberType::unknown, Home{}), "447700900123");
}

TEST(Number, gives_none_where_the_arena_is_full) {
  Arena arena(11);
  Address address;
  address.address = "07700900123";
  address.type = NumberType::national;
  fill_number(address, britain(), arena);
  EXPECT_EQ(address.number, "");
  EXPECT_EQ(arena.room().size(), 11U);
}

}  // namespace
}  // namespace tollgate
