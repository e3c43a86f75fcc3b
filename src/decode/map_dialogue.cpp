#include "decode/map_dialogue.hpp"

#include <algorithm>
#include <array>

#include "decode/ber.hpp"
#include "decode/map_address.hpp"

//     28 EXTERNAL
//     |  06 direct-reference: map-DialogueAS, 0.4.0.0.1.1.1.1
//     |  A0 single-ASN1-type
//     |  |  A0 map-open { 80 destinationReference  81 originationReference }   A1 map-accept   A2 map-close
//     |  |  A3 map-refuse { 0A reason }   A4 map-userAbort { 80..83 }   A5 map-providerAbort { 0A reason }
namespace tollgate::decode::map {

namespace {

constexpr std::array<std::uint8_t, 7> map_dialogue_as = {4, 0, 0, 1, 1, 1, 1};

bool is_map_dialogue(Octets oid) {
  return std::equal(
      oid.begin(), oid.end(), map_dialogue_as.begin(), map_dialogue_as.end(),
      [](std::byte octet, std::uint8_t arc) { return std::to_integer<unsigned>(octet) == arc; });
}

constexpr std::string_view names[] = {"map-open",   "map-accept",    "map-close",
                                      "map-refuse", "map-userAbort", "map-providerAbort"};
constexpr std::string_view refuse_reasons[] = {"noReasonGiven", "invalidDestinationReference",
                                               "invalidOriginatingReference"};
constexpr std::string_view provider_abort_reasons[] = {"abnormalDialogue", "invalidPDU"};
constexpr std::string_view user_abort_choices[] = {"userSpecificReason", "userResourceLimitation",
                                                   "resourceUnavailable", "applicationProcedureCancellation"};

template <class C>
void show_reference(const C& cursor, std::string_view name, const ber::Tlv& tlv) {
  if constexpr (C::tracing) show_address(*cursor.trace(), name, tlv);
}

template <class C>
std::optional<Error> read_reason(const C& cursor, const ber::Tlv& tlv,
                                 std::span<const std::string_view> meanings, DialogueInfo& info) {
  const auto value = ber::to_integer(tlv.contents);
  if (!value || *value < 0 || *value > 255) return cursor.error(Layer::map, Reason::bad_value, tlv.whole);
  info.reason = static_cast<std::uint8_t>(*value);
  cursor.show_integer("reason", tlv, *value,
                      *info.reason < meanings.size() ? meanings[*info.reason] : std::string_view{});
  return std::nullopt;
}

template <class C>
std::optional<Error> read_element(const C& cursor, const ber::Tlv& tlv, DialogueInfo& info) {
  if (info.type == DialogueInfoType::open && tlv.tag == ber::context(0)) {
    info.destination_reference = tlv.contents;
    show_reference(cursor, "destinationReference", tlv);
  } else if (info.type == DialogueInfoType::open && tlv.tag == ber::context(1)) {
    info.origination_reference = tlv.contents;
    show_reference(cursor, "originationReference", tlv);
  } else if (info.type == DialogueInfoType::refuse && tlv.tag == ber::enumerated) {
    return read_reason(cursor, tlv, refuse_reasons, info);
  } else if (info.type == DialogueInfoType::provider_abort && tlv.tag == ber::enumerated) {
    return read_reason(cursor, tlv, provider_abort_reasons, info);
  } else if (info.type == DialogueInfoType::user_abort && tlv.tag >= ber::context(0) &&
             tlv.tag <= ber::context(3)) {
    info.reason = static_cast<std::uint8_t>(ber::number_of(tlv.tag));
    cursor.show(user_abort_choices[*info.reason], tlv);
  } else {
    cursor.show_unknown(tlv);
  }
  return std::nullopt;
}

template <class C>
std::optional<Error> read_pdu(const C& cursor, const ber::Tlv& pdu, DialogueInfo& info) {
  if (pdu.tag < ber::context(0) || pdu.tag > ber::context(5) || !pdu.constructed)
    return cursor.error(Layer::map, Reason::bad_tag, pdu.whole);
  const std::uint32_t choice = ber::number_of(pdu.tag);
  info.type = static_cast<DialogueInfoType>(choice);
  const TraceScope scope(cursor.trace(), names[choice], pdu.whole);
  C elements = cursor.inside(pdu);
  for (ber::Tlv tlv; elements.next(tlv);) {
    if (const auto error = read_element(elements, tlv, info)) return error;
  }
  if (elements.failed()) return elements.error(Layer::map);
  return std::nullopt;
}

template <class C>
std::optional<Error> read_external(const C& cursor, const ber::Tlv& external, DialogueInfo& info) {
  C elements = cursor.inside(external);
  bool ours = false;
  for (ber::Tlv tlv; elements.next(tlv);) {
    if (tlv.tag == ber::object_identifier) {
      ours = is_map_dialogue(tlv.contents);
      elements.show_oid("direct-reference", tlv);
    } else if (ours && tlv.tag == ber::context(0) && tlv.constructed) {
      const TraceScope scope(elements.trace(), "single-ASN1-type", tlv.whole);
      C inner = elements.inside(tlv);
      ber::Tlv pdu;
      if (inner.next(pdu)) return read_pdu(inner, pdu, info);
      return elements.error(Layer::map, Reason::missing_field, tlv.whole);
    } else {
      elements.show_unknown(tlv);
    }
  }
  if (elements.failed()) return elements.error(Layer::map);
  return std::nullopt;
}

template <class C>
Result<DialogueInfo> read(C cursor) {
  DialogueInfo info;
  for (ber::Tlv tlv; cursor.next(tlv);) {
    if (tlv.tag != ber::external || !tlv.constructed)
      return cursor.error(Layer::map, Reason::bad_tag, tlv.whole);
    const TraceScope scope(cursor.trace(), "user-information", tlv.whole);
    if (const auto error = read_external(cursor, tlv, info)) return *error;
    if (info.type != DialogueInfoType::none) break;
  }
  if (cursor.failed()) return cursor.error(Layer::map);
  return info;
}

}  // namespace

Result<DialogueInfo> decode_dialogue(Octets user_information, Trace* trace) {
  return ber::with_cursor(user_information, trace, [](auto cursor) { return read(cursor); });
}

}  // namespace tollgate::decode::map
