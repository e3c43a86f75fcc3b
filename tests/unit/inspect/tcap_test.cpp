#include "inspect/tcap.hpp"

#include <gtest/gtest.h>

#include "support/kept_messages.hpp"
#include "support/tlv.hpp"

// Messages are composed here element by element as Q.773 and TS 29.002 17.7 have them.
namespace tollgate::inspect {
namespace {

using test::Bytes;
using test::hex;
using test::join;
using test::tlv;

// SMS-DELIVER (TS 23.040 9.2.2.1) from the alphanumeric sender ACME: the text "Hello", GSM 7 bit packed.
const Bytes deliver = hex("04 07 d0 c161b308 00 00 62112202000000 05 c8329bfd06");
// SMS-SUBMIT (9.2.2.2) to 447700900123 (national-looking TON 1, NPI 1), the same text.
const Bytes submit = hex("01 07 0c91 447700091032 00 00 05 c8329bfd06");

const Bytes subscriber = hex("00010100000010f1");  // 001010000000011
const Bytes centre = hex("91 447700090000");       // international, ISDN: 447700900000
const Bytes mobile = hex("91 447700091011");       // 447700900111

Bytes context(unsigned number, unsigned version) {
  return tlv(0x06, {hex("040000 0100"), {static_cast<std::byte>(number), static_cast<std::byte>(version)}});
}
// DialoguePortion: EXTERNAL { dialogue-as-id, single-ASN1-type AARQ } (Q.773 4.2.3)
Bytes request(unsigned number, unsigned version) {
  return tlv(
      0x6b,
      {tlv(0x28, {tlv(0x06, "00118605010101"),
                  tlv(0xa0, {tlv(0x60, {tlv(0x80, "0780"), tlv(0xa1, {context(number, version)})})})})});
}
Bytes invoke(unsigned id, unsigned operation, const Bytes& parameter) {
  return tlv(0xa1, {tlv(0x02, {static_cast<std::byte>(id)}),
                    tlv(0x02, Bytes{static_cast<std::byte>(operation)}), parameter});
}
Bytes result(unsigned id) { return tlv(0xa2, {tlv(0x02, Bytes{static_cast<std::byte>(id)})}); }
Bytes error(unsigned id, unsigned code) {
  return tlv(0xa3,
             {tlv(0x02, Bytes{static_cast<std::byte>(id)}), tlv(0x02, Bytes{static_cast<std::byte>(code)})});
}
Bytes mt_argument(const Bytes& tpdu) {
  return tlv(0x30, {tlv(0x80, subscriber), tlv(0x84, centre), tlv(0x04, tpdu)});
}
Bytes mo_argument(const Bytes& tpdu) {
  return tlv(0x30, {tlv(0x84, centre), tlv(0x82, mobile), tlv(0x04, tpdu)});
}
Bytes begin(const Bytes& dialogue, const Bytes& components) {
  return tlv(0x62, {tlv(0x48, "0000000a"), dialogue, tlv(0x6c, components)});
}
Bytes end(const Bytes& components) { return tlv(0x64, {tlv(0x49, "0000000a"), tlv(0x6c, components)}); }

class TcapTest : public ::testing::Test {
 protected:
  const std::vector<Message>& read(const Bytes& octets, bool reply = false) {
    const std::size_t before = kept.messages.size();
    flow::Carriage carriage{.frame = ++frame};
    Unitdata unitdata;
    unitdata.label.opc = reply ? 2 : 1;
    unitdata.label.dpc = reply ? 1 : 2;
    unitdata.returned = returned;
    unitdata.return_cause = 1;
    tcap.read({carriage, kept}, unitdata, octets);
    now.assign(kept.messages.begin() + static_cast<std::ptrdiff_t>(before), kept.messages.end());
    return now;
  }
  const std::vector<Message>& reply(const Bytes& octets) { return read(octets, true); }

