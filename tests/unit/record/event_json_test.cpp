#include "record/event_json.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/hex.hpp"

namespace tollgate::record {
namespace {

using test::hex;

std::string event(const Message& message) {
  std::string out;
  append_event(out, message);
  return out;
}

nlohmann::ordered_json parsed(const Message& message) {
  return nlohmann::ordered_json::parse(event(message));
}

IpAddress ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
  IpAddress ip;
  ip.version = 4;
  ip.octets[0] = std::byte(a);
  ip.octets[1] = std::byte(b);
  ip.octets[2] = std::byte(c);
  ip.octets[3] = std::byte(d);
  return ip;
}

// 2026-11-21T22:00:00Z is 1795298400 s after 1970 (`date -ud @1795298400`).
constexpr std::uint64_t evening_ns = 1'795'298'400'000'000'000U;

TEST(EventJson, writes_the_fields_of_a_map_message_in_their_order) {
  const auto otid = hex("00000001");
  const auto udh = hex("050003070201");
  Message m;
  m.id = {0x0123456789abcdefU, 0x0fU};
  m.time_ns = evening_ns + 123'456'789U;
  m.frame = 17;
  m.kind = Kind::message;
  m.operation = "mt-forwardSM";
  m.direction = Direction::mt;
  m.link = "ic1";
  m.route = "international";
  m.origin = {ipv4(192, 0, 2, 1), 2905, 1234, "491550000000", 8, true};
  m.destination = {ipv4(198, 51, 100, 1), 2905, 5678, "447700900001", 8, true};
  m.tcap = {otid, {}, 1, "shortMsgMT-Relay", 3};
  m.service_centre = "491550000000";
  m.imsi = "001010000000001";
  m.sender = {"ACME", "", NumberType::alphanumeric, 5, 0, true};
  m.recipient = {"07700900123", "447700900123", NumberType::national, 2, 1, true};
  m.pid = 0;
  m.dcs = 0;
  m.coding = Coding::gsm7;
  m.message_class = 1;
  m.udh = udh;
  m.ports = Ports{2948, 9200};
  m.parts = {7, 2, 1};
  m.has_text = true;
  m.text = "part one";
  EXPECT_EQ(
      event(m),
      R"({"id":"0123456789abcdef000000000000000f","time":"2026-11-21T22:00:00.123456Z","frame":17,"item":0,)"
      R"("kind":"message","protocol":"map","operation":"mt-forwardSM","component":"invoke","direction":"mt",)"
      R"("link":"ic1","route":"international",)"
      R"("origin":{"ip":"192.0.2.1","port":2905,"pc":1234,"gt":"491550000000","ssn":8,"country":"DE"},)"
      R"("destination":{"ip":"198.51.100.1","port":2905,"pc":5678,"gt":"447700900001","ssn":8,"country":"GB"},)"
      R"("tcap":{"otid":"00000001","invoke":1,"context":"shortMsgMT-Relay","version":3},)"
      R"("service_centre":{"address":"491550000000","country":"DE"},"imsi":"001010000000001",)"
      R"("sender":{"address":"ACME","type":"alphanumeric","ton":5,"npi":0},)"
      R"("recipient":{"address":"07700900123","number":"447700900123","type":"national","ton":2,"npi":1,"country":"GB"},)"
      R"("pid":0,"dcs":0,"coding":"gsm7","class":1,"udh":"050003070201",)"
      R"("ports":{"destination":2948,"source":9200},"parts":{"ref":7,"total":2,"seq":1},"text":"part one",)"
      R"("labels":[],"verdict":"pass"})");
}

TEST(EventJson, leaves_out_what_is_absent) {
  EXPECT_EQ(
      event(Message{}),
      R"({"id":"00000000000000000000000000000000","time":"1970-01-01T00:00:00.000000Z","frame":0,"item":0,)"
      R"("kind":"signalling","protocol":"map","component":"invoke","labels":[],"verdict":"pass"})");
}

TEST(EventJson, writes_an_empty_text_but_no_empty_data) {
  Message m;
  m.has_text = true;
  EXPECT_EQ(parsed(m)["text"], "");
  m.has_text = false;
  EXPECT_FALSE(parsed(m).contains("text"));
  EXPECT_FALSE(parsed(m).contains("data"));
  const auto octets = hex("00ff10");
  m.data = octets;
  EXPECT_EQ(parsed(m)["data"], "00ff10");
}

TEST(EventJson, writes_the_urls_of_the_whole_text_where_there_is_one) {
  Message m;
  m.has_text = true;
  m.text = "ample.com/b and more";
  EXPECT_EQ(parsed(m)["urls"], (nlohmann::ordered_json{"ample.com/b"}));
  m.message_text = "http://a.example and example.com/b and more";
  EXPECT_EQ(parsed(m)["urls"], (nlohmann::ordered_json{"http://a.example", "example.com/b"}));
  m.text = m.message_text = "none";
  EXPECT_FALSE(parsed(m).contains("urls"));
}

TEST(EventJson, writes_what_a_response_answers_and_its_error) {
  Message m;
  m.kind = Kind::response;
  m.component = Component::error;
  m.operation = "mt-forwardSM";
  m.error = "absentSubscriberSM";
  m.error_code = 6;
  m.answers_frame = 12;
  const auto json = parsed(m);
  EXPECT_EQ(json["component"], "error");
  EXPECT_EQ(json["error"], "absentSubscriberSM");
  EXPECT_EQ(json["answers"], (nlohmann::ordered_json{{"frame", 12}}));
  EXPECT_EQ(json["verdict"], "pass");
}

TEST(EventJson, names_what_has_no_name_by_its_code) {
  Message m;
  m.operation_code = -7;
  m.error_code = 200;
  EXPECT_EQ(parsed(m)["operation"], "-7");
  EXPECT_EQ(parsed(m)["error"], "200");
}

// X.690 8.19: 2a 03 04 are the arcs 1.2.3.4.
TEST(EventJson, names_a_global_code_by_its_object_identifier) {
  const auto oid = hex("2a0304");
  Message m;
  m.global_code = oid;
  EXPECT_EQ(parsed(m)["operation"], "1.2.3.4");
  EXPECT_FALSE(parsed(m).contains("error"));
  m.component = Component::error;
  m.operation = "updateLocation";
  EXPECT_EQ(parsed(m)["operation"], "updateLocation");
  EXPECT_EQ(parsed(m)["error"], "1.2.3.4");
}

TEST(EventJson, writes_the_nodes_that_map_names) {
  Message m;
  EXPECT_FALSE(parsed(m).contains("map"));
  m.map = {.network_node = "447700900222", .additional_node = "491550000001", .other_address = "1234"};
  EXPECT_EQ(
      parsed(m)["map"].dump(),
      R"({"network_node":{"address":"447700900222","country":"GB"},)"
      R"("additional_node":{"address":"491550000001","country":"DE"},"other_address":{"address":"1234","country":"US"}})");
}

TEST(EventJson, writes_what_a_tpdu_says_of_itself) {
  Message m;
  EXPECT_FALSE(parsed(m).contains("tpdu"));
  m.tpdu.type = "SMS-DELIVER";
  EXPECT_EQ(parsed(m)["tpdu"].dump(), R"({"type":"SMS-DELIVER"})");
  m.tpdu = {.type = "SMS-STATUS-REPORT",
            .message_reference = 7,
            .status = 0,
            .failure_cause = 208,
            .command_type = 2};
  EXPECT_EQ(
      parsed(m)["tpdu"].dump(),
      R"({"type":"SMS-STATUS-REPORT","message_reference":7,"status":0,"failure_cause":208,"command_type":2})");
}

TEST(EventJson, writes_smpp_in_the_place_of_tcap) {
  // user_message_reference (0204) twice, a vendor's tag, message_payload (0424), receipted_message_id (001E),
  // more_messages_to_send (0426) without its octet, then a length that lies.
  const auto tlvs =
      hex("0204 0002 0007  1401 0001 aa  0204 0002 0008  0424 0002 4142  001E 0003 4D3100  0426 0000  0005 "
          "0009 01");
  Message m;
  m.protocol = Protocol::smpp;
  m.smpp.system_id = "acme";
  m.smpp.sequence = 4294967295U;
  m.smpp.esm_class = 64;
  m.smpp.tlvs = tlvs;
  m.smpp.payload_is_text = true;
  const auto json = parsed(m);
  EXPECT_FALSE(json.contains("tcap"));
  EXPECT_EQ(json["smpp"]["system_id"], "acme");
  EXPECT_EQ(json["smpp"]["sequence"], 4294967295U);
  EXPECT_EQ(json["smpp"]["esm_class"], 64);
  EXPECT_FALSE(json["smpp"].contains("status"));
  EXPECT_EQ(json["smpp"]["tlvs"],
            nlohmann::ordered_json::parse(R"({"receipted_message_id":"M1","user_message_reference":[7,8],)"
                                          R"("more_messages_to_send":"","0x1401":"aa"})"));

  m.smpp.payload_is_text = false;  // short_message is; a spammer's second text is shown
  EXPECT_EQ(parsed(m)["smpp"]["tlvs"]["message_payload"], "4142");

  m.component = Component::error;
  m.smpp.status = 88;
  m.smpp.message_id = "M1";
  EXPECT_EQ(parsed(m)["smpp"]["status"], 88);
  EXPECT_EQ(parsed(m)["smpp"]["message_id"], "M1");
}

TEST(EventJson, of_several_payloads_the_text_alone_is_left_out) {
  const auto tlvs = hex("0424 0000  0424 0002 4142  0424 0002 4344");
  Message m;
  m.protocol = Protocol::smpp;
  m.smpp.tlvs = tlvs;
  m.smpp.payload_is_text = true;
  EXPECT_EQ(parsed(m)["smpp"]["tlvs"]["message_payload"], nlohmann::ordered_json::parse(R"(["","4344"])"));
}

TEST(EventJson, writes_all_recipients_of_a_submit_multi) {
  // dest_flag 1, ton 1, npi 1, "+4477009001"; dest_flag 2, "vip"; dest_flag 1, ton 9 (reserved), "7".
  const auto destinations = hex("01 01 01 2b3434373730303930303100  02 76697000  01 09 00 3700");
  Message m;
  m.protocol = Protocol::smpp;
  m.smpp.destinations = destinations;
  EXPECT_EQ(parsed(m)["smpp"]["destinations"],
            nlohmann::ordered_json::parse(
                R"([{"address":"4477009001","type":"international","ton":1,"npi":1},{"dl_name":"vip"},)"
                R"({"address":"7","type":"reserved","ton":9,"npi":0}])"));
}

TEST(EventJson, writes_whom_a_submit_multi_did_not_reach) {
  const auto unsuccess = hex("01 01 3700 0000000b  01 01 3800 00000499");
  Message m;
  m.protocol = Protocol::smpp;
  m.smpp.unsuccess_smes = unsuccess;
  EXPECT_EQ(parsed(m)["smpp"]["unsuccess_smes"],
            nlohmann::ordered_json::parse(
                R"([{"address":"7","type":"international","ton":1,"npi":1,"error":"ESME_RINVDSTADR"},)"
                R"({"address":"8","type":"international","ton":1,"npi":1,"error":"1177"}])"));
}

TEST(EventJson, writes_the_port_that_is_there) {
  Message m;
  m.ports = Ports{.destination = 2948, .source = {}};
  EXPECT_EQ(parsed(m)["ports"], (nlohmann::ordered_json{{"destination", 2948}}));
}

TEST(EventJson, writes_whole_data_beside_the_part) {
  Message m;
  const auto whole = hex("0102");
  m.data = Octets{whole}.first(1);
  m.message_data = whole;
  EXPECT_EQ(parsed(m)["data"], "01");
  EXPECT_EQ(parsed(m)["message_data"], "0102");
}

TEST(EventJson, writes_ipv6_as_rfc_5952_says) {
  Message m;
  m.origin.ip.version = 6;
  m.origin.ip.octets[0] = std::byte{0x20};
  m.origin.ip.octets[1] = std::byte{0x01};
  m.origin.ip.octets[2] = std::byte{0x0d};
  m.origin.ip.octets[3] = std::byte{0xb8};
  m.origin.ip.octets[15] = std::byte{1};
  EXPECT_EQ(parsed(m)["origin"]["ip"], "2001:db8::1");
}

TEST(EventJson, writes_times_before_and_after_a_leap_day) {
  Message m;
  m.time_ns = 1'709'251'199'999'999'999U;  // date -ud @1709251199
  EXPECT_EQ(parsed(m)["time"], "2024-02-29T23:59:59.999999Z");
  m.time_ns += 1;
  EXPECT_EQ(parsed(m)["time"], "2024-03-01T00:00:00.000000Z");
}

TEST(EventJson, a_verdict_that_touched_nothing_says_so) {
  Message m;
  m.kind = Kind::message;
  for (const Verdict verdict : {Verdict::block, Verdict::throttle, Verdict::divert}) {
    m.judgement.verdict = verdict;
    m.judgement.enforced = false;
    EXPECT_EQ(parsed(m)["enforced"], false);
    m.judgement.enforced = true;
    EXPECT_FALSE(parsed(m).contains("enforced"));
  }
  for (const Verdict verdict : {Verdict::pass, Verdict::charge}) {
    m.judgement = {};
    m.judgement.verdict = verdict;
    EXPECT_FALSE(parsed(m).contains("enforced"));
  }
  std::string judgement;
  append_judgement(judgement, {.verdict = Verdict::block});
  EXPECT_FALSE(nlohmann::json::parse(judgement).contains("enforced"));
}

TEST(EventJson, a_response_says_what_it_was_made_to_say) {
  Message m;
  m.kind = Kind::response;
  EXPECT_FALSE(parsed(m).contains("response"));
  m.answer = {.owed = true, .given = true, .map_error = "systemFailure"};
  EXPECT_EQ(parsed(m)["response"], (nlohmann::ordered_json{{"map_error", "systemFailure"}, {"given", true}}));
  m.answer = {.owed = true, .given = false, .as = "accepted"};
  EXPECT_EQ(parsed(m)["response"], (nlohmann::ordered_json{{"as", "accepted"}, {"given", false}}));
  m.answer = {.owed = true, .given = true, .as = "rejected", .smpp_status = 69};
  EXPECT_EQ(parsed(m)["response"],
            (nlohmann::ordered_json{{"as", "rejected"}, {"smpp_status", 69}, {"given", true}}));
}

TEST(EventJson, is_json_whatever_the_text_holds) {
  Message m;
  m.has_text = true;
  m.text = "quote \" backslash \\ line\nend\x01 \xF0\x9F\x98\x80 bad \xFF\xC3";
  EXPECT_EQ(parsed(m)["text"],
            "quote \" backslash \\ line\nend\x01 \xF0\x9F\x98\x80 bad \xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace tollgate::record
