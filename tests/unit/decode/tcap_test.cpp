#include "decode/tcap.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;
using test::hex;
using test::to_hex;

namespace {

// An element: tag, length (short form) and contents, all as hex digits.
std::string element(std::string_view tag, const std::string& contents) {
  const auto octets = hex(contents);
  EXPECT_LT(octets.size(), 128U);
  const std::byte length[] = {static_cast<std::byte>(octets.size())};
  return std::string(tag) + to_hex(length) + to_hex(octets);
}

// Q.773 4.2.3: the dialogue portion that carries `pdu`; the abstract syntax is 0.0.17.773.1.1.1.
std::string dialogue_portion(const std::string& pdu) {
  return element("6b", element("28", "060700118605010101" + element("a0", pdu)));
}

// application-context-name {0 4 0 0 1 0 25 3}
const std::string mt_relay_v3 = "a109060704000001001903";

std::vector<std::byte> begin(const std::string& dialogue, const std::string& components) {
  return hex(element("62", "480400000001" + dialogue + element("6c", components)));
}

tcap::Message read(const std::vector<std::byte>& input) {
  const auto message = tcap::decode(input);
  if (!message) {
    ADD_FAILURE() << to_string(message.error().reason) << " at " << message.error().offset;
    return {};
  }
  return *message;
}

std::vector<Result<tcap::Component>> components_of(const tcap::Message& message) {
  std::vector<Result<tcap::Component>> all;
  tcap::Components components(message);
  while (const auto component = components.next()) all.push_back(*component);
  return all;
}

Error error_of(const std::string& digits) {
  const auto input = hex(digits);
  const auto message = tcap::decode(input);
  EXPECT_FALSE(message.ok());
  return message ? Error{} : message.error();
}

}  // namespace

TEST(Tcap, reads_a_begin_with_a_dialogue_request_and_an_invoke) {
  const auto input = begin(dialogue_portion(element("60", "80020780" + mt_relay_v3)),
                           element("a1", "02010102012c30030401aa"));
  const auto message = read(input);
  EXPECT_EQ(message.type, tcap::MessageType::begin);
  EXPECT_EQ(to_hex(message.otid), "00000001");
  EXPECT_TRUE(message.dtid.empty());
  EXPECT_EQ(message.dialogue.pdu, tcap::DialoguePdu::request);
  EXPECT_EQ(to_hex(message.dialogue.application_context_name), "04000001001903");
  EXPECT_FALSE(message.dialogue_error);
  const auto components = components_of(message);
  ASSERT_EQ(components.size(), 1U);
  ASSERT_TRUE(components[0]);
  EXPECT_EQ(components[0]->type, tcap::ComponentType::invoke);
  EXPECT_EQ(components[0]->invoke_id, 1);
  EXPECT_FALSE(components[0]->linked_id);
  EXPECT_TRUE(components[0]->code.is(44));
  EXPECT_EQ(to_hex(components[0]->parameter), "30030401aa");
}

TEST(Tcap, reads_the_transaction_identifiers_of_each_message_type) {
  const auto end = hex("64044902beef");
  EXPECT_EQ(read(end).type, tcap::MessageType::end);
  EXPECT_EQ(to_hex(read(end).dtid), "beef");
  const auto going_on = hex("65084801074903010203");
  EXPECT_EQ(read(going_on).type, tcap::MessageType::continue_);
  EXPECT_EQ(to_hex(read(going_on).otid), "07");
  EXPECT_EQ(to_hex(read(going_on).dtid), "010203");
  const auto abort = hex("6709490400000001 4a0104");
  EXPECT_EQ(read(abort).type, tcap::MessageType::abort);
  EXPECT_EQ(read(abort).p_abort_cause, 4);
  EXPECT_EQ(tcap::p_abort_cause_name(4), "resourceLimitation");
  EXPECT_EQ(tcap::p_abort_cause_name(5), "");
  const auto unidirectional = hex("6105 6c03 a40100");
  EXPECT_EQ(read(unidirectional).type, tcap::MessageType::unidirectional);
}

TEST(Tcap, reads_the_result_of_a_dialogue_response) {
  const auto refused =
      hex(element("64", "490400000001" + dialogue_portion(element("61", "80020780" + mt_relay_v3 +
                                                                            "a203020101"
                                                                            "a305a103020102"
                                                                            "be020500"))));
  const auto& dialogue = read(refused).dialogue;
  EXPECT_EQ(dialogue.pdu, tcap::DialoguePdu::response);
  EXPECT_EQ(dialogue.result, 1);
  EXPECT_EQ(dialogue.diagnostic_source, tcap::DiagnosticSource::dialogue_service_user);
  EXPECT_EQ(dialogue.diagnostic, 2);
  EXPECT_EQ(to_hex(dialogue.user_information), "0500");
}

