#include "decode/map.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "decode/map_address.hpp"
#include "decode/map_dialogue.hpp"
#include "decode/map_names.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;
using test::hex;
using test::to_hex;

namespace {

// TS 29.002 17.7.8: digits swapped in pairs, 1111 in the place of a missing one; 91 is international, E.164.
const std::string imsi = "00010121436587f9";          // 001010123456789
const std::string msisdn = "91447700091032";          // 447700900123
const std::string service_centre = "91447700099099";  // 447700900999
const std::string node = "91447700098088";            // 447700900888

std::string element(std::string_view tag, const std::string& contents) {
  const auto octets = hex(contents);
  EXPECT_LT(octets.size(), 128U);
  const std::byte length[] = {static_cast<std::byte>(octets.size())};
  return std::string(tag) + to_hex(length) + to_hex(octets);
}

std::string digits(Octets tbcd) {
  char text[40];
  return std::string(map::to_digits(tbcd, text));
}
std::string number(Octets address) { return digits(map::read_address(address).digits); }

struct Read {
  std::vector<std::byte> input;
  Result<map::Parameter> result;
  const map::Parameter* operator->() const { return &*result; }
  explicit operator bool() const { return result.ok(); }
};

Read argument(std::int32_t operation, const std::string& parameter) {
  auto input = hex(parameter);
  auto result = map::decode_argument(operation, input);
  return {std::move(input), result};
}
Read result(std::int32_t operation, const std::string& parameter) {
  auto input = hex(parameter);
  auto outcome = map::decode_result(operation, input);
  return {std::move(input), outcome};
}
Read error(std::int32_t code, const std::string& parameter) {
  auto input = hex(parameter);
  auto outcome = map::decode_error(code, input);
  return {std::move(input), outcome};
}

const std::string mt_forward_sm =
    element("30", element("80", imsi) + element("84", service_centre) + element("04", "0011223344") + "0500");

}  // namespace

TEST(MapAddress, reads_nature_plan_and_digits) {
  const auto input = hex("a8214365f7");
  const auto address = map::read_address(input);
  EXPECT_EQ(address.nature, 2);
  EXPECT_EQ(map::nature_name(address.nature), "national significant number");
  EXPECT_EQ(address.plan, 8);
  EXPECT_EQ(map::plan_name(address.plan), "national numbering plan");
  EXPECT_EQ(digits(address.digits), "1234567");
  EXPECT_TRUE(map::read_address({}).digits.empty());
}

TEST(MapAddress, reads_every_digit_of_tbcd) {
  const auto input = hex("1032547698badcfe");  // the last octet: c, then filler
  EXPECT_EQ(digits(input), "0123456789*#abc");
  char small[3];
  EXPECT_EQ(map::to_digits(input, small), "012");
  EXPECT_EQ(digits(hex("21f3")), "123");
  EXPECT_EQ(digits(hex("2fff")), "");
}

TEST(MapNames, names_application_contexts) {
  const auto name = [](std::string_view oid) { return map::application_context(hex(oid)); };
  EXPECT_EQ(name("04000001001903").application, map::Application::map);
  EXPECT_EQ(name("04000001001903").name, "shortMsgMT-Relay");
  EXPECT_EQ(name("04000001001903").version, 3);
  EXPECT_EQ(name("04000001001503").name, "shortMsgMO-Relay");
  EXPECT_EQ(name("04000001001501").name, "shortMsgRelay");
  EXPECT_EQ(name("04000001002903").name, "shortMsgMT-Relay-VGCS");
  EXPECT_EQ(name("0400000100f001").application, map::Application::map);
  EXPECT_EQ(name("0400000100f001").name, "");
}

TEST(MapNames, tells_other_applications_from_map) {
  const auto application = [](std::string_view oid) {
    return map::application_context(hex(oid)).application;
  };
  EXPECT_EQ(application("04000001003201"), map::Application::camel);    // 0.4.0.0.1.0.50.1, CAP v2
  EXPECT_EQ(application("0400000115030304"), map::Application::camel);  // 0.4.0.0.1.21.3.4, CAP v3
  EXPECT_EQ(application("04000101010300"), map::Application::inap);     // 0.4.0.1.1.1.3.0, ETSI core INAP
  EXPECT_EQ(application("0011894203"), map::Application::inap);         // 0.0.17.1218, Q.1218
  EXPECT_EQ(application("2a8648"), map::Application::other);
  EXPECT_EQ(application(""), map::Application::other);
}

