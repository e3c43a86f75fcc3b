#include "unit/inspect/smpp_inspector.hpp"

// What an inspector of SMPP changes by a verdict, and what it says to the sender of a message that was
// stopped.
namespace tollgate::inspect {
namespace {

class SmppEnforcement : public SmppInspector {
 protected:
  SmppEnforcement() {
    enforcing = true;
    verdict.verdict = Verdict::block;
  }
  static Stream header_only(std::string_view command_id, std::string_view sequence, std::string_view status) {
    return pdu(command_id, sequence, "", status);
  }
  std::string answered() { return test::to_hex(server.sent); }
};

constexpr std::string_view submit_sm_resp = "80000004";

// 447700900123 and `Hi`, 14 octets, are one parameter of zeros.
Stream stopped_submit(std::string_view sequence = "00000002") {
  return pdu("00000004", sequence,
             "00 0500 41434d4500 0101 00 00 00 00 00 00 00 00 01 00 00 3754 000a 00000000000000000000");
}

TEST_F(SmppEnforcement, a_blocked_message_is_changed_and_its_neighbours_are_not) {
  client_says(bind_as(acme) + submit("00", "01", "4869") + pdu("00000015", "00000003", ""), 7);
  EXPECT_EQ(test::to_hex(client.sent),
            test::to_hex(bind_as(acme) + stopped_submit() + pdu("00000015", "00000003", "")));
  EXPECT_TRUE(seen[1].m.judgement.enforced);
}

TEST_F(SmppEnforcement, what_passes_or_is_charged_is_not_changed) {
  const Stream session = bind_as(acme) + submit("00", "01", "4869");
  for (const Verdict v : {Verdict::pass, Verdict::charge}) {
    verdict.verdict = v;
    client = {};
    client_says(session);
    EXPECT_EQ(client.sent, session);
  }
}

TEST_F(SmppEnforcement, without_edits_nothing_is_changed_and_nothing_owed) {
  enforcing = false;
  const Stream session = bind_as(acme) + submit("00", "01", "4869");
  client_says(session);
  EXPECT_EQ(client.sent, session);
  EXPECT_FALSE(seen[1].m.editable);
  enforcing = true;
  server_says(pdu(submit_sm_resp, "00000002", submit_resp_body));
  EXPECT_FALSE(last().m.answer.owed);
}

TEST_F(SmppEnforcement, a_message_of_which_octets_have_left_is_not_changed) {
  client_says(bind_as(acme));
  const Stream two = submit("00", "01", "4869") + submit("00", "01", "4869", "", "00000003");
  client.state.left = 17;
  client.sent.clear();
  client_says(two);
  EXPECT_EQ(test::to_hex(client.sent), test::to_hex(submit("00", "01", "4869") + stopped_submit("00000003")));
  EXPECT_FALSE(seen[1].m.editable);
  EXPECT_TRUE(seen[2].m.editable);
}

TEST_F(SmppEnforcement, a_message_of_which_only_the_header_has_left_is_changed) {
  client.state.left = 16;
  client_says(submit("00", "01", "4869"));
  EXPECT_EQ(client.sent, stopped_submit());
  EXPECT_TRUE(last().m.editable);
}

TEST_F(SmppEnforcement, a_response_is_changed_where_its_status_has_not_left) {
  for (const std::uint32_t left : {8U, 9U}) {
    client_says(submit("00", "01", "4869"));
    server.state.left = left;
    server.sent.clear();
    server_says(header_only(submit_sm_resp, "00000002", "0000000b"));
    EXPECT_EQ(answered(),
              test::to_hex(header_only(submit_sm_resp, "00000002", left == 8 ? "00000045" : "0000000b")));
    EXPECT_EQ(last().m.answer.given, left == 8);
  }
}

TEST_F(SmppEnforcement, to_a_peer_of_smpp_3_3_the_recipient_is_covered) {
  Stream bind = bind_as(acme);
  bind[bind.size() - 4] = std::byte{0x33};  // interface_version
  client_says(bind + submit("00", "00", "4869"));
  EXPECT_EQ(test::to_hex(client.sent),
            test::to_hex(bind + pdu("00000004", "00000002",
                                    "00 0500 41434d4500 0101 2a2a2a2a2a2a2a2a2a2a2a2a00 00 00 00 00 00 00 00 "
                                    "00 00 02 2020")));
}

TEST_F(SmppEnforcement, the_response_says_what_the_policy_names) {
  verdict.smpp_status = 0x0B;
  client_says(submit("00", "01", "4869"));
  server_says(header_only(submit_sm_resp, "00000002", "00000008"));
  EXPECT_EQ(answered(), test::to_hex(header_only(submit_sm_resp, "00000002", "0000000b")));
  EXPECT_TRUE(last().m.answer.owed);
  EXPECT_TRUE(last().m.answer.given);
  EXPECT_EQ(last().m.answer.smpp_status, 0x0BU);
  EXPECT_EQ(last().m.answer.as, "");
  EXPECT_EQ(last().m.smpp.status, 8U) << "the event shows what the receiver said";
}

TEST_F(SmppEnforcement, a_success_becomes_an_error_and_keeps_its_body) {
  client_says(submit("00", "01", "4869"));
  server_says(pdu(submit_sm_resp, "00000002", submit_resp_body));
  EXPECT_EQ(answered(), test::to_hex(pdu(submit_sm_resp, "00000002", submit_resp_body, "00000045")));
}

TEST_F(SmppEnforcement, a_throttled_sender_is_told_to_try_later) {
  verdict.verdict = Verdict::throttle;
  client_says(submit("00", "01", "4869"));
  EXPECT_EQ(client.sent, stopped_submit());
  server_says(header_only(submit_sm_resp, "00000002", "0000000b"));
  EXPECT_EQ(answered(), test::to_hex(header_only(submit_sm_resp, "00000002", "00000058")));
}

TEST_F(SmppEnforcement, a_response_with_a_body_can_say_accepted) {
  verdict.accepted = true;
  client_says(submit("00", "01", "4869"));
  server_says(pdu(submit_sm_resp, "00000002", "00", "0000000b"));
  EXPECT_EQ(answered(), test::to_hex(pdu(submit_sm_resp, "00000002", "00", "00000000")));
  EXPECT_EQ(last().m.answer.as, "accepted");
}

TEST_F(SmppEnforcement, a_response_without_a_body_cannot_say_accepted) {
  verdict.accepted = true;
  client_says(submit("00", "01", "4869"));
  server_says(header_only(submit_sm_resp, "00000002", "0000000b"));
  EXPECT_EQ(answered(), test::to_hex(header_only(submit_sm_resp, "00000002", "00000045")));
  EXPECT_EQ(last().m.answer.as, "rejected");
  EXPECT_EQ(last().m.answer.smpp_status, 0x45U);
  EXPECT_TRUE(last().m.answer.given);
}

TEST_F(SmppEnforcement, a_generic_nack_passes_as_it_is) {
  client_says(submit("00", "01", "4869"));
  const Stream nack = header_only("80000000", "00000002", "00000003");
  server_says(nack);
  EXPECT_EQ(server.sent, nack);
  EXPECT_TRUE(last().m.answer.owed);
  EXPECT_FALSE(last().m.answer.given);
}

TEST_F(SmppEnforcement, the_response_to_another_message_of_the_same_number_is_its_own) {
  client_says(submit("00", "01", "4869"));
  verdict.verdict = Verdict::pass;
  client_says(submit("00", "01", "4869"));
  server_says(pdu(submit_sm_resp, "00000002", submit_resp_body));
  EXPECT_EQ(answered(), test::to_hex(pdu(submit_sm_resp, "00000002", submit_resp_body)));
  EXPECT_FALSE(last().m.answer.owed);
}

TEST_F(SmppEnforcement, each_response_is_changed_once) {
  client_says(submit("00", "01", "4869"));
  const Stream response = pdu(submit_sm_resp, "00000002", submit_resp_body);
  server_says(response + response);
  EXPECT_EQ(answered(),
            test::to_hex(pdu(submit_sm_resp, "00000002", submit_resp_body, "00000045") + response));
}

TEST_F(SmppEnforcement, a_diverted_message_is_answered_by_its_receiver) {
  verdict.verdict = Verdict::divert;
  verdict.divert_to = "447700900999";
  client_says(submit("00", "00", "4869"));
  EXPECT_EQ(
      test::to_hex(client.sent),
      test::to_hex(pdu("00000004", "00000002",
                       "00 0500 41434d4500 0101 34343737303039303039393900 00 00 00 00 00 01 00 00 00 02 "
                       "4869")));
  const Stream response = pdu(submit_sm_resp, "00000002", submit_resp_body);
  server_says(response);
  EXPECT_EQ(server.sent, response);
  EXPECT_FALSE(last().m.answer.owed);
}

TEST_F(SmppEnforcement, what_there_is_no_room_to_change_is_counted) {
  Stream stream;
  for (std::size_t i = 0; i < Edits::most + 3; ++i) {
    const Stream shortest = pdu("00000103", "00000002", "00 0000 00 0000 00 00 00 00");
    stream.insert(stream.end(), shortest.begin(), shortest.end());
  }
  client_says(stream);
  EXPECT_EQ(counters.of(Count::lost_edit), 3U);
  EXPECT_TRUE(seen.front().m.judgement.enforced);
  EXPECT_FALSE(last().m.judgement.enforced);
}

TEST_F(SmppEnforcement, a_message_that_cannot_be_decoded_is_made_unknown_where_nothing_may_pass_unread) {
  // source_addr has 21 octets at most (SMPP 3.4 5.2.8).
  const Stream bad =
      pdu("00000004", "00000007",
          "00 0000 " + std::string(2 * 64, '4') + "00 0000 00 00 00 00 00 00 00 00 00 00 00 02 4869");
  for (const bool closed : {false, true}) {
    link.closed = closed;
    client = {};
    client_says(bind_as(acme) + bad + submit("00", "01", "4869"), 1'000);
    Stream expected = bind_as(acme) + bad + stopped_submit();
    if (closed) expected[bind_as(acme).size() + 7] = std::byte{0xFF};  // command_id 0x000000FF
    EXPECT_TRUE(client.sent == expected) << closed;
    EXPECT_EQ(counters.of(Count::spoilt_smpp_unreadable), closed ? 1U : 0U);
  }
}

TEST_F(SmppEnforcement, what_is_too_large_to_be_read_is_made_unknown_where_nothing_may_pass_unread) {
  Stream large =
      submit("00", "01", "",
             "0424 ffff" + std::string(2 * 65'535, '4') + "0424 ffff" + std::string(2 * 65'535, '4'));
  for (const bool closed : {false, true}) {
    link.closed = closed;
    client = {};
    client_says(bind_as(acme) + large + submit("00", "01", "4869"), 1'000);
    Stream expected = bind_as(acme) + large + stopped_submit();
    // command_id 0x000000FF
    if (closed) expected[bind_as(acme).size() + 7] = std::byte{0xFF};
    EXPECT_TRUE(client.sent == expected) << closed;
    EXPECT_EQ(counters.of(Count::spoilt_smpp_too_long), closed ? 1U : 0U);
  }
}

}  // namespace
}  // namespace tollgate::inspect
