#include "inspect/smpp.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "decode/smpp_frame.hpp"
#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::inspect {
namespace {

using decode::Layer;
using decode::Reason;
using Stream = std::vector<std::byte>;

// A PDU with its length filled in; written by hand from SMPP 3.4 clause 4.
Stream pdu(std::string_view command_id, std::string_view sequence, std::string_view body,
           std::string_view status = "00000000") {
  auto octets = test::hex("00000000" + std::string(command_id) + std::string(status) + std::string(sequence) +
                          std::string(body));
  octets[1] = static_cast<std::byte>(octets.size() >> 16U);
  octets[2] = static_cast<std::byte>(octets.size() >> 8U);
  octets[3] = static_cast<std::byte>(octets.size() & 255U);
  return octets;
}

Stream operator+(Stream a, const Stream& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Stream bind_as(std::string_view system_id_hex, std::string_view sequence = "00000001") {
  return pdu("00000009", sequence, std::string(system_id_hex) + "00 707700 00 34 00 00 00");
}
const std::string acme = "61636d65";
const std::string other = "6f74686572";

// ACME to 447700900123 with the given esm_class, data_coding and text.
Stream submit(std::string_view esm_class, std::string_view data_coding, std::string_view text,
              std::string_view tlvs = "", std::string_view sequence = "00000002",
              std::string_view command_id = "00000004") {
  const auto length = test::hex(text).size();
  const std::byte octet{static_cast<unsigned char>(length)};
  return pdu(command_id, sequence,
             "00 0500 41434d4500 0101 34343737303039303031323300" + std::string(esm_class) +
                 "00 00 00 00 01 00" + std::string(data_coding) + "00" + test::to_hex(Octets{&octet, 1}) +
                 std::string(text) + std::string(tlvs));
}

constexpr std::string_view submit_resp_body = "6d3100";

class SmppInspector : public ::testing::Test, public Consumer {
 protected:
  // What of a message outlives the call.
  struct Seen {
    Message m;
    std::string operation, text, data, sender, recipient, number, system_id, message_id, error, udh,
        destinations;
  };

  void accept(Message& m) override {
    seen.push_back({m, std::string(m.operation), std::string(m.text), test::to_hex(m.data),
                    std::string(m.sender.address), std::string(m.recipient.address),
                    std::string(m.recipient.number), std::string(m.smpp.system_id),
                    std::string(m.smpp.message_id), std::string(m.error), test::to_hex(m.udh),
                    test::to_hex(m.smpp.destinations)});
  }

  // Gives octets in pieces as a TCP stream would, keeping what is not consumed.
  void give(bool from_client, const Stream& octets, std::size_t piece = 1'000'000) {
    Direction& d = from_client ? client : server;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
      ++frame;
      const auto end = std::min(octets.size(), at + piece);
      d.kept.insert(d.kept.end(), octets.begin() + static_cast<std::ptrdiff_t>(at),
                    octets.begin() + static_cast<std::ptrdiff_t>(end));
      if (d.state.not_mine) return;
      flow::Carriage carriage;
      carriage.frame = frame;
      carriage.connection = from_client ? 111 : 222;
      carriage.opposite = from_client ? 222 : 111;
      carriage.source_port = from_client ? 40000 : 16000;
      carriage.destination_port = from_client ? 16000 : 40000;
      carriage.position = d.position;
      test::CheckingTrace trace(d.kept);
      const std::size_t done = smpp.octets(carriage, d.state, d.kept, *this, &trace);
      ASSERT_LE(done, d.kept.size());
      d.state.lost = false;
      d.position += done;
      d.kept.erase(d.kept.begin(), d.kept.begin() + static_cast<std::ptrdiff_t>(done));
    }
  }
  void client_says(const Stream& octets, std::size_t piece = 1'000'000) { give(true, octets, piece); }
  void server_says(const Stream& octets, std::size_t piece = 1'000'000) { give(false, octets, piece); }

  const Seen& last() { return seen.back(); }

  struct Direction {
    flow::StreamState state{.from_start = true};
    Stream kept;
    std::uint64_t position = 0;
  };
  Counters counters;
  Arena arena;
  Smpp smpp{16, 64, counters, arena};
  Direction client, server;
  std::uint64_t frame = 0;
  std::vector<Seen> seen;
};

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

TEST_F(SmppInspector, reads_each_data_coding) {
  struct Case {
    std::string_view data_coding, octets, text;
    Coding coding;
  };
  client_says(bind_as(acme));
  for (const Case& c : {
           Case{"00", "48690020 1b65", "Hi@ \u20ac", Coding::gsm7},
           Case{"01", "4869407b", "Hi@{", Coding::ascii}, Case{"03", "636166e9", "caf\u00e9", Coding::latin1},
           Case{"05", "82b182f1", "こん", Coding::jis}, Case{"06", "bfe0", "Пр", Coding::latin_cyrillic},
           Case{"07", "f9ec", "של", Coding::latin_hebrew},
           Case{"08", "0068d83dde00", "h\U0001F600", Coding::ucs2},
           Case{"09", "82b1", "こ", Coding::pictogram},
           Case{"0a", "1b2442 2433 1b2842", "こ", Coding::iso2022_jp},
           Case{"0d", "a4b3 8fb0a1", "こ\u4E02", Coding::euc_jp}, Case{"0e", "bec8", "안", Coding::ks_c_5601},
           Case{"10", "4869", "Hi", Coding::gsm7},      // TS 23.038: class 0
           Case{"18", "00480069", "Hi", Coding::ucs2},  // TS 23.038: UCS2, class 0
           Case{"c8", "4869", "Hi", Coding::gsm7},      // voicemail waiting, discard
           Case{"e0", "00480069", "Hi", Coding::ucs2},  // the same in UCS2
           Case{"f1", "4869", "Hi", Coding::gsm7},      // class 1
       }) {
    client_says(submit("00", c.data_coding, c.octets));
    EXPECT_EQ(last().text, c.text) << c.data_coding;
    EXPECT_EQ(last().m.coding, c.coding) << c.data_coding;
    EXPECT_TRUE(last().m.has_text) << c.data_coding;
    EXPECT_EQ(last().m.dcs, std::to_integer<int>(test::hex(c.data_coding)[0]));
  }
}

TEST_F(SmppInspector, binary_and_reserved_codings_give_data) {
  client_says(bind_as(acme));
  for (const std::string_view data_coding : {"02", "04", "f5", "0b", "0c", "0f"}) {
    client_says(submit("00", data_coding, "00ff80"));
    EXPECT_FALSE(last().m.has_text) << data_coding;
    EXPECT_EQ(last().data, "00ff80") << data_coding;
  }
  EXPECT_EQ(last().m.coding, Coding::reserved);
  client_says(submit("00", "f5", "00"));
  EXPECT_EQ(last().m.coding, Coding::binary);
  EXPECT_EQ(last().m.message_class, 1);
}

TEST_F(SmppInspector, a_user_data_header_gives_parts_and_ports) {
  client_says(bind_as(acme) + submit("40", "00", "0500030702016869"));
  EXPECT_EQ(last().udh, "050003070201");
  EXPECT_EQ(last().m.parts.ref, 7);
  EXPECT_EQ(last().m.parts.total, 2);
  EXPECT_EQ(last().m.parts.seq, 1);
  EXPECT_FALSE(last().m.parts.wide);
  EXPECT_EQ(last().text, "hi");  // one septet an octet: no fill bits after the header
  client_says(submit("40", "03", "0605040b84 23f0 68e9"));
  EXPECT_EQ(last().m.ports->destination, 2948);
  EXPECT_EQ(last().m.ports->source, 9200);
  EXPECT_EQ(last().text, "h\u00e9");
}

TEST_F(SmppInspector, a_header_longer_than_the_message_is_counted_and_nothing_is_lost) {
  client_says(bind_as(acme) + submit("40", "01", "506869"));
  EXPECT_FALSE(last().m.has_text);
  EXPECT_EQ(last().data, "506869");
  EXPECT_EQ(counters.of(Layer::tpdu, Reason::bad_length), 1U);
}

TEST_F(SmppInspector, sar_parameters_give_parts) {
  client_says(bind_as(acme) + submit("00", "01", "6869", "020c00020102 020e000103 020f000102"));
  EXPECT_EQ(last().m.parts.ref, 0x102);
  EXPECT_EQ(last().m.parts.total, 3);
  EXPECT_EQ(last().m.parts.seq, 2);
  EXPECT_TRUE(last().m.parts.wide);
  client_says(submit("00", "01", "6869", "020c00020102 020e000103 020f000104"));  // the 4th of 3
  EXPECT_EQ(last().m.parts.total, 0);
  client_says(submit("00", "01", "6869", "020a000223f0 020b00020b84"));
  EXPECT_EQ(last().m.ports->destination, 2948);
  EXPECT_EQ(last().m.ports->source, 9200);
}

TEST_F(SmppInspector, message_payload_is_the_text_where_short_message_is_empty) {
  client_says(bind_as(acme) + submit("40", "00", "", "0424 0008 0500030702016869"));
  EXPECT_EQ(last().text, "hi");
  EXPECT_EQ(last().m.parts.total, 2);
  EXPECT_TRUE(last().m.smpp.payload_is_text);
  client_says(submit("00", "01", "", "0424 0000  0424 0002 6f6f"));
  EXPECT_EQ(last().text, "oo");
  EXPECT_EQ(counters.of(Count::ignored_smpp_message_payload), 0U);
}

// 65,535 octets are as many as a parameter can have (SMPP 3.4 3.2.4.1).
TEST_F(SmppInspector, the_longest_message_payload_is_read) {
  std::string text;
  for (int i = 0; i < 65'535; ++i) text += i % 2 == 0 ? "41" : "e9";  // A, e with an acute accent
  client_says(bind_as(acme) + submit("00", "03", "", "0424 ffff" + text), 1'460);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(last().text.size(), 32'768U + 2 * 32'767U);
  EXPECT_TRUE(last().text.starts_with("A\u00e9A\u00e9"));
  EXPECT_TRUE(last().text.ends_with("\u00e9A"));
  EXPECT_EQ(counters.of(Count::unread_smpp_too_long), 0U);
  EXPECT_EQ(counters.of(Count::lost_text_no_room), 0U);
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

TEST_F(SmppInspector, of_more_than_one_text_the_first_is_read_and_the_others_are_counted) {
  client_says(bind_as(acme) + submit("00", "01", "6869", "0424 0002 6f6f  0424 0001 6f"));
  EXPECT_EQ(last().text, "hi");
  EXPECT_FALSE(last().m.smpp.payload_is_text);
  EXPECT_EQ(counters.of(Count::ignored_smpp_message_payload), 2U);
  client_says(submit("00", "01", "", "0424 0002 6f6e  0424 0002 6f6f"));
  EXPECT_EQ(last().text, "on");
  EXPECT_TRUE(last().m.smpp.payload_is_text);
  EXPECT_EQ(counters.of(Count::ignored_smpp_message_payload), 3U);
}

TEST_F(SmppInspector, one_port_alone_does_not_invent_the_other) {
  client_says(bind_as(acme) + submit("00", "01", "6869", "020b00020b84"));
  EXPECT_EQ(last().m.ports->destination, 2948);
  EXPECT_FALSE(last().m.ports->source);
  client_says(submit("00", "01", "6869", "020a000223f0"));
  EXPECT_EQ(last().m.ports->source, 9200);
  EXPECT_FALSE(last().m.ports->destination);
  client_says(submit("00", "01", "6869", "020a0000"));  // a port without a value
  EXPECT_FALSE(last().m.ports);
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

TEST_F(SmppInspector, broken_parameters_are_counted_and_the_message_is_read) {
  client_says(bind_as(acme) + submit("00", "01", "6869", "0204 00ff 00"));
  EXPECT_EQ(last().text, "hi");
  EXPECT_EQ(counters.of(Layer::smpp, Reason::bad_length), 1U);
}

TEST_F(SmppInspector, submit_multi_is_one_message_to_the_first_and_shows_all) {
  client_says(bind_as(acme) + pdu("00000021", "00000002",
                                  "00 0101 3100  02  02 76697000  01 0101 3434373730303930303100"
                                  "000000 00 00 00 00 01 00 02 6869"));
  EXPECT_EQ(last().m.kind, Kind::message);
  EXPECT_EQ(last().recipient, "4477009001");
  EXPECT_EQ(last().destinations,
            "0276697000010101"
            "3434373730303930303100");
  EXPECT_EQ(last().text, "hi");
}

TEST_F(SmppInspector, broadcast_sm_is_a_message_and_replace_sm_is_signalling) {
  client_says(bind_as(acme) +
              pdu("00000111", "00000002", "00 0101 343400 00 01 00 00 01 01 00 0424 0002 6869"));
  EXPECT_EQ(last().m.kind, Kind::message);
  EXPECT_EQ(last().m.direction, ::tollgate::Direction::mt);
  EXPECT_EQ(last().text, "hi");
  EXPECT_FALSE(last().m.smpp.esm_class);
  EXPECT_FALSE(last().m.recipient.present);
  client_says(pdu("00000007", "00000003", "6d3100 0101 343400 00 00 01 02 02 6869"));
  EXPECT_EQ(last().m.kind, Kind::signalling);
  EXPECT_EQ(last().operation, "replace_sm");
  EXPECT_EQ(last().message_id, "m1");
  EXPECT_EQ(last().data, "6869");
  EXPECT_FALSE(last().m.has_text);
}

TEST_F(SmppInspector, a_leading_plus_makes_a_number_international) {
  client_says(bind_as(acme) + pdu("00000004", "00000002",
                                  "00 0000 2b34343737303039303031303100 0201 303737303039303031303200"
                                  "000000 00 00 00 00 01 00 00"));
  EXPECT_EQ(last().sender, "447700900101");
  EXPECT_EQ(last().m.sender.type, NumberType::unknown);
  EXPECT_FALSE(last().m.sender.number.empty());
  EXPECT_EQ(last().recipient, "07700900102");
  EXPECT_TRUE(last().m.recipient.number.empty());
  EXPECT_EQ(last().m.recipient.type, NumberType::national);
  EXPECT_TRUE(last().m.has_text);  // an empty text is one
}

TEST_F(SmppInspector, addresses_are_valid_utf8) {
  client_says(bind_as(acme) +
              pdu("00000004", "00000002", "00 0500 4be46600 0101 3100 000000 00 00 00 00 01 00 00"));
  EXPECT_EQ(last().sender, "K\u00e4f");
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

TEST_F(SmppInspector, a_trace_shows_header_and_text) {
  const auto octets = submit("40", "00", "0500030702016869");
  test::RecordingTrace trace;
  smpp.pdu({}, octets, *this, &trace);
  EXPECT_NE(trace.all().find("User data/Text = hi"), std::string::npos) << trace.all();
}

}  // namespace
}  // namespace tollgate::inspect
