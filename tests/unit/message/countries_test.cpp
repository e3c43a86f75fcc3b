#include "message/countries.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/shared.hpp"

namespace tollgate {
namespace {

TEST(Countries, takes_the_country_code_of_one_two_or_three_digits) {
  EXPECT_EQ(country_of("12025550100"), "US");
  EXPECT_EQ(country_of("447700900123"), "GB");
  EXPECT_EQ(country_of("4915550000000"), "DE");
  EXPECT_EQ(country_of("35315550000"), "IE");
  EXPECT_EQ(country_of("998000000000"), "UZ");
}

TEST(Countries, tells_the_countries_of_plus_one_apart_by_area_code) {
  EXPECT_EQ(country_of("14165550100"), "CA");
  EXPECT_EQ(country_of("18765550100"), "JM");
  EXPECT_EQ(country_of("18095550100"), "DO");
  EXPECT_EQ(country_of("17875550100"), "PR");
  EXPECT_EQ(country_of("18005550100"), "US");
}

TEST(Countries, tells_kazakhstan_from_russia) {
  EXPECT_EQ(country_of("79000000000"), "RU");
  EXPECT_EQ(country_of("77000000000"), "KZ");
  EXPECT_EQ(country_of("76000000000"), "KZ");
}

TEST(Countries, knows_ranges_within_another_countrys_plan) {
  EXPECT_EQ(country_of("441534000000"), "JE");
  EXPECT_EQ(country_of("441481000000"), "GG");
  EXPECT_EQ(country_of("441624000000"), "IM");
  EXPECT_EQ(country_of("441632960000"), "GB");
  EXPECT_EQ(country_of("390669800000"), "VA");
  EXPECT_EQ(country_of("390600000000"), "IT");
  EXPECT_EQ(country_of("37900000000"), "VA");
  EXPECT_EQ(country_of("59990000000"), "CW");
  EXPECT_EQ(country_of("59970000000"), "BQ");
  EXPECT_EQ(country_of("262639000000"), "YT");
  EXPECT_EQ(country_of("262692000000"), "RE");
}

TEST(Countries, takes_no_number_that_is_too_short_for_a_range_within_a_plan) {
  EXPECT_EQ(country_of("44153"), "GB");
  EXPECT_EQ(country_of("441534"), "JE");
  EXPECT_EQ(country_of("44762"), "GB");
  EXPECT_EQ(country_of("447624"), "IM");
  EXPECT_EQ(country_of("39066"), "IT");
  EXPECT_EQ(country_of("3906698"), "VA");
  EXPECT_EQ(country_of("618916"), "AU");
  EXPECT_EQ(country_of("6189162"), "CC");
  EXPECT_EQ(country_of("6189164"), "CX");
  EXPECT_EQ(country_of("447624x"), "IM");
  EXPECT_EQ(country_of("44762x4"), "GB");
}

TEST(Countries, has_none_for_networks_of_no_country_and_for_what_is_no_number) {
  for (const char* digits : {"", "44", "447", "881600000000", "88300000000", "80012345678", "999000000",
                             "210000000", "abcd", "44a7000", "0044770"})
    EXPECT_EQ(country_of(digits), "") << digits;
}

TEST(Countries, gives_the_code_of_a_country) {
  EXPECT_EQ(country_code_of("GB"), "44");
  EXPECT_EQ(country_code_of("KZ"), "7");
  EXPECT_EQ(country_code_of("JM"), "1");
  EXPECT_EQ(country_code_of("US"), "1");
  EXPECT_EQ(country_code_of("JE"), "44");
  EXPECT_EQ(country_code_of("gb"), "");
  EXPECT_EQ(country_code_of("QQ"), "");
  EXPECT_EQ(country_code_of(""), "");
}

// A table that others made: country code -> its countries; "001" is no country.
TEST(Countries, agree_with_a_table_that_others_made) {
  const std::filesystem::path path = test::shared("tables/e164_country_codes.json");
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "not here: " << path;
  const auto table = nlohmann::json::parse(file);
  ASSERT_GT(table.size(), 200U);
  for (const auto& [code, countries] : table.items()) {
    const std::string_view country = country_of(code + "0000000");
    if (countries.front() == "001") {
      EXPECT_EQ(country, "") << code;
      continue;
    }
    EXPECT_EQ(country, countries.front().get<std::string>() == "CW" ? "BQ" : countries.front()) << code;
    for (const auto& one : countries) {
      const auto iso = one.get<std::string>();
      // Parts of another country's plan without a range of their own.
      if (iso == "BL" || iso == "MF" || iso == "EH") continue;
      EXPECT_EQ(country_code_of(iso), iso == "VA" ? "379" : code) << iso;
    }
  }
}

}  // namespace
}  // namespace tollgate
