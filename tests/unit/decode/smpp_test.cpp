#include "decode/smpp.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "decode/smpp_frame.hpp"
#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

// The PDUs are written by hand from the tables of SMPP 3.4, 5.0 and 3.3 that the decoder names.
namespace tollgate::decode::smpp {
namespace {

using test::hex;

// A PDU with a header of sequence_number 7 before `body`, and its length filled in.
std::vector<std::byte> pdu(std::string_view command_id, std::string_view body,
                           std::string_view command_status = "00000000") {
  auto octets = hex("00000000" + std::string(command_id) + std::string(command_status) + "00000007" +
                    std::string(body));
  octets[2] = static_cast<std::byte>(octets.size() >> 8U);
  octets[3] = static_cast<std::byte>(octets.size() & 255U);
  return octets;
}

Error error_of(const std::vector<std::byte>& octets) {
  const auto result = decode(octets);
  EXPECT_FALSE(result.ok());
  return result.ok() ? Error{} : result.error();
}

std::string traced(Octets octets) {
  test::CheckingTrace checking(octets);
  (void)decode(octets, &checking);
  test::RecordingTrace recording;
  (void)decode(octets, &recording);
  return recording.all();
}

// CMT; 5,0 "ACME"; 1,1 "447700900123"; esm_class 40; pid 1, priority 2; validity "000001000000000R";
// registered_delivery 1; data_coding 8; "hi" in UCS-2.
constexpr std::string_view submit_body =
    "434d5400 0500 41434d4500 0101 34343737303039303031323300 40 01 02 00 "
    "30303030303130303030303030303052 00 01 00 08 00 04 00680069";

TEST(Smpp, reads_every_mandatory_field_of_a_submit_sm) {
  const auto octets = pdu("00000004", submit_body);
  const auto result = decode(octets);
  ASSERT_TRUE(result.ok());
  const Pdu& p = *result;
  EXPECT_EQ(p.command_id, CommandId::submit_sm);
  EXPECT_EQ(p.command_length, octets.size());
  EXPECT_EQ(p.sequence_number, 7U);
  EXPECT_EQ(p.service_type, "CMT");
  EXPECT_EQ(p.source.ton, 5);
  EXPECT_EQ(p.source.npi, 0);
  EXPECT_EQ(p.source.addr, "ACME");
  EXPECT_EQ(p.destination.ton, 1);
  EXPECT_EQ(p.destination.npi, 1);
  EXPECT_EQ(p.destination.addr, "447700900123");
  EXPECT_EQ(p.esm_class, 0x40);
  EXPECT_EQ(p.protocol_id, 1);
  EXPECT_EQ(p.priority_flag, 2);
  EXPECT_EQ(p.schedule_delivery_time, "");
  EXPECT_EQ(p.validity_period, "000001000000000R");
  EXPECT_EQ(p.registered_delivery, 1);
  EXPECT_EQ(p.data_coding, 8);
  EXPECT_EQ(test::to_hex(p.short_message), "00680069");
  EXPECT_TRUE(p.tlvs.empty());
}

TEST(Smpp, every_cut_of_a_pdu_is_an_error_and_none_reads_outside_it) {
  const auto whole = pdu("00000004", submit_body);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(error_of(cut).reason, Reason::truncated);
    if (size < header_size) continue;
    cut[2] = static_cast<std::byte>(size >> 8U);
    cut[3] = static_cast<std::byte>(size & 255U);
    traced(cut);
    EXPECT_FALSE(decode(cut).ok()) << size;
  }
}

TEST(Smpp, a_string_longer_than_its_maximum_is_a_bad_length) {
  // source_addr of 21 digits: 22 octets with the NUL, where 21 are allowed. The fault is at its start.
  const auto octets = pdu("00000004",
                          "00 0101 313131313131313131313131313131313131313131 00 0101 3200"
                          "000000 00 00 00 00 00 00 00");
  EXPECT_EQ(error_of(octets), (Error{Layer::smpp, Reason::bad_length, 19}));
}

TEST(Smpp, a_string_of_its_maximum_is_read) {
  const auto octets = pdu("00000004",
                          "00 0101 3131313131313131313131313131313131313131 00 0101 3200"
                          "000000 00 00 00 00 00 00 00");
  const auto result = decode(octets);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->source.addr.size(), 20U);
}

