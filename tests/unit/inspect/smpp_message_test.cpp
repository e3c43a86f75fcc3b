#include "support/recording_trace.hpp"
#include "unit/inspect/smpp_inspector.hpp"

// What a PDU says: text, parts, ports, addresses.
namespace tollgate::inspect {
namespace {

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

TEST_F(SmppInspector, a_trace_shows_header_and_text) {
  const auto octets = submit("40", "00", "0500030702016869");
  test::RecordingTrace trace;
  smpp.pdu({}, octets, *this, &trace);
  EXPECT_NE(trace.all().find("User data/Text = hi"), std::string::npos) << trace.all();
}

}  // namespace
}  // namespace tollgate::inspect
