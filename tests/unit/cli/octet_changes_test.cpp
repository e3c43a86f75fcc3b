#include "cli/octet_changes.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::cli {
namespace {

std::vector<OctetChange> between(std::string_view before, std::string_view after) {
  const auto old_octets = test::hex(before);
  const auto new_octets = test::hex(after);
  return changes_between(old_octets, new_octets);
}

TEST(OctetChanges, each_run_of_changed_octets_is_one) {
  EXPECT_EQ(to_json(between("00 01 02 03 04 05", "00 f1 f2 03 04 f5")),
            nlohmann::ordered_json::parse(
                R"([{"offset":1,"old":"0102","new":"f1f2"},{"offset":5,"old":"05","new":"f5"}])"));
  EXPECT_TRUE(between("00 01", "00 01").empty());
}

TEST(OctetChanges, eight_octets_stand_in_a_line) {
  EXPECT_EQ(to_text(between("aa 00010203040506070809", "aa 101112131415161718ff")),
            "     1  00 01 02 03 04 05 06 07  ->  10 11 12 13 14 15 16 17\n"
            "     9  08 09                    ->  18 ff\n");
}

}  // namespace
}  // namespace tollgate::cli
