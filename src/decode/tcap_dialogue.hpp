#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "decode/ber.hpp"
#include "decode/map_names.hpp"
#include "decode/tcap.hpp"

// The dialogue portion, Q.773 4.2.3 and Q.775: used by tcap.cpp alone.
//
//     6B dialogue portion
//     |  28 EXTERNAL
//     |  |  06 direct-reference: dialogue-as-id or uniDialogue-as-id
//     |  |  A0 single-ASN1-type
//     |  |  |  60 AARQ (of a Unidirectional: AUDT)   61 AARE           64 ABRT
//     |  |  |  |  80 protocol-version                80               80 abort-source
//     |  |  |  |  A1 application-context-name        A1
//     |  |  |  |                                     A2 result
//     |  |  |  |                                     A3 result-source-diagnostic
//     |  |  |  |  BE user-information                BE               BE
namespace tollgate::decode::tcap {

/// `shortMsgMT-RelayContext-v3`, as TS 29.002 17.3.3 writes it, in `room`; empty where it names none.
inline std::string_view context_name(const map::Context& context, std::span<char, 64> room) {
  constexpr std::string_view behind = "Context-v";
  if (context.name.empty() || context.name.size() + behind.size() + 1 > room.size()) return {};
  char* at = std::copy(context.name.begin(), context.name.end(), room.data());
  at = std::copy(behind.begin(), behind.end(), at);
  *at++ = static_cast<char>('0' + context.version);
  return {room.data(), static_cast<std::size_t>(at - room.data())};
}

/// The abstract syntax of the dialogue portion (Q.773 4.2.3): {itu-t recommendation q 773 as(1) ...}.
inline std::string_view abstract_syntax_name(Octets oid) {
  if (oid.size() != 7 || oid[5] != std::byte{1}) return {};
  return oid[4] == std::byte{1} ? "dialogue-as-id" : oid[4] == std::byte{2} ? "uniDialogue-as-id" : "";
}

template <class C>
bool read_application_context_name(const C& cursor, const ber::Tlv& tlv, Dialogue& dialogue) {
  const TraceScope scope(cursor.trace(), "application-context-name", tlv.whole);
  C inner = cursor.inside(tlv);
  ber::Tlv oid;
  if (!inner.next(oid) || oid.tag != ber::object_identifier) return false;
  dialogue.application_context_name = oid.contents;
  if constexpr (C::tracing) {
    char name[64];
    inner.show_oid("OBJECT IDENTIFIER", oid, context_name(map::application_context(oid.contents), name));
  }
  return true;
}

/// An INTEGER 0..255 inside an explicit tag.
template <class C>
std::optional<std::uint8_t> read_small_integer(const C& cursor, const ber::Tlv& explicit_tag,
                                               std::string_view name,
                                               std::initializer_list<std::string_view> meanings) {
  const TraceScope scope(cursor.trace(), name, explicit_tag.whole);
  C inner = cursor.inside(explicit_tag);
  ber::Tlv tlv;
  if (!inner.next(tlv) || tlv.tag != ber::integer) return std::nullopt;
  const auto value = ber::to_integer(tlv.contents);
  if (!value || *value < 0 || *value > 255) return std::nullopt;
  const auto at = static_cast<std::size_t>(*value);
  inner.show_integer("INTEGER", tlv, *value,
                     at < meanings.size() ? meanings.begin()[at] : std::string_view{});
  return static_cast<std::uint8_t>(*value);
}

template <class C>
bool read_result_source_diagnostic(const C& cursor, const ber::Tlv& tlv, Dialogue& dialogue) {
  const TraceScope scope(cursor.trace(), "result-source-diagnostic", tlv.whole);
  C inner = cursor.inside(tlv);
  ber::Tlv source;
  if (!inner.next(source)) return false;
  if (source.tag == ber::context(1)) {
    dialogue.diagnostic_source = DiagnosticSource::dialogue_service_user;
    dialogue.diagnostic =
        read_small_integer(inner, source, "dialogue-service-user",
                           {"null", "no-reason-given", "application-context-name-not-supported"});
  } else if (source.tag == ber::context(2)) {
    dialogue.diagnostic_source = DiagnosticSource::dialogue_service_provider;
    dialogue.diagnostic = read_small_integer(inner, source, "dialogue-service-provider",
                                             {"null", "no-reason-given", "no-common-dialogue-portion"});
  }
  return dialogue.diagnostic.has_value();
}

template <class C>
bool read_abort_source(const C& cursor, const ber::Tlv& tlv, Dialogue& dialogue) {
  const auto value = ber::to_integer(tlv.contents);
  if (!value || *value < 0 || *value > 255) return false;
  dialogue.abort_source = static_cast<std::uint8_t>(*value);
  cursor.show_integer("abort-source", tlv, *value,
                      *value == 0   ? "dialogue-service-user"
                      : *value == 1 ? "dialogue-service-provider"
                                    : "");
  return true;
}

/// One element of an AARQ, AUDT, AARE or ABRT: their tags agree where they share an element.
template <class C>
bool read_dialogue_element(const C& cursor, const ber::Tlv& tlv, Dialogue& dialogue) {
  switch (tlv.tag) {
    case ber::context(0):
      if (dialogue.pdu == DialoguePdu::abort) return read_abort_source(cursor, tlv, dialogue);
      cursor.show("protocol-version", tlv);
      return true;
    case ber::context(1): return read_application_context_name(cursor, tlv, dialogue);
    case ber::context(2):
      dialogue.result = read_small_integer(cursor, tlv, "result", {"accepted", "reject-permanent"});
      return dialogue.result.has_value();
    case ber::context(3): return read_result_source_diagnostic(cursor, tlv, dialogue);
    case ber::context(30):
      cursor.show("user-information", tlv);
      dialogue.user_information = tlv.contents;
      return true;
    default: cursor.show_unknown(tlv); return true;
  }
}

inline DialoguePdu dialogue_pdu(ber::Tag tag, MessageType type) {
  switch (tag) {
    case ber::application(0):
      return type == MessageType::unidirectional ? DialoguePdu::unidirectional : DialoguePdu::request;
    case ber::application(1): return DialoguePdu::response;
    case ber::application(4): return DialoguePdu::abort;
    default: return DialoguePdu::none;
  }
}

inline std::string_view name_of(DialoguePdu pdu) {
  static constexpr std::string_view names[] = {"none", "dialogueRequest (AARQ)", "dialogueResponse (AARE)",
                                               "dialogueAbort (ABRT)", "unidialoguePDU (AUDT)"};
  return names[static_cast<std::size_t>(pdu)];
}

/// What `single-ASN1-type` or `octet-aligned` holds.
template <class C>
std::optional<Error> read_dialogue_pdu(const C& cursor, const ber::Tlv& encoding, MessageType type,
                                       Dialogue& dialogue) {
  const TraceScope encoding_scope(
      cursor.trace(), encoding.tag == ber::context(0) ? "single-ASN1-type" : "octet-aligned", encoding.whole);
  C inner = cursor.inside(encoding);
  ber::Tlv pdu;
  if (!inner.next(pdu)) return cursor.error(Layer::tcap, Reason::missing_field, encoding.whole);
  dialogue.pdu = dialogue_pdu(pdu.tag, type);
  if (dialogue.pdu == DialoguePdu::none) return inner.error(Layer::tcap, Reason::bad_tag, pdu.whole);
  const TraceScope scope(cursor.trace(), name_of(dialogue.pdu), pdu.whole);
  C elements = inner.inside(pdu);
  for (ber::Tlv tlv; elements.next(tlv);) {
    if (!read_dialogue_element(elements, tlv, dialogue))
      return elements.error(Layer::tcap, Reason::bad_value, tlv.whole);
  }
  if (elements.failed()) return elements.error(Layer::tcap);
  return std::nullopt;
}

// The dialogue portion that nearly every Begin and the first answer to it has, octet by octet: only the
// application context differs, of which MAP's have seven octets.
inline constexpr std::string_view usual_request{
    "\x28\x1c\x06\x07\x00\x11\x86\x05\x01\x01\x01\xa0\x11\x60\x0f\x80\x02\x07\x80\xa1\x09\x06\x07", 23};
inline constexpr std::string_view usual_response{
    "\x28\x28\x06\x07\x00\x11\x86\x05\x01\x01\x01\xa0\x1d\x61\x1b\x80\x02\x07\x80\xa1\x09\x06\x07", 23};
/// result: accepted; result-source-diagnostic: dialogue-service-user: null
inline constexpr std::string_view usual_response_end{"\xa2\x03\x02\x01\x00\xa3\x05\xa1\x03\x02\x01\x00", 12};
inline constexpr std::size_t usual_context_size = 7;

inline bool stands_at(Octets octets, std::size_t at, std::string_view expected) {
  return std::memcmp(octets.data() + at, expected.data(), expected.size()) == 0;
}

/// Reads a usual dialogue portion without looking at its elements. False where it is another one, or might
/// be.
inline bool read_usual_dialogue(Octets contents, MessageType type, Dialogue& dialogue) {
  constexpr std::size_t context_end = usual_request.size() + usual_context_size;
  if (contents.size() == context_end && type == MessageType::begin && stands_at(contents, 0, usual_request)) {
    dialogue.pdu = DialoguePdu::request;
  } else if (contents.size() == context_end + usual_response_end.size() &&
             stands_at(contents, 0, usual_response) && stands_at(contents, context_end, usual_response_end)) {
    dialogue.pdu = DialoguePdu::response;
    dialogue.result = std::uint8_t{0};
    dialogue.diagnostic_source = DiagnosticSource::dialogue_service_user;
    dialogue.diagnostic = std::uint8_t{0};
  } else {
    return false;
  }
  dialogue.application_context_name = contents.subspan(usual_request.size(), usual_context_size);
  return true;
}

/// Reads the dialogue portion `portion` of a message of `type` into `dialogue`; what is wrong with it, if
/// anything. An Abort of 1988 has any user abort information in its place, and that is not an EXTERNAL.
template <class C>
std::optional<Error> read_dialogue(const C& cursor, const ber::Tlv& portion, MessageType type,
                                   Dialogue& dialogue) {
  if constexpr (!C::tracing) {
    if (read_usual_dialogue(portion.contents, type, dialogue)) return std::nullopt;
  }
  const TraceScope scope(cursor.trace(), "dialoguePortion", portion.whole);
  C outer = cursor.inside(portion);
  ber::Tlv external;
  if (!outer.next(external)) return cursor.error(Layer::tcap, Reason::missing_field, portion.whole);
  if (external.tag != ber::external || !external.constructed) {
    if (type != MessageType::abort) return outer.error(Layer::tcap, Reason::bad_tag, external.whole);
    dialogue.user_information = portion.contents;
    outer.show("userAbortInformation", portion);
    return std::nullopt;
  }
  const TraceScope external_scope(cursor.trace(), "EXTERNAL", external.whole);
  C elements = outer.inside(external);
  for (ber::Tlv tlv; elements.next(tlv);) {
    switch (tlv.tag) {
      case ber::object_identifier:
        elements.show_oid("direct-reference", tlv, abstract_syntax_name(tlv.contents));
        break;
      case ber::context(0):
      case ber::context(1): return read_dialogue_pdu(elements, tlv, type, dialogue);
      default: elements.show_unknown(tlv); break;
    }
  }
  if (elements.failed()) return elements.error(Layer::tcap);
  return cursor.error(Layer::tcap, Reason::missing_field, external.whole);
}

}  // namespace tollgate::decode::tcap
