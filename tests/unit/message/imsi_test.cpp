#include "message/imsi.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace {

using tollgate::country_of_imsi;

// ITU-T E.212, list of mobile country codes (Operational Bulletin).
TEST(Imsi, tells_the_country_by_the_mobile_country_code) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"202", "GR"},    {"234150000000001", "GB"},
      {"26201", "DE"},  {"310410", "US"},
      {"316", "US"},    {"302", "CA"},
      {"250", "RU"},    {"401", "KZ"},
      {"404", "IN"},    {"460", "CN"},
      {"454", "HK"},    {"510", "ID"},
      {"621300", "NG"}, {"655", "ZA"},
      {"724", "BR"},    {"750", "FK"},
      {"330", "PR"},    {"659", "SS"},
      {"647", "RE"},    {"340", "GP"},
      {"221", "XK"},
  };
  for (const auto& [imsi, country] : cases) EXPECT_EQ(country_of_imsi(imsi), country) << imsi;
}

TEST(Imsi, tells_islands_and_palestine_by_the_network_code) {
  EXPECT_EQ(country_of_imsi("234500000000001"), "JE");
  EXPECT_EQ(country_of_imsi("234550000000001"), "GG");
  EXPECT_EQ(country_of_imsi("234580000000001"), "IM");
  EXPECT_EQ(country_of_imsi("425050000000001"), "PS");
  EXPECT_EQ(country_of_imsi("425010000000001"), "IL");
}

TEST(Imsi, gives_no_country_where_there_is_none) {
  for (const char* imsi :
       {"", "2", "23", "00101", "001010000000001", "901280000000001", "999", "203", "2a4", "100"}) {
    EXPECT_EQ(country_of_imsi(imsi), "") << imsi;
  }
}

}  // namespace
