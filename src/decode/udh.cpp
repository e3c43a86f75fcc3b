#include "decode/udh.hpp"

#include "decode/reader.hpp"

namespace tollgate::decode {
namespace {

enum Identifier : std::uint8_t {
  concatenated_8bit = 0x00,
  special_sms_indication = 0x01,
  port_8bit = 0x04,
  port_16bit = 0x05,
  smsc_control = 0x06,
  source_indicator = 0x07,
  concatenated_16bit = 0x08,
  single_shift = 0x24,
  locking_shift = 0x25,
};

std::string_view language_name(std::uint64_t language) {
  static constexpr std::string_view names[] = {"default",  "Turkish", "Spanish", "Portuguese", "Bengali",
                                               "Gujarati", "Hindi",   "Kannada", "Malayalam",  "Oriya",
                                               "Punjabi",  "Tamil",   "Telugu",  "Urdu"};
  return language < std::size(names) ? names[language] : "reserved, read as default";
}

std::string_view indication_name(std::uint64_t type) {
  switch (type & 3U) {
    case 0: return "Voice Message Waiting";
    case 1: return "Fax Message Waiting";
    case 2: return "Electronic Mail Message Waiting";
    default: return "Extended Message Type Waiting";
  }
}

std::string_view source_name(std::uint64_t source) {
  switch (source) {
    case 1: return "original sender (valid in case of Status Report)";
    case 2: return "original receiver (valid in case of Status Report)";
    case 3: return "SMSC";
    default: return {};
  }
}

/// 9.2.3.24.1 and .8: reference, maximum number, sequence number; the 16 bit form has a longer reference.
template <class R>
void read_concatenation(R r, bool wide, UserDataHeader& header) {
  UserDataHeader::Concatenation c{.wide = wide};
  c.reference = wide ? r.u16("reference number") : r.u8("reference number");
  c.total = r.u8("maximum number");
  c.sequence = r.u8("sequence number");
  if (r.failed() || !r.empty()) return;
  if (c.sequence == 0 || c.sequence > c.total) {
    r.note("Concatenation", r.input(), "ignored: the number is 0 or above the total (9.2.3.24.1)");
    return;
  }
  header.concatenation = c;
}

/// 9.2.3.24.3 and .4: destination, then originator.
template <class R>
void read_ports(R r, bool wide, UserDataHeader& header) {
  UserDataHeader::ApplicationPorts ports{.wide = wide};
  ports.destination = wide ? r.u16("destination port") : r.u8("destination port");
  ports.originator = wide ? r.u16("originator port") : r.u8("originator port");
  if (!r.failed() && r.empty()) header.ports = ports;
}

/// 9.2.3.24.15 and .16: National Language Identifier.
template <class R>
void read_language(R r, std::uint8_t& language) {
  const std::uint8_t value = r.u8("National Language Identifier", language_name);
  if (!r.failed() && r.empty()) language = value;
}

template <class R>
void read_element(const InformationElement& element, R r, UserDataHeader& header) {
  switch (element.identifier) {
    case concatenated_8bit: return read_concatenation(r, false, header);
    case concatenated_16bit: return read_concatenation(r, true, header);
    case port_8bit: return read_ports(r, false, header);
    case port_16bit: return read_ports(r, true, header);
    case single_shift: return read_language(r, header.language.single_shift);
    case locking_shift: return read_language(r, header.language.locking);
    default: break;
  }
  if constexpr (R::tracing) {
    if (element.identifier == special_sms_indication && element.data.size() == 2) {  // 9.2.3.24.2
      const std::uint8_t type = r.u8("message indication type and storage", indication_name);
      r.note("storage", r.last(1), (type & 0x80U) != 0 ? "store" : "discard after updating indication");
      r.u8("message count");
    } else if (element.identifier == smsc_control && element.data.size() == 1) {  // 9.2.3.24.5
      r.u8("SMSC Control Parameters");
    } else if (element.identifier == source_indicator && element.data.size() == 1) {  // 9.2.3.24.6
      r.u8("UDH Source Indicator", source_name);
    } else if (!r.empty()) {
      r.rest("Information Element Data");
    }
  }
}

/// Whether the elements fill the header exactly.
bool well_formed(Octets elements) {
  std::size_t at = 0;
  while (at < elements.size()) {
    if (elements.size() - at < 2) return false;
    at += 2 + std::to_integer<std::size_t>(elements[at + 1]);
  }
  return at == elements.size();
}

//  +------+-------+---------+----------+-------+---------+-----+      TS 23.040 9.2.3.24
//  | UDHL | IEI a | IEIDL a | IED a ...| IEI b | IEIDL b | ... |      UDHL: octets after itself
//  +------+-------+---------+----------+-------+---------+-----+
template <class R>
Result<UserDataHeader> read(R r) {
  const std::uint8_t length = r.u8("UDHL");
  if (r.failed()) return r.truncated(Layer::tpdu);
  if (length > r.remaining()) return r.error(Layer::tpdu, Reason::bad_length);

  UserDataHeader header;
  header.octets = r.input().first(1U + length);
  const Octets elements = header.octets.subspan(1);
  header.malformed = !well_formed(elements);
  if (header.malformed) {
    r.note("header", elements, "ignored: too few or too many octets in its last element (9.2.3.24)");
    return header;
  }
  header.elements = elements;
  InformationElements walk{elements};
  while (const auto element = walk.next()) {
    if constexpr (R::tracing) {
      const Octets whole{element->data.data() - 2, element->data.size() + 2};
      const TraceScope scope{r.trace(), information_element_name(element->identifier), whole};
      R inner{whole, r.trace()};
      inner.u8("IEI");
      inner.u8("IEIDL");
      read_element(*element, R{element->data, r.trace()}, header);
    } else {
      read_element(*element, R{element->data}, header);
    }
  }
  return header;
}

}  // namespace

Result<UserDataHeader> decode_user_data_header(Octets user_data, Trace* trace) {
  return with_reader(user_data, trace, [](auto r) { return read(r); });
}

std::string_view information_element_name(std::uint8_t identifier) {
  switch (identifier) {
    case 0x00: return "Concatenated short messages, 8-bit reference number";
    case 0x01: return "Special SMS Message Indication";
    case 0x04: return "Application port addressing scheme, 8 bit address";
    case 0x05: return "Application port addressing scheme, 16 bit address";
    case 0x06: return "SMSC Control Parameters";
    case 0x07: return "UDH Source Indicator";
    case 0x08: return "Concatenated short message, 16-bit reference number";
    case 0x09: return "Wireless Control Message Protocol";
    case 0x0A: return "Text Formatting";
    case 0x0B: return "Predefined Sound";
    case 0x0C: return "User Defined Sound (iMelody max 128 bytes)";
    case 0x0D: return "Predefined Animation";
    case 0x0E: return "Large Animation (16*16 times 4 = 32*4 = 128 bytes)";
    case 0x0F: return "Small Animation (8*8 times 4 = 8*4 = 32 bytes)";
    case 0x10: return "Large Picture (32*32 = 128 bytes)";
    case 0x11: return "Small Picture (16*16 = 32 bytes)";
    case 0x12: return "Variable Picture";
    case 0x13: return "User prompt indicator";
    case 0x14: return "Extended Object";
    case 0x15: return "Reused Extended Object";
    case 0x16: return "Compression Control";
    case 0x17: return "Object Distribution Indicator";
    case 0x18: return "Standard WVG object";
    case 0x19: return "Character Size WVG object";
    case 0x1A: return "Extended Object Data Request Command";
    case 0x20: return "RFC 5322 E-Mail Header";
    case 0x21: return "Hyperlink format element";
    case 0x22: return "Reply Address Element";
    case 0x23: return "Enhanced Voice Mail Information";
    case 0x24: return "National Language Single Shift";
    case 0x25: return "National Language Locking Shift";
    default: break;
  }
  if (identifier >= 0x70 && identifier <= 0x7F) return "(U)SIM Toolkit Security Headers";
  if (identifier >= 0x80 && identifier <= 0x9F) return "SME to SME specific use";
  if (identifier >= 0xC0 && identifier <= 0xDF) return "SC specific use";
  return "Reserved";
}

}  // namespace tollgate::decode