TEST(Smpp, a_string_without_its_nul_is_truncated) {
  EXPECT_EQ(error_of(pdu("00000003", "39")), (Error{Layer::smpp, Reason::truncated, 16}));
}

// The PDU's end says where the string ends.
TEST(Smpp, a_response_may_end_in_the_place_of_the_nul_of_its_first_string) {
  for (const std::string_view id : {"80000004", "80000005", "80000103", "80000021"}) {
    const auto octets = pdu(id, "6d31");
    ASSERT_TRUE(decode(octets).ok()) << id;
    EXPECT_EQ(decode(octets)->message_id, "m1");
    EXPECT_TRUE(decode(octets)->unterminated);
    EXPECT_NE(traced(octets).find("message_id = m1"), std::string::npos) << traced(octets);
  }
  const auto bind_resp = pdu("80000009", "736d7363");
  EXPECT_EQ(decode(bind_resp)->system_id, "smsc");
  EXPECT_FALSE(decode(pdu("80000004", "6d3100"))->unterminated);
  EXPECT_EQ(error_of(pdu("80000009", "31323334353637383930313233343536")).reason, Reason::bad_length);
}

TEST(Smpp, an_sm_length_beyond_the_pdu_is_a_bad_length) {
  EXPECT_EQ(error_of(pdu("00000004", "00 0000 00 0101 3200 000000 00 00 00 00 00 00 05 61626364")),
            (Error{Layer::smpp, Reason::bad_length, 34}));
}

TEST(Smpp, command_length_must_be_the_pdus_own) {
  EXPECT_EQ(error_of(hex("00000011 00000015 00000000 00000001")).reason, Reason::truncated);
  EXPECT_EQ(error_of(hex("0000000f 00000015 00000000 00000001")).reason, Reason::bad_length);
}

TEST(Smpp, an_undefined_command_id_is_an_unknown_type) {
  EXPECT_EQ(error_of(pdu("00000110", "")).reason, Reason::unknown_type);
  EXPECT_EQ(error_of(pdu("80000110", "")).reason, Reason::unknown_type);
}

TEST(Smpp, a_response_may_end_after_its_header) {
  for (const std::string_view id : {"80000001", "80000002", "80000003", "80000004", "80000005", "80000009",
                                    "80000021", "80000103", "80000111", "80000112"}) {
    const auto octets = pdu(id, "", "00000058");
    const auto result = decode(octets);
    ASSERT_TRUE(result.ok()) << id;
    EXPECT_EQ(result->command_status, 0x58U);
    EXPECT_TRUE(result->is_response());
  }
}

TEST(Smpp, header_only_pdus_need_no_body_and_others_do) {
  for (const std::string_view id :
       {"00000006", "80000006", "00000015", "80000015", "80000000", "80000007", "80000008", "80000113"})
    EXPECT_TRUE(decode(pdu(id, "")).ok()) << id;
  for (const std::string_view id : {"00000001", "00000002", "00000009", "0000000b", "00000003", "00000004",
                                    "00000005", "00000007", "00000008", "00000021", "00000102", "00000103",
                                    "00000111", "00000112", "00000113", "00000022", "00000023", "00000024"})
    EXPECT_EQ(error_of(pdu(id, "")), (Error{Layer::smpp, Reason::truncated, 16})) << id;
}

TEST(Smpp, reads_binds_and_their_responses) {
  for (const std::string_view id : {"00000001", "00000002", "00000009"}) {
    const auto octets = pdu(id, "61636d6500 73656300 564d5300 34 01 01 343400");
    const auto result = decode(octets);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->system_id, "acme");
    EXPECT_EQ(result->password, "sec");
    EXPECT_EQ(result->system_type, "VMS");
    EXPECT_EQ(result->interface_version, 0x34);
    EXPECT_EQ(result->source.ton, 1);
    EXPECT_EQ(result->source.addr, "44");
  }
  const auto response = pdu("80000009", "736d736300 0210000134");
  const auto result = decode(response);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->system_id, "smsc");
  TlvWalk walk(result->tlvs);
  const auto tlv = walk.next();
  ASSERT_TRUE(tlv);
  EXPECT_EQ(tlv->tag, tag::sc_interface_version);
  EXPECT_EQ(tlv->integer(), 0x34U);
  EXPECT_FALSE(walk.next());
  EXPECT_FALSE(walk.fault());
}