TEST(Tcap, reads_a_user_abort) {
  const auto abort = hex(element("67", "490400000001" + dialogue_portion(element("64", "800100"))));
  EXPECT_EQ(read(abort).dialogue.pdu, tcap::DialoguePdu::abort);
  EXPECT_EQ(read(abort).dialogue.abort_source, 0);
  EXPECT_FALSE(read(abort).p_abort_cause);
}

// Q.773 of 1988 knows no dialogue portion; an Abort has user abort information of any kind in its place.
TEST(Tcap, reads_a_user_abort_of_1988) {
  const auto abort = hex("670b 490400000001 6b03 0401aa");
  const auto message = read(abort);
  EXPECT_FALSE(message.dialogue_error);
  EXPECT_EQ(message.dialogue.pdu, tcap::DialoguePdu::none);
  EXPECT_EQ(to_hex(message.dialogue.user_information), "0401aa");
}

TEST(Tcap, reads_every_component_of_a_message) {
  const auto input = begin("", std::string("a109 0201fb 800102 02013b") +  // Invoke -5, linked to 2
                                   "a20a 020103 3005 02012d 0500" +        // ReturnResultLast
                                   "a703 020104" +                         // ReturnResultNotLast
                                   "a308 020105 020122 0a00" +             // ReturnError 34, empty ENUMERATED
                                   "a406 020106 810101" +                  // Reject: unrecognizedOperation
                                   "a405 0500 800102" +                    // Reject: no invokeID
                                   "a109 020107 0604 28040102");           // Invoke of a global operation
  const auto components = components_of(read(input));
  ASSERT_EQ(components.size(), 7U);
  for (const auto& component : components) ASSERT_TRUE(component);
  EXPECT_EQ(components[0]->invoke_id, -5);
  EXPECT_EQ(components[0]->linked_id, 2);
  EXPECT_TRUE(components[0]->code.is(59));
  EXPECT_TRUE(components[0]->parameter.empty());
  EXPECT_EQ(components[1]->type, tcap::ComponentType::return_result_last);
  EXPECT_TRUE(components[1]->code.is(45));
  EXPECT_EQ(to_hex(components[1]->parameter), "0500");
  EXPECT_EQ(components[2]->type, tcap::ComponentType::return_result_not_last);
  EXPECT_EQ(components[2]->code.form, tcap::Code::Form::absent);
  EXPECT_EQ(components[3]->type, tcap::ComponentType::return_error);
  EXPECT_TRUE(components[3]->code.is(34));
  ASSERT_TRUE(components[4]->problem);
  EXPECT_EQ(to_string(*components[4]->problem), "unrecognizedOperation");
  EXPECT_FALSE(components[5]->invoke_id);
  EXPECT_EQ(to_string(*components[5]->problem), "badlyStructuredComponent");
  EXPECT_EQ(components[6]->code.form, tcap::Code::Form::global);
  EXPECT_EQ(to_hex(components[6]->code.octets), "28040102");
}

TEST(Tcap, goes_on_after_a_component_that_it_cannot_read) {
  const auto input = begin("", std::string("a103 040101") +  // an OCTET STRING where invokeID is mandatory
                                   "a904 02010102" +         // no component has this tag
                                   "a106 020102 02012d");
  const auto components = components_of(read(input));
  ASSERT_EQ(components.size(), 3U);
  EXPECT_EQ(components[0].error().reason, Reason::bad_tag);
  EXPECT_EQ(components[1].error().reason, Reason::unknown_type);
  ASSERT_TRUE(components[2]);
  EXPECT_TRUE(components[2]->code.is(45));
}

// Q.773 4.2.2: nothing follows the parameter of a component, or the problem of a Reject.
TEST(Tcap, notes_octets_after_the_last_element_of_a_component) {
  const auto input = begin("", std::string("a10a 020101 02012d 0401aa 00") +   // not even an element
                                   "a20c 020102 3007 02012d 0500 0500" +       // within resultretres
                                   "a20c 020103 3005 02012d 0500 0500" +       // behind it
                                   "a306 020104 020122" +                      // nothing
                                   "a30a 020105 020122 0500 0500" +            //
                                   "a408 020106 810101 0500" +                 //
                                   "a280 020107 3080 02012d 0500 0000 0000" +  // nothing
                                   "a280 020108 3080 02012d 0500 0500 0000 0000");
  const auto components = components_of(read(input));
  const std::vector<bool> expected = {true, true, true, false, true, true, false, true};
  ASSERT_EQ(components.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(components[i]);
    EXPECT_EQ(components[i]->trailing, expected[i]);
  }
  EXPECT_EQ(to_hex(components[0]->parameter), "0401aa");
  EXPECT_EQ(to_hex(components[2]->parameter), "0500");
  EXPECT_EQ(to_string(*components[5]->problem), "unrecognizedOperation");

  test::RecordingTrace trace;
  ASSERT_TRUE(tcap::decode(input, &trace, 3));
  EXPECT_NE(trace.all().find("ReturnResultLast/resultretres/trailing octets = 0500"), std::string::npos);
  EXPECT_NE(trace.all().find("Reject/trailing octets = 0500"), std::string::npos);
}