  test::KeptMessages kept;
  std::vector<Message> now;
  Counters counters;
  Arena arena;
  Tcap tcap{100, counters, arena};
  std::uint64_t frame = 0;
  bool returned = false;
};

TEST_F(TcapTest, reads_an_mt_forwardSM_and_its_answer) {
  const auto messages = read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  ASSERT_EQ(messages.size(), 1U);
  const Message& m = messages[0];
  EXPECT_EQ(m.kind, Kind::message);
  EXPECT_EQ(m.operation, "mt-forwardSM");
  EXPECT_EQ(m.direction, Direction::mt);
  EXPECT_EQ(m.component, Component::invoke);
  EXPECT_EQ(m.tcap.context, "shortMsgMT-Relay");
  EXPECT_EQ(m.tcap.version, 3);
  EXPECT_EQ(m.tcap.invoke, 1);
  EXPECT_EQ(m.imsi, "001010000000011");
  EXPECT_EQ(m.service_centre, "447700900000");
  EXPECT_EQ(m.sender.address, "ACME");
  EXPECT_EQ(m.sender.type, NumberType::alphanumeric);
  EXPECT_EQ(m.text, "Hello");
  EXPECT_EQ(m.origin.pc, 1U);
  EXPECT_EQ(m.destination.pc, 2U);

  const auto answer = reply(end(result(1)));
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0].kind, Kind::response);
  EXPECT_EQ(answer[0].component, Component::result);
  EXPECT_EQ(answer[0].operation, "mt-forwardSM");
  EXPECT_EQ(answer[0].answers_frame, 1U);
  EXPECT_EQ(answer[0].tcap.context, "shortMsgMT-Relay");
}

TEST_F(TcapTest, an_error_has_its_standard_name) {
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  const auto answer = reply(end(error(1, 34)));
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0].component, Component::error);
  EXPECT_EQ(answer[0].error, "systemFailure");
  EXPECT_EQ(answer[0].answers_frame, 1U);
}

TEST_F(TcapTest, reads_a_mo_forwardSM_with_sender_and_recipient) {
  const auto messages = read(begin(request(21, 3), invoke(1, 46, mo_argument(submit))));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].operation, "mo-forwardSM");
  EXPECT_EQ(messages[0].direction, Direction::mo);
  EXPECT_EQ(messages[0].sender.address, "447700900111");
  EXPECT_EQ(messages[0].recipient.address, "447700900123");
  EXPECT_EQ(messages[0].service_centre, "447700900000");
}

TEST_F(TcapTest, a_forwardSM_of_version_2_is_told_apart_by_its_context) {
  EXPECT_EQ(read(begin(request(25, 2), invoke(1, 46, mt_argument(deliver)))).at(0).operation, "mt-forwardSM");
  EXPECT_EQ(read(begin(request(21, 2), invoke(1, 46, mo_argument(submit)))).at(0).operation, "mo-forwardSM");
}

TEST_F(TcapTest, a_forwardSM_of_version_1_is_told_apart_by_its_addresses) {
  const auto mt = read(begin({}, invoke(1, 46, mt_argument(deliver))));
  EXPECT_EQ(mt.at(0).operation, "mt-forwardSM");
  EXPECT_EQ(mt.at(0).tcap.version, 1);
  EXPECT_EQ(mt.at(0).text, "Hello");
  EXPECT_EQ(reply(end(result(1))).at(0).operation, "mt-forwardSM");

  EXPECT_EQ(read(begin({}, invoke(1, 46, mo_argument(submit)))).at(0).operation, "mo-forwardSM");
  EXPECT_EQ(reply(end(result(1))).at(0).operation, "mo-forwardSM");
}

TEST_F(TcapTest, an_empty_begin_lends_its_context_to_the_invoke_that_follows) {
  EXPECT_TRUE(read(tlv(0x62, {tlv(0x48, "0000000a"), request(25, 2)})).empty());
  EXPECT_TRUE(reply(tlv(0x65, {tlv(0x48, "0000000b"), tlv(0x49, "0000000a")})).empty());
  const auto messages = read(tlv(
      0x65, {tlv(0x48, "0000000a"), tlv(0x49, "0000000b"), tlv(0x6c, invoke(1, 46, mt_argument(deliver)))}));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].operation, "mt-forwardSM");
  EXPECT_EQ(messages[0].tcap.version, 2);
  EXPECT_EQ(reply(end(result(1))).at(0).answers_frame, 3U);
}

