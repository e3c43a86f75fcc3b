#include "inspect/tcap.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "support/kept_messages.hpp"
#include "unit/inspect/map_components.hpp"

namespace tollgate::inspect {
namespace {

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

// Q.773 3.1: what an Abort tells nothing of is counted, so that it leaves a trace.
TEST_F(TcapTest, the_end_of_a_dialogue_that_was_not_seen_is_counted) {
  EXPECT_TRUE(reply(tlv(0x67, {tlv(0x49, "0000000a"), tlv(0x4a, "01")})).empty());
  EXPECT_EQ(counters.of(Count::unmatched_abort), 1U);
  EXPECT_TRUE(reply(tlv(0x64, {tlv(0x49, "0000000a")})).empty());
  EXPECT_EQ(counters.of(Count::unmatched_end), 1U);
  read(tlv(0x62, {tlv(0x48, "0000000a"), request(25, 2)}));
  EXPECT_TRUE(reply(tlv(0x64, {tlv(0x49, "0000000a")})).empty());
  EXPECT_EQ(counters.of(Count::unmatched_end), 1U);
}

TEST_F(TcapTest, an_abort_answers_signalling_too) {
  read(begin(request(1, 3), invoke(1, 2, update_location)));
  const auto messages = reply(tlv(0x67, {tlv(0x49, "0000000a")}));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, Kind::signalling);
  EXPECT_EQ(messages[0].operation, "updateLocation");
  EXPECT_EQ(messages[0].error, "userAbort");
  EXPECT_EQ(messages[0].answers_frame, 1U);
}

// Code 46 is mo-forwardSM in version 3 alone; before, forwardSM of either direction (ETS 300 599 14.7.6).
TEST_F(TcapTest, an_answer_to_a_forwardSM_that_was_not_seen_has_a_direction_only_where_something_tells_it) {
  const auto answer = [&](const Bytes& dialogue, const Bytes& parameter) {
    const Bytes content = tlv(0x30, {tlv(0x02, "2e"), parameter});
    return reply(tlv(0x64,
                     {tlv(0x49, "0000000a"), dialogue, tlv(0x6c, {tlv(0xa2, {tlv(0x02, "01"), content})})}))
        .at(0);
  };
  const Bytes empty = tlv(0x30, Bytes{});
  const Message unknown = answer({}, empty);
  EXPECT_EQ(unknown.kind, Kind::response);
  EXPECT_EQ(unknown.operation, "forwardSM");
  EXPECT_EQ(unknown.operation_code, 46);
  EXPECT_EQ(unknown.direction, Direction::unknown);
  EXPECT_EQ(answer(response(25, 2), empty).operation, "mt-forwardSM");
  EXPECT_EQ(answer(response(21, 2), empty).operation, "mo-forwardSM");
  EXPECT_EQ(answer(response(21, 3), empty).operation, "mo-forwardSM");
  EXPECT_EQ(answer(response(21, 1), empty).operation, "forwardSM");
  // A report tells: SMS-DELIVER-REPORT, SMS-SUBMIT-REPORT (TS 23.040 9.2.2.1a, 9.2.2.2a).
  EXPECT_EQ(answer({}, tlv(0x30, {tlv(0x04, "0000")})).direction, Direction::mt);
  EXPECT_EQ(answer({}, tlv(0x30, {tlv(0x04, "0100 62112202000000")})).direction, Direction::mo);
}

TEST_F(TcapTest, an_error_that_belongs_to_forwardSM_alone_is_a_response) {
  const auto busy = reply(end(error(1, 31)));
  ASSERT_EQ(busy.size(), 1U);
  EXPECT_EQ(busy[0].kind, Kind::response);
  EXPECT_EQ(busy[0].direction, Direction::mt);
  EXPECT_EQ(reply(end(error(1, 32))).at(0).kind, Kind::response);
  EXPECT_EQ(reply(end(error(1, 32))).at(0).direction, Direction::unknown);
  EXPECT_EQ(reply(end(error(1, 34))).at(0).kind, Kind::signalling);
}

TEST_F(TcapTest, global_codes_are_kept_and_answered) {
  const Bytes asked = begin(request(1, 3), tlv(0xa1, {tlv(0x02, "01"), tlv(0x06, "2a030405")}));
  const auto invoked = read(asked);
  ASSERT_EQ(invoked.size(), 1U);
  EXPECT_EQ(invoked[0].kind, Kind::signalling);
  EXPECT_TRUE(std::ranges::equal(invoked[0].global_code, hex("2a030405")));
  const auto refused = reply(end(tlv(0xa3, {tlv(0x02, "01"), tlv(0x06, "2a03")})));
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].component, Component::error);
  EXPECT_TRUE(std::ranges::equal(refused[0].global_code, hex("2a03")));
  EXPECT_EQ(refused[0].answers_frame, 1U);
}