TEST(Tcap, ends_at_a_component_whose_length_lies) {
  const auto input = begin("", "a106 020101 02012d a17f 0201");
  const auto components = components_of(read(input));
  ASSERT_EQ(components.size(), 2U);
  EXPECT_TRUE(components[0]);
  EXPECT_EQ(components[1].error().reason, Reason::bad_length);
  EXPECT_EQ(to_hex(Octets(input).subspan(components[1].error().offset, 2)), "a17f");
}

TEST(Tcap, reads_indefinite_lengths_everywhere) {
  const auto input =
      hex("6280 480400000001"
          "6b80 2880 060700118605010101 a080 6080 80020780 a180 060704000001001903 0000 0000 0000 0000 0000"
          "6c80 a180 020101 02012c 3080 0401aa 0000 0000 0000"
          "0000");
  const auto message = read(input);
  EXPECT_EQ(to_hex(message.dialogue.application_context_name), "04000001001903");
  EXPECT_TRUE(message.trailing.empty());
  const auto components = components_of(message);
  ASSERT_EQ(components.size(), 1U);
  ASSERT_TRUE(components[0]);
  EXPECT_EQ(to_hex(components[0]->parameter), "30800401aa0000");
}

TEST(Tcap, reads_the_components_of_a_message_whose_dialogue_portion_is_unsound) {
  const auto input = begin(element("6b", "0401aa"), "a106 020101 02012d");
  const auto message = read(input);
  EXPECT_EQ(message.dialogue_error, (Error{Layer::tcap, Reason::bad_tag, 10}));
  EXPECT_EQ(components_of(message).size(), 1U);
}

TEST(Tcap, notes_octets_after_the_message) {
  const auto input = hex("6404490200010000");
  EXPECT_EQ(to_hex(read(input).trailing), "0000");
}

TEST(Tcap, refuses_what_is_no_message) {
  EXPECT_EQ(error_of("").reason, Reason::truncated);
  EXPECT_EQ(error_of("3000").reason, Reason::unknown_type);
  EXPECT_EQ(error_of("6209480400000001").reason, Reason::truncated);
  EXPECT_EQ(error_of("62006c00").reason, Reason::missing_field);
  EXPECT_EQ(error_of("6207 480500 00000001").reason, Reason::bad_length);  // five octets of otid
  EXPECT_EQ(error_of("6208 480101 480102 0500").reason, Reason::bad_tag);  // two otids
  EXPECT_EQ(error_of("6206 4804000001"), (Error{Layer::tcap, Reason::truncated, 0}));
  EXPECT_EQ(error_of("6205 4804000001"), (Error{Layer::tcap, Reason::bad_length, 2}));
}

TEST(Tcap, shows_what_it_reads) {
  const auto input = begin(dialogue_portion(element("60", "80020780" + mt_relay_v3)),
                           "a106 0201c5 02012c a406 020106 810101");
  test::RecordingTrace trace;
  ASSERT_TRUE(tcap::decode(input, &trace, 3));
  const std::string request = "Begin/dialoguePortion/EXTERNAL/single-ASN1-type/dialogueRequest (AARQ)/";
  const std::vector<std::string> expected = {
      "Begin/otid = 00000001",
      "Begin/dialoguePortion/EXTERNAL/direct-reference = 0.0.17.773.1.1.1 (dialogue-as-id)",
      request + "protocol-version = 0780",
      request + "application-context-name/OBJECT IDENTIFIER = 0.4.0.0.1.0.25.3 (shortMsgMT-RelayContext-v3)",
      "Begin/components/Invoke/invokeID = -59",
      "Begin/components/Invoke/operationCode = 44 (mt-forwardSM)",
      "Begin/components/Reject/invokeID = 6",
      "Begin/components/Reject/invokeProblem = 1 (unrecognizedOperation)",
  };
  EXPECT_EQ(trace.lines(), expected);
}

TEST(Tcap, names_codes_as_the_version_of_map_does_and_others_not_at_all) {
  const auto input = begin("", "a106 020101 02012e a306 020102 020106");
  const auto shown = [&](std::optional<std::uint8_t> version) {
    test::RecordingTrace trace;
    EXPECT_TRUE(tcap::decode(input, &trace, version));
    return trace.all();
  };
  EXPECT_NE(shown(3).find("operationCode = 46 (mo-forwardSM)"), std::string::npos);
  EXPECT_NE(shown(2).find("operationCode = 46 (forwardSM)"), std::string::npos);
  EXPECT_NE(shown(2).find("errorCode = 6 (absentSubscriberSM)"), std::string::npos);
  EXPECT_EQ(shown({}).find("forwardSM"), std::string::npos);
}
