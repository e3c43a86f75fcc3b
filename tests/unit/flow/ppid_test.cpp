#include "flow/ppid.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::flow {
namespace {

using test::hex;

TEST(Ppid, numbers_of_iana_in_either_byte_order) {
  EXPECT_EQ(classify(2, {}), SctpUser::m2ua);
  EXPECT_EQ(classify(3, {}), SctpUser::m3ua);
  EXPECT_EQ(classify(4, {}), SctpUser::sua);
  EXPECT_EQ(classify(5, {}), SctpUser::m2pa);
  EXPECT_EQ(classify(46, {}), SctpUser::other);  // Diameter
  EXPECT_EQ(classify(0x03000000, {}), SctpUser::m3ua);
  EXPECT_EQ(classify(0x05000000, {}), SctpUser::m2pa);
  EXPECT_EQ(classify(0x2e000000, {}), SctpUser::other);
}

TEST(Ppid, what_other_numbers_name_can_not_be_ss7) {
  for (const std::uint32_t ppid : {0U, 2U, 3U, 4U, 5U, 0x03000000U}) EXPECT_TRUE(may_be_ss7(ppid)) << ppid;
  for (const std::uint32_t ppid : {1U, 18U, 46U, 47U, 60U, 66U, 0x2e000000U})
    EXPECT_FALSE(may_be_ss7(ppid)) << ppid;
}

TEST(Ppid, zero_is_read_where_a_common_header_fits) {
  EXPECT_EQ(classify(0, hex("01000101 00000008")), SctpUser::m3ua);            // DATA
  EXPECT_EQ(classify(0, hex("01000301 00000008")), SctpUser::m3ua);            // ASPUP
  EXPECT_EQ(classify(0, hex("01000101 0000000a 0000 0000")), SctpUser::m3ua);  // padding not counted
  EXPECT_EQ(classify(0, hex("01000601 00000008")), SctpUser::m2ua);            // MAUP data
  EXPECT_EQ(classify(0, hex("01000701 00000008")), SctpUser::sua);             // CLDT
  EXPECT_EQ(classify(0, hex("01000b01 00000008")), SctpUser::m2pa);            // user data
}

TEST(Ppid, zero_is_other_where_it_does_not_fit) {
  for (const char* payload :
       {"", "01000101 000000", "02000101 00000008", "01010101 00000008", "01000c01 00000008",
        "01000101 00000007", "01000101 0000000c", "01000101 00000008 00000000"})
    EXPECT_EQ(classify(0, hex(payload)), SctpUser::other) << payload;
}

// RFC 6083: DTLS over SCTP; records as RFC 6347 4.1 writes them.
TEST(Ppid, dtls_is_encrypted_whatever_the_number) {
  const auto hello = hex("16 feff 0000 000000000000 0004 01000000");  // handshake, DTLS 1.0
  const auto data = hex("17 fefd 0001 000000000007 0003 aabbcc");     // application data, DTLS 1.2
  for (const std::uint32_t ppid : {0U, 3U, 5U, 46U}) {
    EXPECT_EQ(classify(ppid, hello), SctpUser::encrypted) << ppid;
    EXPECT_EQ(classify(ppid, data), SctpUser::encrypted) << ppid;
  }
  EXPECT_EQ(classify(47, {}), SctpUser::encrypted);  // Diameter in a DTLS/SCTP DATA chunk
  for (const char* other :
       {"16 feff 0000 000000000000 0005 01000000", "16 0303 0000 000000000000 0004 01000000",
        "13 feff 0000 000000000000 0004 01000000", "16 feff 0000"})
    EXPECT_EQ(classify(3, hex(other)), SctpUser::m3ua) << other;
}

}  // namespace
}  // namespace tollgate::flow
