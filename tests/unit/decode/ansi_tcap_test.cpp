#include "decode/ansi_tcap.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/mangle.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode {
namespace {

using ansi_tcap::PackageType;
using test::hex;
using test::to_hex;

// T1.114.3: QueryWithPermission is E2, Abort is F6; the tags of ITU-T TCAP are of the application class.
TEST(AnsiTcap, is_told_by_its_package_type) {
  for (const char* package : {"e1", "e2", "e3", "e4", "e5", "e6", "f6"})
    EXPECT_TRUE(ansi_tcap::is_package(hex(package))) << package;
  for (const char* other : {"", "61", "62", "67", "e0", "e7", "e8", "f5", "f7"})
    EXPECT_FALSE(ansi_tcap::is_package(hex(other))) << other;
}

TEST(AnsiTcap, reads_package_type_and_transaction_identifiers) {
  const auto query = hex("e208 c70400000001 e800");
  const auto asked = ansi_tcap::decode(query);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->type, PackageType::query_with_permission);
  EXPECT_EQ(to_hex(asked->originating_id), "00000001");
  EXPECT_TRUE(asked->responding_id.empty());

  const auto talk = hex("e50a c7080000000a0000000b");
  const auto said = ansi_tcap::decode(talk);
  ASSERT_TRUE(said);
  EXPECT_EQ(to_hex(said->originating_id), "0000000a");
  EXPECT_EQ(to_hex(said->responding_id), "0000000b");

  const auto response = hex("e406 c70400000001");
  EXPECT_EQ(to_hex(ansi_tcap::decode(response)->responding_id), "00000001");
  EXPECT_TRUE(ansi_tcap::decode(hex("e102 c700")));
}

TEST(AnsiTcap, refuses_identifiers_of_another_length) {
  const auto query = hex("e206 c70400000001");
  test::RecordingTrace trace;
  ASSERT_TRUE(ansi_tcap::decode(query, &trace));
  EXPECT_EQ(trace.all(), "QueryWithPermission/originating transaction ID = 00000001\n");
  EXPECT_EQ(ansi_tcap::decode(hex("e202 c700")).error(), (Error{Layer::tcap, Reason::bad_length, 2}));
  EXPECT_EQ(ansi_tcap::decode(hex("e506 c70400000001")).error().reason, Reason::bad_length);
  EXPECT_EQ(ansi_tcap::decode(hex("6200")).error().reason, Reason::unknown_type);
  EXPECT_EQ(ansi_tcap::decode({}).error().reason, Reason::truncated);
  test::mangle(hex("e50c c7080000000a0000000b e800"),
               [](Octets input, Trace* t) { return ansi_tcap::decode(input, t); });
}

}  // namespace
}  // namespace tollgate::decode
