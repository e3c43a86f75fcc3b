#include "unit/inspect/smpp_inspector.hpp"

// Sessions: who is bound, which request a response answers, which way a message goes.
namespace tollgate::inspect {
namespace {

TEST_F(SmppInspector, a_session_becomes_messages_with_their_account) {
  client_says(bind_as(acme));
  server_says(pdu("80000009", "00000001", "736d736300"));
  client_says(submit("00", "00", "68656c6c6f"));
  server_says(pdu("80000004", "00000002", submit_resp_body));
  ASSERT_EQ(seen.size(), 4U);

  EXPECT_EQ(seen[0].m.kind, Kind::signalling);
  EXPECT_EQ(seen[0].operation, "bind_transceiver");
  EXPECT_EQ(seen[0].system_id, "acme");
  EXPECT_EQ(seen[1].m.component, Component::result);
  EXPECT_EQ(seen[1].m.answers_frame, 1U);

  const Seen& message = seen[2];
  EXPECT_EQ(message.m.protocol, Protocol::smpp);
  EXPECT_EQ(message.m.kind, Kind::message);
  EXPECT_EQ(message.m.component, Component::invoke);
  EXPECT_EQ(message.m.direction, ::tollgate::Direction::mt);
  EXPECT_EQ(message.m.frame, 3U);
  EXPECT_EQ(message.operation, "submit_sm");
  EXPECT_EQ(message.system_id, "acme");
  EXPECT_EQ(message.m.smpp.sequence, 2U);
  EXPECT_EQ(message.m.smpp.esm_class, 0);
  EXPECT_EQ(message.sender, "ACME");
  EXPECT_EQ(message.m.sender.type, NumberType::alphanumeric);
  EXPECT_EQ(message.m.sender.ton, 5);
  EXPECT_TRUE(message.m.sender.number.empty());
  EXPECT_EQ(message.recipient, "447700900123");
  EXPECT_EQ(message.number, "447700900123");
  EXPECT_EQ(message.m.recipient.type, NumberType::international);
  EXPECT_EQ(message.m.pid, 0);
  EXPECT_EQ(message.m.dcs, 0);
  EXPECT_EQ(message.m.coding, Coding::gsm7);
  EXPECT_TRUE(message.m.has_text);
  EXPECT_EQ(message.text, "hello");
  EXPECT_EQ(message.m.origin.port, 40000);

  const Seen& response = seen[3];
  EXPECT_EQ(response.m.kind, Kind::response);
  EXPECT_EQ(response.m.component, Component::result);
  EXPECT_EQ(response.m.direction, ::tollgate::Direction::mt);
  EXPECT_EQ(response.operation, "submit_sm_resp");
  EXPECT_EQ(response.message_id, "m1");
  EXPECT_EQ(response.m.answers_frame, 3U);
  EXPECT_EQ(response.system_id, "acme");
  EXPECT_FALSE(response.m.error_code);
}

TEST_F(SmppInspector, the_address_range_of_a_bind_is_no_sender) {
  client_says(pdu("00000001", "00000001", "61636d6500 707700 00 34 01 01 3434373700"));  // 4477
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_FALSE(seen[0].m.sender.present);
}

TEST_F(SmppInspector, messages_of_one_packet_are_counted_and_told_apart) {
  client_says(bind_as(acme) + submit("00", "01", "4869") + submit("00", "01", "4869"));
  EXPECT_EQ(seen[0].m.item, 0U);
  EXPECT_EQ(seen[2].m.item, 2U);
  EXPECT_TRUE(seen[1].m.id.high != seen[2].m.id.high || seen[1].m.id.low != seen[2].m.id.low);
  client_says(submit("00", "01", "4869"));
  EXPECT_EQ(last().m.item, 0U);
}

TEST_F(SmppInspector, errors_have_the_standards_names) {
  client_says(bind_as(acme) + submit("00", "00", "68"));
  server_says(pdu("80000004", "00000002", "", "00000058"));
  EXPECT_EQ(last().m.component, Component::error);
  EXPECT_EQ(last().error, "ESME_RTHROTTLED");
  EXPECT_EQ(last().m.error_code, 0x58U);
  EXPECT_EQ(last().m.answers_frame, 1U);
}

TEST_F(SmppInspector, a_generic_nack_rejects_the_request_it_answers) {
  client_says(bind_as(acme) + submit("00", "00", "68"));
  server_says(pdu("80000000", "00000002", "", "00000003"));
  EXPECT_EQ(last().m.kind, Kind::response);
  EXPECT_EQ(last().m.component, Component::reject);
  EXPECT_EQ(last().error, "ESME_RINVCMDID");
  EXPECT_EQ(last().m.answers_frame, 1U);
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mt);
}

TEST_F(SmppInspector, a_response_of_another_operation_answers_nothing) {
  client_says(bind_as(acme) + submit("00", "00", "68"));
  server_says(pdu("80000015", "00000002", ""));
  EXPECT_EQ(last().m.answers_frame, 0U);
}

TEST_F(SmppInspector, deliver_sm_goes_the_other_way) {
  client_says(bind_as(acme));
  server_says(pdu("80000009", "00000001", "736d736300") +
              submit("04", "00", "69643a31", "001e00036d3100 0427000102", "00000009", "00000005"));
  EXPECT_EQ(last().operation, "deliver_sm");
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mo);
  EXPECT_EQ(last().m.smpp.esm_class, 4);
  EXPECT_EQ(last().system_id, "acme");
  client_says(pdu("80000005", "00000009", "00"));
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mo);
  EXPECT_EQ(last().m.answers_frame, 2U);
}

