#include "unit/inspect/smpp_inspector.hpp"

// Where PDUs begin and end in a stream, and what is no SMPP.
namespace tollgate::inspect {
namespace {

TEST_F(SmppInspector, the_size_of_segments_changes_nothing) {
  const Stream session =
      bind_as(acme) + submit("00", "01", "4869") + submit("00", "01", "486f", "", "00000003");
  for (const std::size_t piece : {1U, 3U, 15U, 16U, 17U, 64U}) {
    client = {};
    seen.clear();
    client_says(session, piece);
    ASSERT_EQ(seen.size(), 3U) << piece;
    EXPECT_EQ(seen[1].text, "Hi");
    EXPECT_EQ(seen[2].text, "Ho");
  }
}

TEST_F(SmppInspector, the_largest_pdu_is_of_80_kib) {
  const std::string vendors = "1400 3fc8" + std::string(2 * 16'328, '0');  // of any length
  const std::string payload = "0424 ffff" + std::string(2 * 65'535, '4');
  for (const bool one_more : {false, true}) {
    const Stream large = submit("00", "01", "", payload + (one_more ? "1401 0000" : "") + vendors);
    SCOPED_TRACE(large.size());
    client_says(large, 1'460);
    EXPECT_EQ(counters.of(Count::unread_smpp_too_long), one_more ? 1U : 0U);
  }
  EXPECT_EQ(seen.size(), 1U);
}

TEST_F(SmppInspector, a_connection_picked_up_within_the_longest_pdu_is_not_given_up) {
  client.state.from_start = server.state.from_start = false;
  Stream stream = submit("00", "01", "", "0424 ffff" + std::string(2 * 65'535, '4'));
  stream.erase(stream.begin(), stream.begin() + 20);
  client_says(stream + submit("00", "01", "6869") + submit("00", "01", "6869", "", "00000003"), 1'460);
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_FALSE(client.state.not_mine);
}

TEST_F(SmppInspector, other_protocols_are_not_its_own) {
  client_says(test::hex("474554202f20485454502f312e310d0a0d0a"));
  EXPECT_TRUE(client.state.not_mine);
  EXPECT_TRUE(seen.empty());
}

TEST_F(SmppInspector, a_connection_does_not_hide_behind_a_strange_first_pdu) {
  client_says(pdu("00000110", "00000001", "") + pdu("00000015", "00000002", "", "00000001") + bind_as(acme) +
              submit("00", "01", "6869"));
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(last().text, "hi");
  EXPECT_EQ(last().system_id, "acme");
}

TEST_F(SmppInspector, an_unreadable_pdu_is_counted_and_passed_over) {
  client_says(bind_as(acme) + pdu("00000110", "00000002", "616263") + pdu("00000004", "00000003", "616263") +
              submit("00", "01", "6869"));
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_EQ(last().text, "hi");
  EXPECT_EQ(counters.of(Layer::smpp, Reason::unknown_type), 1U);
  EXPECT_EQ(counters.of(Layer::smpp, Reason::truncated), 1U);
}

TEST_F(SmppInspector, an_oversized_pdu_is_passed_over) {
  Stream large(90'000, std::byte{0x41});
  const auto header = test::hex("00015f90 00000004 00000000 00000002");
  std::copy(header.begin(), header.end(), large.begin());
  client_says(bind_as(acme) + large + submit("00", "01", "6869"), 1460);
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_EQ(last().text, "hi");
  EXPECT_EQ(counters.of(Count::unread_smpp_too_long), 1U);
}

TEST_F(SmppInspector, picked_up_between_two_pdus_a_connection_loses_nothing) {
  client.state.from_start = false;
  client_says(submit("00", "01", "6f6e65"));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(counters.of(Count::uninspected_smpp_rest), 0U);
}

TEST_F(SmppInspector, picks_a_connection_up_in_its_middle) {
  client.state.from_start = false;
  Stream stream = submit("00", "01", "6869");
  stream.erase(stream.begin(), stream.begin() + 20);
  client_says(stream + submit("00", "01", "6f6e65") + submit("00", "01", "74776f", "", "00000003"));
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].text, "one");
  EXPECT_EQ(seen[1].text, "two");
  EXPECT_EQ(seen[0].system_id, "");
  EXPECT_EQ(counters.of(Count::skipped_smpp_to_next_pdu), 1U);
  EXPECT_EQ(counters.of(Count::uninspected_smpp_rest), 1U);
}

TEST_F(SmppInspector, a_connection_picked_up_in_its_middle_is_not_recognised_before_a_pdu_is_read) {
  client.state.from_start = server.state.from_start = false;
  client_says(test::hex("474554202f"));
  EXPECT_TRUE(client.state.unrecognised);
  EXPECT_FALSE(client.state.not_mine);
  server_says(bind_as(acme) + submit("00", "01", "6869"));
  EXPECT_FALSE(server.state.unrecognised);
  client_says(test::hex("474554202f"));
  EXPECT_FALSE(client.state.unrecognised);
}

TEST_F(SmppInspector, finds_its_place_again_after_a_gap) {
  client_says(bind_as(acme));
  Stream stream = submit("00", "01", "6869");
  stream.resize(40);
  client_says(stream);  // its rest is lost
  client.kept.clear();
  client.state.lost = true;
  Stream tail = submit("00", "01", "6869");
  tail.erase(tail.begin(), tail.begin() + 50);
  client_says(tail + submit("00", "01", "74776f", "", "00000003"));
  EXPECT_EQ(last().text, "two");
  EXPECT_EQ(last().system_id, "acme");
}

TEST_F(SmppInspector, an_impossible_length_is_counted_and_the_next_pdu_found) {
  client_says(bind_as(acme) + test::hex("0000000f 00000015 00000000 00000002") + submit("00", "01", "6869"));
  EXPECT_EQ(last().text, "hi");
  EXPECT_EQ(counters.of(Layer::smpp, Reason::bad_length), 1U);
}

TEST_F(SmppInspector, a_pdu_that_the_connection_ends_in_is_truncated) {
  client_says(bind_as(acme));
  Stream stream = submit("00", "01", "6869");
  stream.resize(30);
  client.state.finished = true;
  client_says(stream);
  EXPECT_EQ(counters.of(Layer::smpp, Reason::truncated), 1U);
}

}  // namespace
}  // namespace tollgate::inspect