TEST(MapNames, names_operations_as_their_version_does) {
  EXPECT_EQ(map::operation_name(46, 3), "mo-forwardSM");
  EXPECT_EQ(map::operation_name(46, 2), "forwardSM");
  EXPECT_EQ(map::operation_name(46, 1), "forwardSM");
  EXPECT_EQ(map::operation_name(44, 3), "mt-forwardSM");
  EXPECT_EQ(map::operation_name(45, 2), "sendRoutingInfoForSM");
  EXPECT_EQ(map::operation_name(126, 2), "explicitCT");
  EXPECT_EQ(map::operation_name(127, 3), "");
  EXPECT_EQ(map::operation_name(-1, 3), "");
  EXPECT_EQ(map::error_name(32), "sm-DeliveryFailure");
  EXPECT_EQ(map::error_name(72), "ussd-Busy");
  EXPECT_EQ(map::error_name(73), "");
}

TEST(Map, reads_mt_forward_sm) {
  const auto read = argument(44, mt_forward_sm);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sm_rp_da, map::RpDa::imsi);
  EXPECT_EQ(digits(read->imsi), "001010123456789");
  EXPECT_EQ(read->sm_rp_oa, map::RpOa::service_centre_address);
  EXPECT_EQ(number(read->service_centre), "447700900999");
  EXPECT_EQ(to_hex(read->tpdu), "0011223344");
  EXPECT_TRUE(read->more_messages_to_send);
  EXPECT_TRUE(read->msisdn.empty());
}

TEST(Map, reads_mt_forward_sm_with_all_optional_elements) {
  const std::string extension = "3003 a00130";
  const auto read = argument(
      44, element("30", "8104 01020304" + element("84", service_centre) + "0402abcd" + extension +
                            "02011e 0404 00000001 8000 8204 00000002" + element("83", node) + "9f3300"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sm_rp_da, map::RpDa::lmsi);
  EXPECT_EQ(to_hex(read->lmsi), "01020304");
  EXPECT_EQ(to_hex(read->tpdu), "abcd");
  EXPECT_EQ(number(read->other_address), "447700900888");
  EXPECT_FALSE(read->more_messages_to_send);
}

TEST(Map, reads_mo_forward_sm) {
  const auto read = argument(46, element("30", element("84", service_centre) + element("82", msisdn) +
                                                   "0402abcd" + element("04", imsi)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sm_rp_da, map::RpDa::service_centre_address);
  EXPECT_EQ(read->sm_rp_oa, map::RpOa::msisdn);
  EXPECT_EQ(number(read->service_centre), "447700900999");
  EXPECT_EQ(number(read->msisdn), "447700900123");
  EXPECT_EQ(digits(read->imsi), "001010123456789");
  EXPECT_EQ(to_hex(read->tpdu), "abcd");
}

// Before version 3 one operation, 46, is for both directions.
TEST(Map, reads_forward_sm_of_version_2_to_a_mobile) {
  const auto read = argument(46, mt_forward_sm);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sm_rp_da, map::RpDa::imsi);
  EXPECT_TRUE(read->more_messages_to_send);
  const auto second = argument(46, element("30", "8500 8500 0402abcd"));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->sm_rp_da, map::RpDa::no_sm_rp_da);
  EXPECT_EQ(second->sm_rp_oa, map::RpOa::no_sm_rp_oa);
}

TEST(Map, reads_mt_forward_sm_vgcs) {
  const auto read = argument(21, element("30", "0402 2143" + element("84", service_centre) + "0402abcd"));
  ASSERT_TRUE(read);
  EXPECT_EQ(number(read->service_centre), "447700900999");
  EXPECT_EQ(to_hex(read->tpdu), "abcd");
  EXPECT_EQ(to_hex(result(21, "3004 8002 abcd")->tpdu), "abcd");
}