TEST_F(TcapTest, later_messages_of_a_dialogue_keep_subscriber_and_service_centre) {
  read(begin(request(25, 2), invoke(1, 46, mt_argument(deliver))));
  reply(tlv(0x65, {tlv(0x48, "0000000b"), tlv(0x49, "0000000a"), tlv(0x6c, result(1))}));
  const Bytes more = tlv(0x30, {tlv(0x85, Bytes{}), tlv(0x85, Bytes{}), tlv(0x04, deliver)});
  const auto messages =
      read(tlv(0x65, {tlv(0x48, "0000000a"), tlv(0x49, "0000000b"), tlv(0x6c, invoke(2, 46, more))}));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].imsi, "001010000000011");
  EXPECT_EQ(messages[0].service_centre, "447700900000");
}

TEST_F(TcapTest, every_component_becomes_a_message) {
  const auto messages = read(begin(
      request(25, 3), join({invoke(1, 44, mt_argument(deliver)), invoke(2, 44, mt_argument(deliver))})));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].tcap.invoke, 1);
  EXPECT_EQ(messages[1].tcap.invoke, 2);
  EXPECT_NE(messages[0].id.low, messages[1].id.low);
}

TEST_F(TcapTest, a_returned_message_answers_the_one_that_could_not_be_delivered) {
  const Bytes sent = begin(request(25, 3), invoke(1, 44, mt_argument(deliver)));
  read(sent);
  returned = true;
  const auto messages = reply(sent);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, Kind::response);
  EXPECT_EQ(messages[0].component, Component::reject);
  EXPECT_EQ(messages[0].error_code, 1U);
  EXPECT_FALSE(messages[0].error.empty());
  EXPECT_EQ(messages[0].answers_frame, 1U);
}

TEST_F(TcapTest, a_returned_answer_is_none) {
  // A Continue that answers invoke 1 of the other end and has an invoke 1 of its own pending.
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  const Bytes ends = join({tlv(0x48, "0000000b"), tlv(0x49, "0000000a")});
  reply(tlv(0x65, {ends, tlv(0x6c, {invoke(1, 44, mt_argument(deliver))})}));
  returned = true;
  const auto messages = read(tlv(0x65, {ends, tlv(0x6c, {result(1)})}));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, Kind::response);
  EXPECT_EQ(messages[0].component, Component::reject);
  EXPECT_EQ(messages[0].error, "no translation for this specific address");
  EXPECT_EQ(messages[0].error_code, 1U);
  EXPECT_EQ(messages[0].answers_frame, 0U);
}

TEST_F(TcapTest, an_abort_answers_what_was_pending) {
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  const auto messages = reply(tlv(0x67, {tlv(0x49, "0000000a"), tlv(0x4a, "01")}));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, Kind::response);
  EXPECT_EQ(messages[0].component, Component::reject);
  EXPECT_EQ(messages[0].error_code, 1U);
  EXPECT_EQ(messages[0].answers_frame, 1U);
}

TEST_F(TcapTest, another_application_is_counted_and_not_read_as_map) {
  // CAP version 2, gsmSSF-scf-generic: 0.4.0.0.1.0.50.1 (TS 29.078)
  EXPECT_TRUE(read(begin(request(50, 1), invoke(1, 44, mt_argument(deliver)))).empty());
  EXPECT_EQ(counters.of(Count::unread_not_map), 1U);
}

TEST_F(TcapTest, a_tpdu_that_cannot_be_read_still_gives_an_event) {
  const auto messages = read(begin(request(25, 3), invoke(1, 44, mt_argument(hex("04 08 d0")))));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].imsi, "001010000000011");
  EXPECT_FALSE(messages[0].has_text);
  EXPECT_EQ(counters.of(decode::Layer::tpdu, decode::Reason::truncated), 1U);
}

TEST_F(TcapTest, ansi_tcap_is_recognised) {
  EXPECT_TRUE(read(hex("e2 02 c7 00")).empty());
  EXPECT_EQ(counters.of(Count::unread_ansi_tcap), 1U);
}

}  // namespace
}  // namespace tollgate::inspect