TEST(Smpp, reads_outbind) {
  const auto octets = pdu("0000000b", "736d736300 707700");
  const auto result = decode(octets);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->system_id, "smsc");
  EXPECT_EQ(result->password, "pw");
}

TEST(Smpp, data_sm_has_addresses_of_up_to_64_characters) {
  std::string body = "00 0501 ";
  for (int i = 0; i < 64; ++i) body += "61";
  const auto octets = pdu("00000103", body + "00 0101 3434373730303930303132330000 01 04 0424 0002 6869");
  const auto result = decode(octets);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->source.addr, std::string(64, 'a'));
  EXPECT_EQ(result->registered_delivery, 1);
  EXPECT_EQ(result->data_coding, 4);
  EXPECT_EQ(test::to_hex(result->tlvs), "042400026869");
  EXPECT_EQ(error_of(pdu("00000103", body + "6100 0101 3400 00 01 04")).reason, Reason::bad_length);
}

TEST(Smpp, reads_submit_multi_with_addresses_and_a_list) {
  const auto octets = pdu("00000021",
                          "00 0101 3100  03  01 0101 3434373730303930303100  02 766970 00  01 0201 3200"
                          "000000 00 00 00 00 00 00 02 6869");
  const auto result = decode(octets);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->list_count, 3);
  EXPECT_EQ(result->destination.addr, "4477009001");
  EXPECT_EQ(as_chars(result->short_message), "hi");
  Destinations destinations(result->list);
  Destination d;
  ASSERT_TRUE(destinations.next(d));
  EXPECT_EQ(d.address.addr, "4477009001");
  EXPECT_EQ(d.address.ton, 1);
  ASSERT_TRUE(destinations.next(d));
  EXPECT_EQ(d.list_name, "vip");
  EXPECT_EQ(d.address.addr, "");
  ASSERT_TRUE(destinations.next(d));
  EXPECT_EQ(d.address.addr, "2");
  EXPECT_EQ(d.address.ton, 2);
  EXPECT_EQ(d.list_name, "");
  EXPECT_FALSE(destinations.next(d));
}

TEST(Smpp, a_dest_flag_of_another_value_is_a_bad_value) {
  EXPECT_EQ(error_of(pdu("00000021", "00 0101 3100 01 03 0101 3400")).reason, Reason::bad_value);
}

TEST(Smpp, reads_submit_multi_resp_with_unsuccess_smes) {
  const auto octets = pdu("80000021", "6d3100 02 0101 343400 0000000b 0001 353500 00000014");
  const auto result = decode(octets);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->message_id, "m1");
  EXPECT_EQ(result->list_count, 2);
  UnsuccessSmes elements(result->list);
  UnsuccessSme element;
  ASSERT_TRUE(elements.next(element));
  EXPECT_EQ(element.address.addr, "44");
  EXPECT_EQ(element.error_status_code, 0x0BU);
  ASSERT_TRUE(elements.next(element));
  EXPECT_EQ(element.address.addr, "55");
  EXPECT_EQ(element.error_status_code, 0x14U);
  EXPECT_FALSE(elements.next(element));
}