TEST(Map, reads_indefinite_lengths) {
  const auto read = argument(
      44, "3080" + element("80", imsi) + element("84", service_centre) + "0402abcd 3080 0401ff 0000 0000");
  ASSERT_TRUE(read);
  EXPECT_EQ(digits(read->imsi), "001010123456789");
  EXPECT_EQ(to_hex(read->tpdu), "abcd");
}

TEST(Map, reads_delivery_reports_in_results) {
  EXPECT_EQ(to_hex(result(44, "3004 0402 0001")->tpdu), "0001");
  EXPECT_EQ(to_hex(result(46, "3004 0402 0001")->tpdu), "0001");
  EXPECT_TRUE(result(44, "")->tpdu.empty());
}

TEST(Map, reads_send_routing_info_for_sm) {
  const auto read =
      argument(45, element("30", element("80", msisdn) + "8101ff" + element("82", service_centre) +
                                     "8700 880101 8904 04912143"));
  ASSERT_TRUE(read);
  EXPECT_EQ(number(read->msisdn), "447700900123");
  EXPECT_EQ(number(read->service_centre), "447700900999");
  EXPECT_EQ(to_hex(read->sm_rp_smea), "04912143");
}

TEST(Map, reads_the_result_of_send_routing_info_for_sm) {
  const std::string additional = element("a6", element("81", service_centre));
  const auto read = result(
      45,
      element("30", element("04", imsi) + element("a0", element("81", node) + "0404 01020304" + additional)));
  ASSERT_TRUE(read);
  EXPECT_EQ(digits(read->imsi), "001010123456789");
  EXPECT_EQ(number(read->network_node), "447700900888");
  EXPECT_EQ(to_hex(read->lmsi), "01020304");
  EXPECT_EQ(number(read->additional_node), "447700900999");
  // version 1: roamingNumber [0], and mwd-Set [2]
  const auto first =
      result(45, element("30", element("04", imsi) + element("a0", element("80", node)) + "820100"));
  ASSERT_TRUE(first);
  EXPECT_EQ(number(first->network_node), "447700900888");
}

TEST(Map, reads_report_sm_delivery_status) {
  const std::string addresses = element("04", msisdn) + element("04", service_centre);
  const auto third = argument(47, element("30", addresses + "0a0101 800106"));
  ASSERT_TRUE(third);
  EXPECT_EQ(number(third->msisdn), "447700900123");
  EXPECT_EQ(number(third->service_centre), "447700900999");
  EXPECT_EQ(third->sm_delivery_outcome, 1);
  EXPECT_EQ(third->absent_subscriber_diagnostic, 6);
  const auto first = argument(47, element("30", addresses));
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->sm_delivery_outcome);
  EXPECT_EQ(number(result(47, element("04", msisdn))->msisdn), "447700900123");
  EXPECT_EQ(number(result(47, element("30", element("04", msisdn)))->msisdn), "447700900123");
}

TEST(Map, reads_alerts) {
  const std::string alert = element("30", element("04", msisdn) + element("04", service_centre));
  for (const std::int32_t operation : {49, 64}) {
    const auto read = argument(operation, alert);
    ASSERT_TRUE(read);
    EXPECT_EQ(number(read->msisdn), "447700900123");
    EXPECT_EQ(number(read->service_centre), "447700900999");
  }
  const auto inform = argument(63, element("30", element("04", msisdn) + "0302 0460 020106"));
  ASSERT_TRUE(inform);
  EXPECT_EQ(number(inform->msisdn), "447700900123");
  EXPECT_EQ(inform->absent_subscriber_diagnostic, 6);
  EXPECT_TRUE(argument(63, "3000"));
}

TEST(Map, reads_ready_for_sm_and_its_forerunner) {
  const auto ready = argument(66, element("30", element("80", imsi) + "0a0101 0500"));
  ASSERT_TRUE(ready);
  EXPECT_EQ(digits(ready->imsi), "001010123456789");
  EXPECT_EQ(ready->alert_reason, 1);
  EXPECT_EQ(digits(argument(48, element("04", imsi))->imsi), "001010123456789");
}

