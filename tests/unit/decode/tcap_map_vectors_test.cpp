// Reads the octets of others' test suites, with what those say of them. See tests/support/shared.hpp.
#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "decode/ber.hpp"
#include "decode/map.hpp"
#include "decode/map_address.hpp"
#include "decode/map_dialogue.hpp"
#include "decode/tcap.hpp"
#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/shared.hpp"

using namespace tollgate;
using namespace tollgate::decode;
using nlohmann::json;
using test::hex;
using test::to_hex;

namespace {

std::vector<json> vectors(const std::string& name) {
  std::vector<json> all;
  std::ifstream file(test::shared("vectors/" + name + ".jsonl"));
  for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
  return all;
}

std::string digits(Octets tbcd) {
  char text[64];
  return std::string(map::to_digits(tbcd, text));
}

std::vector<std::string> split(const std::string& joined) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from <= joined.size()) {
    const std::size_t end = std::min(joined.find(';', from), joined.size());
    parts.push_back(joined.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

std::string expected(const json& vector, const char* field) {
  return vector["expected"].value(field, std::string());
}

// What we read of a TCAP message, in the words of tshark's fields.
struct Reading {
  std::vector<std::string> invoke_ids;
  std::vector<std::string> codes;
  std::set<std::string> imsis;
  std::set<std::string> numbers;
};

void add_addresses(const map::Parameter& parameter, Reading& reading) {
  if (!parameter.imsi.empty()) reading.imsis.insert(digits(parameter.imsi));
  for (const Octets address : {parameter.msisdn, parameter.service_centre, parameter.network_node,
                               parameter.additional_node, parameter.other_address}) {
    if (!address.empty()) reading.numbers.insert(digits(map::read_address(address).digits));
  }
}

Result<map::Parameter> parameter_of(const tcap::Component& component, Trace* trace) {
  switch (component.type) {
    case tcap::ComponentType::invoke:
      return map::decode_argument(component.code.local, component.parameter, trace);
    case tcap::ComponentType::return_error:
      return map::decode_error(component.code.local, component.parameter, trace);
    default: return map::decode_result(component.code.local, component.parameter, trace);
  }
}

Reading read(const tcap::Message& message, Trace* trace) {
  Reading reading;
  tcap::Components components(message);
  while (const auto component = components.next()) {
    if (!*component) continue;
    const tcap::Component& c = **component;
    reading.invoke_ids.push_back(c.invoke_id ? std::to_string(*c.invoke_id) : "");
    if (c.code.form == tcap::Code::Form::local) reading.codes.push_back(std::to_string(c.code.local));
    const auto parameter = parameter_of(c, trace);
    if (parameter) add_addresses(*parameter, reading);
  }
  if (const auto info = map::decode_dialogue(message.dialogue.user_information, trace)) {
    for (const Octets reference : {info->destination_reference, info->origination_reference}) {
      if (reference.empty()) continue;
      const auto address = map::read_address(reference);
      (address.plan == 6 ? reading.imsis : reading.numbers).insert(digits(address.digits));
    }
  }
  return reading;
}

std::string dotted(Octets oid) {
  char text[64];
  return std::string(ber::to_dotted(oid, text));
}

}  // namespace

TEST(TcapVectors, agree_with_tshark) {
  const auto all = vectors("tcap_all_tshark_decode");
  if (all.empty()) GTEST_SKIP() << "no vectors here";
  std::size_t compared = 0;
  for (const json& vector : all) {
    const std::string source = vector["source"];
    SCOPED_TRACE(source);
    const auto input = hex(vector["hex"].get<std::string>());
    test::CheckingTrace trace(input);
    const auto message = tcap::decode(input, &trace);
    // Dialogue PDUs alone, which the suite that made these vectors wrapped as if they were messages.
    if (source.find("APDUTest") != std::string::npos) {
      EXPECT_FALSE(message);
      continue;
    }
    ASSERT_TRUE(message) << to_string(message.error().reason) << " at " << message.error().offset;
    ++compared;
    EXPECT_EQ(to_hex(message->otid), expected(vector, "tcap.otid"));
    EXPECT_EQ(to_hex(message->dtid), expected(vector, "tcap.dtid"));
    EXPECT_EQ(dotted(message->dialogue.application_context_name),
              expected(vector, "tcap.application_context_name"));
    EXPECT_FALSE(message->dialogue_error);
    const Reading reading = read(*message, &trace);
    // tshark gives up in the middle of what it calls malformed: parameters of a suite's own making. And it
    // names the operations of CAP otherwise than those of MAP.
    if (vector["expected"].contains("_ws.malformed")) continue;
    if (expected(vector, "frame.protocols").find("gsm_map") == std::string::npos) continue;
    const std::string ids = expected(vector, "gsm_old.invokeID");
    EXPECT_EQ(reading.invoke_ids, ids.empty() ? std::vector<std::string>{} : split(ids));
    const std::string codes = expected(vector, "gsm_old.localValue");
    EXPECT_EQ(reading.codes, codes.empty() ? std::vector<std::string>{} : split(codes));
    const std::string imsi = expected(vector, "e212.imsi");
    EXPECT_EQ(reading.imsis, imsi.empty() ? std::set<std::string>{} : std::set<std::string>{imsi});
    const std::string numbers = expected(vector, "e164.msisdn");
    const auto listed = numbers.empty() ? std::vector<std::string>{} : split(numbers);
    EXPECT_EQ(reading.numbers, std::set<std::string>(listed.begin(), listed.end()));
  }
  EXPECT_GT(compared, 20U);
}

TEST(TcapVectors, agree_with_a_tcap_suite) {
  const auto all = vectors("tcap_jss7");
  if (all.empty()) GTEST_SKIP() << "no vectors here";
  std::size_t compared = 0;
  for (const json& vector : all) {
    const json& e = vector["expected"];
    if (!e.contains("originatingTransactionId") && !e.contains("destinationTransactionId")) continue;
    SCOPED_TRACE(vector["name"]);
    const auto input = hex(vector["hex"].get<std::string>());
    const auto message = tcap::decode(input);
    ASSERT_TRUE(message);
    ++compared;
    const auto identifier = [&](const char* field) {
      return e.contains(field) ? e[field].get<std::string>().substr(sizeof "hex:" - 1) : "";
    };
    EXPECT_EQ(to_hex(message->otid), identifier("originatingTransactionId"));
    EXPECT_EQ(to_hex(message->dtid), identifier("destinationTransactionId"));
    const std::string type = e.value("dialogPortion.dialogAPDU.type", "");
    // The suite lists what it expects of a dialogue portion also for messages that have none.
    const bool has_dialogue = message->dialogue.pdu != tcap::DialoguePdu::none;
    EXPECT_EQ(has_dialogue && type == "Request", message->dialogue.pdu == tcap::DialoguePdu::request);
    EXPECT_EQ(has_dialogue && type == "Response", message->dialogue.pdu == tcap::DialoguePdu::response);
    if (!e.contains("component.length")) continue;
    tcap::Components components(*message);
    std::vector<std::string> types;
    while (const auto component = components.next()) {
      ASSERT_TRUE(*component);
      types.emplace_back(to_string((*component)->type));
    }
    ASSERT_EQ(types.size(), e["component.length"].get<std::size_t>());
    EXPECT_EQ(types[0], e["component[0].type"]);
    EXPECT_EQ(types[1], e["component[1].type"]);
  }
  EXPECT_GE(compared, 8U);
}

TEST(TcapVectors, agree_with_a_nat_suite) {
  const auto all = vectors("tcap_mgw_nat");
  if (all.empty()) GTEST_SKIP() << "no vectors here";
  const json& e = all[0]["expected"];
  const auto input = hex(all[0]["hex"].get<std::string>());
  const auto message = tcap::decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(to_hex(message->otid), e["otid"]);
  tcap::Components components(*message);
  const auto component = components.next();
  ASSERT_TRUE(component && *component);
  EXPECT_EQ((*component)->invoke_id, e["invokeId"].get<std::int32_t>());
  EXPECT_TRUE((*component)->code.is(e["opcode"]));
  const auto parameter = map::decode_argument((*component)->code.local, (*component)->parameter);
  ASSERT_TRUE(parameter);
  EXPECT_EQ(to_hex(parameter->msisdn), e["msisdn_raw"]);
  EXPECT_EQ(digits(map::read_address(parameter->msisdn).digits), e["msisdn"]);
  EXPECT_EQ(to_hex(parameter->service_centre), e["serviceCentreAddress_raw"]);
}

namespace {

enum class Part { argument, result };

struct Suite {
  const char* decoder;
  std::int32_t operation;
  Part part;
};

constexpr Suite suites[] = {
    {"AlertServiceCentreRequest", 64, Part::argument},
    {"ForwardShortMessageRequest", 46, Part::argument},
    {"InformServiceCentreRequest", 63, Part::argument},
    {"MoForwardShortMessageRequest", 46, Part::argument},
    {"MoForwardShortMessageResponse", 46, Part::result},
    {"MtForwardShortMessageRequest", 44, Part::argument},
    {"NoteSubscriberPresentRequest", 48, Part::argument},
    {"ReadyForSMRequest", 66, Part::argument},
    {"ReportSMDeliveryStatusRequest", 47, Part::argument},
    {"ReportSMDeliveryStatusResponse", 47, Part::result},
    {"SendRoutingInfoForSMRequest", 45, Part::argument},
    {"SendRoutingInfoForSMResponse", 45, Part::result},
};

// Compares with every field of `expected` that has a counterpart; how many had one.
std::size_t compare(const json& e, const map::Parameter& p) {
  std::size_t compared = 0;
  const auto is = [&](const char* field, const std::string& ours) {
    if (!e.contains(field) || e[field].is_null()) return;
    const std::string theirs = e[field].is_string() ? e[field].get<std::string>() : e[field].dump();
    EXPECT_EQ(ours, theirs) << field;
    ++compared;
  };
  const auto is_number = [&](const char* prefix, Octets address) {
    static constexpr const char* natures[] = {"unknown", "international_number",
                                              "national_significant_number", "network_specific_number",
                                              "subscriber_number"};
    const auto parts = map::read_address(address);
    is((std::string(prefix) + ".address").c_str(), digits(parts.digits));
    if (parts.nature < std::size(natures))
      is((std::string(prefix) + ".addressNature").c_str(), natures[parts.nature]);
  };
  for (const char* field : {"IMSI.data", "imsi.data", "SM_RP_DA.IMSI.data"}) is(field, digits(p.imsi));
  for (const char* field : {"msisdn", "storedMSISDN", "SM_RP_OA.msisdn"}) is_number(field, p.msisdn);
  for (const char* field :
       {"serviceCentreAddress", "SM_RP_DA.serviceCentreAddressDA", "SM_RP_OA.serviceCentreAddressOA"})
    is_number(field, p.service_centre);
  is_number("locationInfoWithLMSI.networkNodeNumber", p.network_node);
  is_number("locationInfoWithLMSI.additionalNumber.SGSNNumber", p.additional_node);
  is("locationInfoWithLMSI.LMSI.data", "hex:" + to_hex(p.lmsi));
  is("SM_RP_UI.data", "hex:" + to_hex(p.tpdu));
  is("SM_RP_SMEA.data", "hex:" + to_hex(p.sm_rp_smea));
  is("moreMessagesToSend", p.more_messages_to_send ? "true" : "false");
  if (p.absent_subscriber_diagnostic)
    is("absentSubscriberDiagnosticSM", std::to_string(*p.absent_subscriber_diagnostic));
  static constexpr const char* outcomes[] = {"memoryCapacityExceeded", "absentSubscriber",
                                             "successfulTransfer"};
  if (p.sm_delivery_outcome) is("SMDeliveryOutcome", outcomes[*p.sm_delivery_outcome]);
  return compared;
}

}  // namespace

TEST(MapVectors, agree_with_a_map_suite) {
  const auto all = vectors("map_jss7_sms");
  if (all.empty()) GTEST_SKIP() << "no vectors here";
  std::size_t compared = 0;
  for (const json& vector : all) {
    const auto* suite = std::find_if(std::begin(suites), std::end(suites),
                                     [&](const Suite& s) { return vector["decoder"] == s.decoder; });
    if (suite == std::end(suites)) continue;
    SCOPED_TRACE(vector["decoder"].get<std::string>() + vector["name"].get<std::string>());
    const auto input = hex(vector["hex"].get<std::string>());
    test::CheckingTrace trace(input);
    const auto parameter = suite->part == Part::argument
                               ? map::decode_argument(suite->operation, input, &trace)
                               : map::decode_result(suite->operation, input, &trace);
    ASSERT_TRUE(parameter) << to_string(parameter.error().reason) << " at " << parameter.error().offset;
    compared += compare(vector["expected"], *parameter);
  }
  EXPECT_GT(compared, 50U);
}