TEST(Smpp, reads_query_cancel_and_replace) {
  const auto query = pdu("00000003", "6d3100 0101 343400");
  ASSERT_TRUE(decode(query).ok());
  EXPECT_EQ(decode(query)->message_id, "m1");
  EXPECT_EQ(decode(query)->source.addr, "44");

  const auto query_resp = pdu("80000003", "6d3100 32363131323131323030303030302b303000 02 05");
  EXPECT_EQ(error_of(query_resp).reason, Reason::bad_length);  // 17 characters and a NUL
  const auto query_resp_16 = pdu("80000003", "6d3100 323631313231313230303030303030 2b00 02 05");
  ASSERT_TRUE(decode(query_resp_16).ok());
  EXPECT_EQ(decode(query_resp_16)->final_date, "261121120000000+");
  EXPECT_EQ(decode(query_resp_16)->message_state, 2);
  EXPECT_EQ(decode(query_resp_16)->error_code, 5);

  const auto cancel = pdu("00000008", "434d5400 6d3100 0101 343400 0201 353500");
  ASSERT_TRUE(decode(cancel).ok());
  EXPECT_EQ(decode(cancel)->service_type, "CMT");
  EXPECT_EQ(decode(cancel)->message_id, "m1");
  EXPECT_EQ(decode(cancel)->source.addr, "44");
  EXPECT_EQ(decode(cancel)->destination.addr, "55");
  EXPECT_EQ(decode(cancel)->destination.ton, 2);

  const auto replace = pdu("00000007", "6d3100 0101 343400 00 00 01 02 02 6869");
  ASSERT_TRUE(decode(replace).ok());
  EXPECT_EQ(decode(replace)->message_id, "m1");
  EXPECT_EQ(decode(replace)->registered_delivery, 1);
  EXPECT_EQ(decode(replace)->sm_default_msg_id, 2);
  EXPECT_EQ(as_chars(decode(replace)->short_message), "hi");
}

TEST(Smpp, reads_alert_notification) {
  const auto octets = pdu("00000102", "0101 343400 0201 353500 0422000102");
  const auto result = decode(octets);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->source.addr, "44");
  EXPECT_EQ(result->destination.addr, "55");
  EXPECT_NE(traced(octets).find("SMPP/ms_availability_status/Value = 2 (Unavailable)"), std::string::npos);
}

TEST(Smpp, reads_the_broadcast_pdus_of_5_0) {
  const auto broadcast = pdu("00000111", "434d5400 0101 343400 6d3100 01 00 00 01 03 09 0424000168");
  ASSERT_TRUE(decode(broadcast).ok());
  EXPECT_EQ(decode(broadcast)->message_id, "m1");
  EXPECT_EQ(decode(broadcast)->priority_flag, 1);
  EXPECT_EQ(decode(broadcast)->replace_if_present_flag, 1);
  EXPECT_EQ(decode(broadcast)->data_coding, 3);
  EXPECT_EQ(decode(broadcast)->sm_default_msg_id, 9);
  EXPECT_EQ(test::to_hex(decode(broadcast)->tlvs), "0424000168");

  const auto query = pdu("00000112", "6d3100 0101 343400");
  ASSERT_TRUE(decode(query).ok());
  EXPECT_EQ(decode(query)->source.addr, "44");
  const auto query_resp = pdu("80000112", "6d3100 0427000102");
  ASSERT_TRUE(decode(query_resp).ok());
  EXPECT_EQ(decode(query_resp)->message_id, "m1");
  const auto cancel = pdu("00000113", "434d5400 6d3100 0101 343400");
  ASSERT_TRUE(decode(cancel).ok());
  EXPECT_EQ(decode(cancel)->source.addr, "44");
  EXPECT_EQ(decode(cancel)->destination.addr, "");
}

TEST(Smpp, reads_the_pdus_that_only_3_3_has) {
  const auto last = pdu("00000023", "0101 343400 05");
  ASSERT_TRUE(decode(last).ok());
  EXPECT_EQ(decode(last)->list_count, 5);
  const auto last_resp = pdu("80000023", "02 3161 00 3162 00");
  ASSERT_TRUE(decode(last_resp).ok());
  EXPECT_EQ(test::to_hex(decode(last_resp)->list), "316100316200");
  const auto details = pdu("00000024", "316100 0101 343400 a0");
  ASSERT_TRUE(decode(details).ok());
  EXPECT_EQ(decode(details)->message_id, "1a");
  const auto details_resp =
      pdu("80000024", "00 0101 343400 01 01 0101 353500 00 01 00 00 01 00 02 6869 316100 00 02 03");
  ASSERT_TRUE(decode(details_resp).ok());
  EXPECT_EQ(decode(details_resp)->message_id, "1a");
  EXPECT_EQ(decode(details_resp)->destination.addr, "55");
  EXPECT_EQ(as_chars(decode(details_resp)->short_message), "hi");
  EXPECT_EQ(decode(details_resp)->message_state, 2);
  EXPECT_EQ(decode(details_resp)->error_code, 3);
  const auto param = pdu("00000022", "6d617800");
  ASSERT_TRUE(decode(param).ok());
  EXPECT_EQ(decode(param)->param, "max");
  const auto param_resp = pdu("80000022", "313000");
  ASSERT_TRUE(decode(param_resp).ok());
  EXPECT_EQ(decode(param_resp)->param, "10");
}