TEST(Map, reads_error_parameters_of_every_version) {
  const auto failure = error(32, "3007 0a0100 0402 0001");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->cause, 0);
  EXPECT_EQ(to_hex(failure->tpdu), "0001");
  EXPECT_EQ(error(32, "0a0104")->cause, 4);
  EXPECT_EQ(error(6, "3003 020101")->absent_subscriber_diagnostic, 1);
  EXPECT_EQ(error(34, "0a0101")->cause, 1);
  EXPECT_EQ(error(34, "3003 0a0105")->cause, 5);
  EXPECT_EQ(error(13, "0a0101")->cause, 1);
  EXPECT_EQ(error(1, "3003 0a0100")->cause, 0);
  EXPECT_EQ(error(27, "3003 800102")->cause, 2);
  EXPECT_TRUE(error(27, "0101ff"));
  EXPECT_TRUE(error(35, "3000"));
  EXPECT_TRUE(error(34, ""));
}

TEST(Map, reads_the_addresses_of_other_operations) {
  const auto digits_of = [](std::int32_t operation, const std::string& parameter) {
    const auto read = argument(operation, parameter);
    EXPECT_TRUE(read) << operation;
    return read ? digits(read->imsi) + "/" + number(read->msisdn) + "/" + number(read->network_node) + "/" +
                      number(read->additional_node) + "/" + number(read->other_address)
                : std::string();
  };
  const std::string i = "001010123456789";
  EXPECT_EQ(digits_of(2, element("30", element("04", imsi) + element("81", node) + element("04", msisdn))),
            i + "//447700900888/447700900123/");
  EXPECT_EQ(digits_of(3, element("a3", element("30", element("04", imsi) + "040401020304") + "0a0100")),
            i + "////");
  EXPECT_EQ(digits_of(3, element("a3", element("04", imsi))), i + "////");
  EXPECT_EQ(digits_of(3, element("04", imsi)), i + "////");
  EXPECT_EQ(digits_of(4, element("30", element("80", imsi) + element("81", node))), i + "//447700900888//");
  EXPECT_EQ(digits_of(7, element("30", element("80", imsi) + element("81", msisdn))), i + "/447700900123///");
  EXPECT_EQ(digits_of(22, element("30", element("80", msisdn) + "830100" + element("86", node))),
            "/447700900123///447700900888");
  EXPECT_EQ(digits_of(56, element("04", imsi)), i + "////");
  EXPECT_EQ(digits_of(56, element("30", element("80", imsi) + "020105")), i + "////");
  EXPECT_EQ(digits_of(58, element("04", msisdn)), "/447700900123///");
  EXPECT_EQ(digits_of(59, element("30", "04010f 0403 aa180c" + element("80", msisdn))), "/447700900123///");
  EXPECT_EQ(digits_of(67, element("a3", element("04", imsi) + element("81", node))), i + "//447700900888//");
  EXPECT_EQ(digits_of(70, element("30", element("80", imsi) + "a2028000")), i + "////");
  EXPECT_EQ(
      digits_of(71, element("30", element("a0", element("81", msisdn)) + "a1028000" + element("83", node))),
      "/447700900123///447700900888");
  EXPECT_EQ(digits_of(55, element("30", "040401020304 020105")), "////");  // a TMSI is no IMSI
  EXPECT_EQ(digits_of(117, element("30", "800101")), "////");
}

// ProvideSubscriberInfoRes and AnyTimeInterrogationRes: SubscriberInfo { [0] LocationInformation { [1]
// vlr-number, [6] msc-Number }, [3] LocationInformationGPRS { [3] sgsn-Number } } (TS 29.002 17.7.1).
TEST(Map, reads_where_a_subscriber_is_said_to_be) {
  const std::string place = element("a0", "020105" + element("81", node) + element("86", msisdn));
  const std::string gprs = element("a3", element("83", service_centre));
  for (const std::int32_t operation : {70, 71}) {
    const auto read = result(operation, element("30", element("30", place + "a1028000" + gprs)));
    ASSERT_TRUE(read);
    EXPECT_EQ(number(read->additional_node), "447700900888");
    EXPECT_EQ(number(read->network_node), "447700900123");
    EXPECT_EQ(number(read->other_address), "447700900999");
  }
}

