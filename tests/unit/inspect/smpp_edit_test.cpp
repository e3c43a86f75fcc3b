#include "inspect/smpp_edit.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/hex.hpp"

// Every PDU, before and after, is written by hand from SMPP 3.4 clause 4.
namespace tollgate::inspect {
namespace {

using decode::smpp::CommandId;

std::vector<std::byte> pdu(std::string_view command_id, std::string_view body) {
  auto octets = test::hex("00000000" + std::string(command_id) + "00000000 00000007" + std::string(body));
  octets[1] = static_cast<std::byte>(octets.size() >> 16U);
  octets[2] = static_cast<std::byte>(octets.size() >> 8U);
  octets[3] = static_cast<std::byte>(octets.size() & 255U);
  return octets;
}

class SmppEdit : public ::testing::Test {
 protected:
  enum class Tlvs : std::uint8_t { known, unknown };

  /// The body of the edited PDU, whose header has stayed.
  std::string stopped(std::string_view command_id, std::string_view body, Tlvs tlvs = Tlvs::known) {
    const auto octets = pdu(command_id, body);
    return edited(octets, [&](const decode::smpp::Pdu& p) {
      return stopped_pdu(p, octets, tlvs == Tlvs::known, room_);
    });
  }
  std::string diverted(std::string_view command_id, std::string_view body, std::string_view number) {
    const auto octets = pdu(command_id, body);
    return edited(octets, [&](const decode::smpp::Pdu& p) {
      EXPECT_TRUE(divert_room(p, true).fits(number));
      return diverted_pdu(p, octets, number, room_);
    });
  }
  static std::string body(std::string_view hex) { return test::to_hex(test::hex(hex)); }
  static DivertRoom room_of(std::string_view command_id, std::string_view body, bool tlvs) {
    return divert_room(*decode::smpp::decode(pdu(command_id, body)), tlvs);
  }

 private:
  template <class Edit>
  std::string edited(const std::vector<std::byte>& octets, const Edit& edit) {
    const auto before = decode::smpp::decode(octets);
    EXPECT_TRUE(before);
    const Octets after = edit(*before);
    EXPECT_EQ(after.size(), octets.size());
    EXPECT_TRUE(decode::smpp::decode(after));
    EXPECT_EQ(test::to_hex(after.first(16)), test::to_hex(Octets{octets}.first(16)));
    return test::to_hex(after.subspan(16));
  }