TEST(Smpp, the_walk_over_optional_parameters_stops_at_a_broken_one) {
  const auto good = hex("020c000200ff 020e000103 1401000461626364 130c0000");
  TlvWalk walk(good);
  EXPECT_EQ(walk.next()->integer(), 255U);
  EXPECT_EQ(walk.next()->tag, tag::sar_total_segments);
  const auto vendor = walk.next();
  EXPECT_EQ(vendor->chars(), "abcd");
  EXPECT_EQ(vendor->whole.size(), 8U);
  EXPECT_EQ(walk.next()->integer(), std::nullopt);  // alert_on_message_delivery has no value
  EXPECT_FALSE(walk.next());
  EXPECT_FALSE(walk.fault());

  const auto lying = hex("020e000103 0424ffff6162");
  TlvWalk lies(lying, 40);
  EXPECT_TRUE(lies.next());
  EXPECT_FALSE(lies.next());
  EXPECT_EQ(lies.fault(), (Error{Layer::smpp, Reason::bad_length, 45}));

  const auto rest = hex("020e000103 00");
  TlvWalk remains(rest);
  EXPECT_TRUE(remains.next());
  EXPECT_FALSE(remains.next());
  EXPECT_EQ(remains.fault(), (Error{Layer::smpp, Reason::trailing_octets, 5}));
}

TEST(Smpp, optional_parameters_have_the_standards_names) {
  EXPECT_EQ(find_definition(0x0424)->name, "message_payload");
  EXPECT_EQ(find_definition(0x001E)->kind, TlvKind::c_string);
  EXPECT_EQ(find_definition(0x0005)->name, "dest_addr_subunit");
  EXPECT_EQ(find_definition(0x1383)->name, "its_session_info");
  EXPECT_EQ(find_definition(0x0428)->name, "congestion_state");
  EXPECT_EQ(find_definition(0x060C), nullptr);
  EXPECT_EQ(find_definition(0x1400), nullptr);
}

TEST(Smpp, statuses_have_the_standards_names) {
  EXPECT_EQ(status_name(0), "ESME_ROK");
  EXPECT_EQ(status_name(0x58), "ESME_RTHROTTLED");
  EXPECT_EQ(status_name(0xFF), "ESME_RUNKNOWNERR");
  EXPECT_EQ(status_name(0x112), "ESME_RINVBCASTCHANIND");
  EXPECT_EQ(status_name(0x10), "");
  EXPECT_EQ(status_name(0x400), "");
}

TEST(Smpp, a_trace_shows_names_and_meanings) {
  const std::string lines = traced(pdu("00000004", std::string(submit_body) + "020a0002 0b84 1401000101 ff"));
  for (const std::string_view line :
       {"SMPP/command_id = 4 (submit_sm)", "SMPP/command_status = 0 (ESME_ROK)", "SMPP/sequence_number = 7",
        "SMPP/service_type = CMT", "SMPP/source_addr_ton = 5 (Alphanumeric)", "SMPP/source_addr = ACME",
        "SMPP/dest_addr_npi = 1 (ISDN (E163/E164))", "SMPP/esm_class = 64",
        "SMPP/GSM Network Specific Features = 1 (UDHI Indicator)",
        "SMPP/SMSC Delivery Receipt = 1 (on delivery success or failure)",
        "SMPP/data_coding = 8 (UCS2 (ISO/IEC-10646))", "SMPP/sm_length = 4", "SMPP/short_message = 00680069",
        "SMPP/source_port/Value = 2948", "SMPP/vendor-specific/Value = 01",
        "SMPP/octets that are no optional parameter = ff"})
    EXPECT_NE(lines.find(line), std::string::npos) << line << "\nnot in\n" << lines;
}

}  // namespace
}  // namespace tollgate::decode::smpp
