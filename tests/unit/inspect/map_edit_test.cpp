#include "inspect/map_edit.hpp"

#include <gtest/gtest.h>

#include "decode/ber.hpp"
#include "support/hex.hpp"

namespace tollgate::inspect {
namespace {

std::string told(std::string_view answer, const ReplyToInvoke& reply) {
  const auto octets = reply_in_place_of(test::hex(answer), reply);
  return octets ? test::to_hex(*octets) : "as it is";
}

TEST(MapEdit, the_imsi_of_nobody_is_as_long_as_that_of_somebody) {
  const auto zeros = [](std::string_view imsi) {
    const auto octets = test::hex(imsi);
    const NobodysImsi nobody{octets};
    return test::to_hex(nobody.octets());
  };
  EXPECT_EQ(zeros("00010100000010f1"), "00000000000000f0");  // 15 digits and a filler
  EXPECT_EQ(zeros("0001010000001021"), "0000000000000000");  // 16 digits
  EXPECT_EQ(zeros("2143ffff"), "0000ffff");
  EXPECT_EQ(zeros(""), "");
}

TEST(MapEdit, a_reject_of_an_invoke_becomes_the_error_that_is_named) {
  // invokeProblem, unrecognizedOperation (Q.773 4.2.2); systemFailure is 34, facilityNotSupported 21.
  EXPECT_EQ(told("a406 020105 810101", {}), "a306020105020122");
  EXPECT_EQ(told("a406 0201ff 810101", {.error = 21}), "a3060201ff020115");
}

TEST(MapEdit, a_reject_becomes_a_result_whose_length_is_written_longer) {
  const std::string accepted = told("a406 020105 810101", {.accepted = true});
  EXPECT_EQ(accepted, "a283000003020105");
  decode::ber::Tlv tlv;
  const auto octets = test::hex(accepted);
  EXPECT_FALSE(decode::ber::read(octets, tlv));
  EXPECT_EQ(test::to_hex(tlv.contents), "020105");
}

TEST(MapEdit, of_a_subscriber_made_unknown_the_error_changes) {
  // unidentifiedSubscriber is 5
  EXPECT_EQ(told("a306 020105 020105", {.by_subscriber = true}), "a306020105020122");
  EXPECT_EQ(told("a306 020105 020105", {.accepted = true, .by_subscriber = true}), "a283000003020105");
  EXPECT_EQ(told("a308 020105 020105 3000", {.by_subscriber = true}), "as it is") << "with a parameter";
  EXPECT_EQ(told("a406 020105 810101", {.by_subscriber = true}), "as it is");
}

TEST(MapEdit, another_answer_stays_as_it_is) {
  EXPECT_EQ(told("a203 020105", {}), "as it is");           // a result
  EXPECT_EQ(told("a306 020105 020122", {}), "as it is");    // an error
  EXPECT_EQ(told("a406 020105 800102", {}), "as it is");    // generalProblem
  EXPECT_EQ(told("a405 0500 810101", {}), "as it is");      // not derivable
  EXPECT_EQ(told("a407 02020005 810101", {}), "as it is");  // an invoke ID in two octets
  EXPECT_EQ(told("a48106 020105 810101", {}), "as it is");  // a length in two octets
}

}  // namespace
}  // namespace tollgate::inspect