  std::vector<std::byte> room_ = std::vector<std::byte>(80 * 1024);
};

constexpr std::string_view submit_sm = "00000004";
constexpr std::string_view submit_multi = "00000021";
constexpr std::string_view data_sm = "00000103";
constexpr std::string_view broadcast_sm = "00000111";

// service_type, source ACME; destination 447700900123; esm_class with UDHI, protocol_id, priority_flag, both
// times, registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id; sm_length and
// short_message.
const std::string from_acme = "00 0500 41434d4500 ";
const std::string recipient = "34343737303039303031323300 ";

TEST_F(SmppEdit, a_stopped_submit_sm_has_no_recipient_no_text_and_asks_for_no_receipt) {
  // 12 digits and 5 octets of text become the filler, whose header takes 4.
  EXPECT_EQ(stopped(submit_sm, from_acme + "0101" + recipient + "40 00 00 00 00 01 00 08 00 05 0100480069"),
            body(from_acme + "0101 00  00 00 00 00 00 00 00 08 00 00  3754 000d 00000000000000000000000000"));
}

TEST_F(SmppEdit, other_parameters_of_a_stopped_message_keep_their_order) {
  const std::string sar = "020c 0002 0007 ";
  const std::string port = "020a 0002 0b84 ";
  // The payload frees 4 + 2 octets.
  EXPECT_EQ(stopped("00000005", from_acme + "0101" + recipient + "00 00 00 00 00 00 00 00 00 00" + sar +
                                    "0424 0002 6869" + port),
            body(from_acme + "0101 00  00 00 00 00 00 00 00 00 00 00" + sar + port +
                 "3754 000e 0000000000000000000000000000"));
}

TEST_F(SmppEdit, every_payload_is_left_out) {
  EXPECT_EQ(stopped(data_sm, from_acme + "0101 3100 00 01 00  0424 0002 6869  0424 0001 6a"),
            body(from_acme + "0101 00 00 00 00  3754 0008 0000000000000000"));
}

TEST_F(SmppEdit, what_is_no_parameter_is_left_out_with_the_text_that_it_may_hide) {
  // A message_payload whose length reaches beyond the PDU: 4 + 2 octets.
  EXPECT_EQ(stopped(data_sm, from_acme + "0101 3100 00 01 00  020a 0002 0b84  0424 0009 6869"),
            body(from_acme + "0101 00 00 00 00  020a 0002 0b84  3754 0003 000000"));
}

TEST_F(SmppEdit, a_stopped_submit_multi_has_no_destinations) {
  const std::string list = "01 0101 343400  02 6c69737400 ";  // 44, and the list `list`: 6 + 6 octets
  EXPECT_EQ(stopped(submit_multi, from_acme + "02" + list + "00 00 00 00 00 01 00 00 00 02 6869"),
            body(from_acme + "00  00 00 00 00 00 00 00 00 00 00  3754 000a 00000000000000000000"));
}

TEST_F(SmppEdit, a_stopped_broadcast_has_no_area) {
  const std::string before = from_acme + "00 00 00 00 00 00 00";
  EXPECT_EQ(stopped(broadcast_sm, before + "0606 0002 0041 0605 0002 0001 0424 0002 6869", Tlvs::unknown),
            body(before + "0605 0002 0001 3754 0008 0000000000000000"));
}

TEST_F(SmppEdit, where_less_than_four_octets_become_free_all_is_covered_in_its_place) {
  EXPECT_EQ(stopped(submit_sm, from_acme + "0000 313200 00 00 00 00 00 01 00 00 00 01 61"),
            body(from_acme + "0000 2a2a00 00 00 00 00 00 00 00 00 00 01 20"));
  EXPECT_EQ(stopped(data_sm, from_acme + "0000 31323300 00 01 00"),
            body(from_acme + "0000 2a2a2a00 00 00 00"));
}

TEST_F(SmppEdit, without_optional_parameters_all_is_covered_in_its_place) {
  EXPECT_EQ(stopped(submit_sm, from_acme + "0101" + recipient + "40 00 00 00 00 01 00 00 00 05 0100486921",
                    Tlvs::unknown),
            body(from_acme + "0101 2a2a2a2a2a2a2a2a2a2a2a2a00 00 00 00 00 00 00 00 00 00 05 2020202020"));
  // The receiver may know them all the same.
  EXPECT_EQ(
      stopped(submit_multi,
              from_acme + "02 01 0101 343400 02 6c69737400 00 00 00 00 00 01 00 00 00 00 0424 0002 6869",
              Tlvs::unknown),
      body(from_acme + "02 01 0101 2a2a00 02 2a2a2a2a00 00 00 00 00 00 00 00 00 00 00 0424 0002 2020"));
}

TEST_F(SmppEdit, a_message_without_recipient_and_text_asks_for_no_receipt) {
  EXPECT_EQ(stopped(submit_sm, from_acme + "0000 00 00 00 00 00 00 01 00 00 00 00"),
            body(from_acme + "0000 00 00 00 00 00 00 00 00 00 00 00"));
}

TEST_F(SmppEdit, the_longest_payload_is_filled_with_two_parameters) {
  const std::string payload = "0424 ffff" + std::string(std::size_t{2} * 65'535, '4');
  const std::string begin = body(from_acme + "0101 00 00 00 00");
  const auto zeros = [](std::size_t octets) { return std::string(octets * 2, '0'); };
  // One filler has at most 65,539 octets, four of them its header. 12 and 65,539 are freed:
  EXPECT_TRUE(stopped(data_sm, from_acme + "0101" + recipient + "00 01 00" + payload) ==
              begin + "3754ffff" + zeros(65'535) + "37540008" + zeros(8));
  // 2 and 65,539, so that the first must leave four for the second:
  EXPECT_TRUE(stopped(data_sm, from_acme + "0101 313200 00 01 00" + payload) ==
              begin + "3754fffb" + zeros(65'531) + "37540002" + zeros(2));
}

TEST_F(SmppEdit, a_divert_puts_another_number_and_keeps_the_rest) {
  const std::string rest = "40 00 00 00 00 01 00 08 00 02 6869 020a 0002 0b84 ";
  EXPECT_EQ(diverted(submit_sm, from_acme + "0201" + recipient + rest, "447700900999"),
            body(from_acme + "0101 34343737303039303039393900" + rest));
  // Four digits less: the header of a parameter without a value.
  EXPECT_EQ(diverted(submit_sm, from_acme + "0201" + recipient + rest, "44770090"),
            body(from_acme + "0101 343437373030393000" + rest + "3754 0000"));
  EXPECT_EQ(diverted(submit_sm, from_acme + "0201" + recipient + rest, "66777"),
            body(from_acme + "0000 363637373700" + rest + "3754 0003 000000"));
}

TEST_F(SmppEdit, the_filler_of_a_divert_stands_before_what_is_no_parameter) {
  EXPECT_EQ(diverted(data_sm, from_acme + "0101" + recipient + "00 01 00 0424 0009 68", "66777888"),
            body(from_acme + "0101 363637373738383800 00 01 00 3754 0000 0424 0009 68"));
}

TEST_F(SmppEdit, a_divert_makes_many_destinations_one) {
  // 2 x (4 + 12) octets become 4 + 12, and 16 of filler.
  EXPECT_EQ(diverted(submit_multi,
                     from_acme + "02 01 0101" + recipient + "01 0101" + recipient +
                         "00 00 00 00 00 01 00 00 00 02 6869",
                     "447700900999"),
            body(from_acme + "01 01 0101 34343737303039303039393900 00 00 00 00 00 01 00 00 00 02 6869" +
                 "3754 000c 000000000000000000000000"));
}

TEST_F(SmppEdit, another_number_is_as_long_or_four_shorter) {
  const DivertRoom room = room_of(data_sm, from_acme + "0101" + recipient + "00 01 00", true);
  EXPECT_TRUE(room.fits("447700900999"));
  EXPECT_FALSE(room.fits("4477009009990"));
  EXPECT_FALSE(room.fits("44770090099"));
  EXPECT_FALSE(room.fits("447700900"));
  EXPECT_TRUE(room.fits("44770090"));
  const DivertRoom old = room_of(data_sm, from_acme + "0101" + recipient + "00 01 00", false);
  EXPECT_TRUE(old.fits("447700900999"));
  EXPECT_FALSE(old.fits("44770090"));
  EXPECT_FALSE(room_of(broadcast_sm, from_acme + "00 00 00 00 00 00 00", true).fits("44"));
  EXPECT_FALSE(room_of(data_sm, from_acme + "0101 00 00 01 00", true).fits("44"));
}

TEST(SmppStatus, each_operation_has_its_own_by_default) {
  // SMPP 3.4 5.1.3, table 5-2; SMPP 5.0 4.7.6
  EXPECT_EQ(default_status(CommandId::submit_sm, Verdict::block), 0x45U);
  EXPECT_EQ(default_status(CommandId::submit_multi, Verdict::block), 0x45U);
  EXPECT_EQ(default_status(CommandId::data_sm, Verdict::block), 0xFEU);
  EXPECT_EQ(default_status(CommandId::deliver_sm, Verdict::block), 0x66U);
  EXPECT_EQ(default_status(CommandId::broadcast_sm, Verdict::block), 0x10DU);
  EXPECT_EQ(default_status(CommandId::submit_sm, Verdict::throttle), 0x58U);
  EXPECT_EQ(default_status(CommandId::deliver_sm, Verdict::throttle), 0x64U);
}

}  // namespace
}  // namespace tollgate::inspect