TEST(Map, refuses_what_a_receiver_would_refuse) {
  const auto reason = [](const Read& read) {
    EXPECT_FALSE(read);
    return read ? Reason{} : read.result.error().reason;
  };
  EXPECT_EQ(reason(argument(44, "")), Reason::missing_field);
  EXPECT_EQ(reason(argument(44, "3000")), Reason::missing_field);
  EXPECT_EQ(reason(argument(44, element("30", element("84", service_centre) + "0402abcd"))),
            Reason::missing_field);  // the only [4] is taken for SM-RP-DA, so there is no SM-RP-OA
  EXPECT_EQ(reason(argument(44, "0402abcd")), Reason::bad_tag);
  EXPECT_EQ(reason(argument(44, "3003800905")), Reason::bad_length);
  EXPECT_EQ(reason(argument(44, "3009800105")), Reason::truncated);
  EXPECT_EQ(reason(error(32, "0a00")), Reason::bad_value);
  EXPECT_EQ(reason(argument(
                44, element("30", element("80", imsi) + element("84", service_centre) + "2404 0402abcd"))),
            Reason::unsupported);  // an OCTET STRING in pieces
}

TEST(Map, shows_what_it_reads) {
  const auto input = hex(mt_forward_sm);
  test::RecordingTrace trace;
  ASSERT_TRUE(map::decode_argument(44, input, &trace));
  const std::vector<std::string> expected = {
      "MT-ForwardSM-Arg/sm-RP-DA/imsi = 001010123456789",
      "MT-ForwardSM-Arg/sm-RP-OA/serviceCentreAddressOA/extension, nature of address, numbering plan = 145",
      "MT-ForwardSM-Arg/sm-RP-OA/serviceCentreAddressOA/extension = 1 (no extension)",
      "MT-ForwardSM-Arg/sm-RP-OA/serviceCentreAddressOA/nature of address = 1 (international number)",
      "MT-ForwardSM-Arg/sm-RP-OA/serviceCentreAddressOA/numbering plan = 1 (ISDN/Telephony Numbering Plan "
      "(E.164))",
      "MT-ForwardSM-Arg/sm-RP-OA/serviceCentreAddressOA/digits = 447700900999",
      "MT-ForwardSM-Arg/sm-RP-UI = 0011223344",
      "MT-ForwardSM-Arg/moreMessagesToSend = present",
  };
  EXPECT_EQ(trace.lines(), expected);
}

TEST(Map, shows_named_bits_and_values) {
  const auto inform = hex("3007 0302 0460 020106");
  test::RecordingTrace trace;
  ASSERT_TRUE(map::decode_argument(63, inform, &trace));
  EXPECT_EQ(trace.lines()[0], "InformServiceCentreArg/mw-Status/unused bits = 4");
  EXPECT_EQ(trace.lines()[2], "InformServiceCentreArg/mw-Status/mnrf-Set = 1");
  EXPECT_EQ(trace.lines()[4], "InformServiceCentreArg/mw-Status/mnrg-Set = 0");
  EXPECT_EQ(trace.lines()[5], "InformServiceCentreArg/absentSubscriberDiagnosticSM = 6 (GPRS detached)");
}

// TS 29.002 17.4; the abstract syntax is 0.4.0.0.1.1.1.1.
TEST(MapDialogue, reads_references_of_map_open) {
  const auto external = [](const std::string& pdu) {
    return hex(element("28", "060704000001010101" + element("a0", pdu)));
  };
  auto input = external(element("a0", element("80", "96" + imsi) + element("81", node)));
  auto info = map::decode_dialogue(input);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->type, map::DialogueInfoType::open);
  EXPECT_EQ(number(info->destination_reference), "001010123456789");
  EXPECT_EQ(number(info->origination_reference), "447700900888");
  input = external("a3030a0102");
  info = map::decode_dialogue(input);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->type, map::DialogueInfoType::refuse);
  EXPECT_EQ(info->reason, 2);
  input = external("a4028000");
  info = map::decode_dialogue(input);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->type, map::DialogueInfoType::user_abort);
  EXPECT_EQ(info->reason, 0);
  input = external("0500");
  EXPECT_EQ(map::decode_dialogue(input).error().reason, Reason::bad_tag);
  input = hex("2809 06022a03 a003020101");
  EXPECT_EQ(map::decode_dialogue(input)->type, map::DialogueInfoType::none);
}