TEST_F(SmppInspector, data_sm_takes_its_direction_from_who_is_bound) {
  const auto data = pdu("00000103", "00000005",
                        "00 0101 343437373030393030313031 00 0101 343437373030393030313032 00 00 00 03"
                        "04240003 e96974");
  server_says(pdu("0000000b", "00000001", "736d736300 707700"));  // outbind: the server is the ESME's client
  client_says(bind_as(acme, "00000001"));
  client_says(data);
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mt);
  EXPECT_EQ(last().text, "\u00e9it");
  EXPECT_EQ(last().m.coding, Coding::latin1);
  EXPECT_FALSE(last().m.pid);
  server_says(data);
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mo);
  client_says(pdu("80000103", "00000005", submit_resp_body));
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mo);
}

TEST_F(SmppInspector, data_sm_of_an_unseen_bind_is_mt_from_the_client) {
  client.state.from_start = server.state.from_start = false;
  client_says(pdu("00000103", "00000005", "00 0101 3100 0101 3200 00 00 00 0424000168"));
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mt);
  EXPECT_EQ(last().system_id, "");
}

TEST_F(SmppInspector, a_response_without_its_nul_or_its_body_is_one_all_the_same) {
  client_says(bind_as(acme) + submit("00", "01", "6869") + submit("00", "01", "6869", "", "00000003"));
  server_says(pdu("80000004", "00000002", "6d31") + pdu("80000004", "00000003", ""));
  EXPECT_EQ(seen[3].message_id, "m1");
  EXPECT_EQ(seen[3].m.answers_frame, 1U);
  EXPECT_EQ(seen[4].message_id, "");
  EXPECT_EQ(seen[4].m.answers_frame, 1U);
  EXPECT_EQ(counters.of(Count::mended_smpp_string), 1U);
}

TEST_F(SmppInspector, a_second_bind_while_bound_does_not_change_the_account_unless_accepted) {
  client_says(bind_as(acme));
  server_says(pdu("80000009", "00000001", "736d736300"));
  client_says(bind_as(other, "00000002"));
  EXPECT_EQ(last().system_id, "acme");
  server_says(pdu("80000009", "00000002", "", "00000005"));  // ESME_RALYBND
  client_says(submit("00", "01", "6869"));
  EXPECT_EQ(last().system_id, "acme");
}

TEST_F(SmppInspector, of_two_binds_under_way_the_accepted_one_counts) {
  client_says(bind_as(acme) + bind_as(other, "00000002"));
  server_says(pdu("80000009", "00000001", "736d736300"));
  server_says(pdu("80000009", "00000002", "", "00000005"));
  client_says(submit("00", "01", "6869"));
  EXPECT_EQ(last().system_id, "acme");
}

TEST_F(SmppInspector, a_refused_bind_leaves_no_account) {
  client_says(bind_as(acme));
  server_says(pdu("80000009", "00000001", "", "0000000e"));
  client_says(pdu("00000015", "00000002", ""));
  EXPECT_EQ(last().system_id, "");
}

}  // namespace
}  // namespace tollgate::inspect