TEST_F(TcapTest, other_operations_name_their_nodes) {
  const auto asked = [&](unsigned context, unsigned code, const Bytes& argument) {
    return read(begin(request(context, 3), invoke(1, code, argument))).at(0);
  };
  const auto answered = [&](unsigned code, const Bytes& result) {
    const Bytes content = tlv(0x30, {tlv(0x02, Bytes{static_cast<std::byte>(code)}), result});
    return reply(end(tlv(0xa2, {tlv(0x02, "01"), content}))).at(0);
  };
  // Arguments as TS 29.002 17.7.1 to 17.7.3 and 17.7.6 write them.
  const Message location = asked(1, 2, update_location);
  EXPECT_EQ(location.operation, "updateLocation");
  EXPECT_EQ(location.imsi, "001010000000011");
  EXPECT_EQ(location.map.network_node, "447700900222");
  EXPECT_EQ(location.map.additional_node, "447700900333");
  EXPECT_EQ(answered(2, tlv(0x30, {tlv(0x04, centre)})).map.other_address, "447700900000");

  const Message routing = asked(5, 22, tlv(0x30, {tlv(0x80, mobile), tlv(0x83, "00"), tlv(0x86, gateway)}));
  EXPECT_EQ(routing.operation, "sendRoutingInfo");
  EXPECT_EQ(routing.recipient.address, "447700900111");
  EXPECT_EQ(routing.map.other_address, "447700900222");

  const Message place = asked(28, 70, tlv(0x30, {tlv(0x80, subscriber), tlv(0xa2, "8000")}));
  EXPECT_EQ(place.operation, "provideSubscriberInfo");
  EXPECT_EQ(place.imsi, "001010000000011");
  const Bytes where = tlv(0xa0, {tlv(0x81, register_), tlv(0x86, gateway)});
  EXPECT_EQ(answered(70, tlv(0x30, {tlv(0x30, where)})).map.network_node, "447700900222");

  const Message vectors = asked(14, 56, tlv(0x30, {tlv(0x80, subscriber), tlv(0x02, "05")}));
  EXPECT_EQ(vectors.operation, "sendAuthenticationInfo");
  EXPECT_EQ(vectors.imsi, "001010000000011");

  const Message data = asked(16, 7, tlv(0x30, {tlv(0x80, subscriber), tlv(0x81, mobile)}));
  EXPECT_EQ(data.operation, "insertSubscriberData");
  EXPECT_EQ(data.imsi, "001010000000011");
  EXPECT_EQ(data.recipient.address, "447700900111");
}

// RoutingInfoForSM-Res: imsi, locationInfoWithLMSI { [1] networkNode-Number, [6] additional-Number }.
TEST_F(TcapTest, the_result_of_sendRoutingInfoForSM_has_subscriber_and_nodes) {
  read(begin(request(20, 3),
             invoke(1, 45, tlv(0x30, {tlv(0x80, mobile), tlv(0x81, "00"), tlv(0x82, centre)}))));
  const Bytes nodes = tlv(0xa0, {tlv(0x81, gateway), tlv(0xa6, {tlv(0x81, register_)})});
  const Bytes content = tlv(0x30, {tlv(0x02, "2d"), tlv(0x30, {tlv(0x04, subscriber), nodes})});
  const auto answer = reply(end(tlv(0xa2, {tlv(0x02, "01"), content})));
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0].kind, Kind::response);
  EXPECT_EQ(answer[0].imsi, "001010000000011");
  EXPECT_EQ(answer[0].map.network_node, "447700900222");
  EXPECT_EQ(answer[0].map.additional_node, "447700900333");
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

// TS 23.040 9.2.3.1: towards the mobile TP-MTI 1 is an SMS-SUBMIT-REPORT, which only answers.
TEST_F(TcapTest, a_report_in_an_invoke_is_counted) {
  const auto messages = read(begin(request(25, 3), invoke(1, 44, mt_argument(hex("01 00 62112202000000")))));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].imsi, "001010000000011");
  EXPECT_EQ(counters.of(decode::Layer::tpdu, decode::Reason::bad_value), 1U);
}

// SignalInfo has 1 to 200 octets (TS 29.002 17.7.8).
TEST_F(TcapTest, an_empty_sm_rp_ui_is_counted) {
  const auto messages = read(begin(request(25, 3), invoke(1, 44, mt_argument({}))));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(counters.of(decode::Layer::tpdu, decode::Reason::truncated), 1U);
}

TEST_F(TcapTest, a_message_that_is_cut_keeps_sender_and_what_there_is_of_the_text) {
  const Bytes cut{deliver.begin(), deliver.end() - 1};
  const auto messages = read(begin(request(25, 3), invoke(1, 44, mt_argument(cut))));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].sender.address, "ACME");
  EXPECT_EQ(messages[0].text, "Hell");
  EXPECT_EQ(counters.of(decode::Layer::tpdu, decode::Reason::truncated), 1U);

  // An SMS-SUBMIT of which nothing is left behind TP-DA.
  const auto submitted =
      read(begin(request(21, 3), invoke(1, 46, mo_argument(hex("01 07 0c91 447700091032")))));
  EXPECT_EQ(submitted.at(0).recipient.address, "447700900123");
  EXPECT_FALSE(submitted[0].has_text);
  EXPECT_FALSE(submitted[0].dcs.has_value());
  EXPECT_EQ(counters.of(decode::Layer::tpdu, decode::Reason::truncated), 2U);
}

TEST_F(TcapTest, octets_after_the_parameter_of_a_component_are_counted) {
  const Bytes argument = mt_argument(deliver);
  EXPECT_EQ(read(begin(request(25, 3), invoke(1, 44, argument))).size(), 1U);
  EXPECT_EQ(counters.of(decode::Layer::tcap, decode::Reason::trailing_octets), 0U);
  const auto messages = read(begin(request(25, 3), invoke(1, 44, join({argument, hex("0500")}))));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].text, "Hello");
  EXPECT_EQ(counters.of(decode::Layer::tcap, decode::Reason::trailing_octets), 1U);
}

TEST_F(TcapTest, ansi_tcap_is_recognised) {
  EXPECT_TRUE(read(hex("e2 02 c7 00")).empty());
  EXPECT_EQ(counters.of(Count::unread_ansi_tcap), 1U);
}

}  // namespace
}  // namespace tollgate::inspect
