#include "traffic/encode_sccp.hpp"

namespace tollgate::traffic::sccp {
namespace {

// Q.713 table 1
constexpr std::uint8_t type_udt = 0x09;
constexpr std::uint8_t type_udts = 0x0a;
constexpr std::uint8_t type_xudt = 0x11;
constexpr std::uint8_t type_xudts = 0x12;
constexpr std::uint8_t type_ludt = 0x13;
constexpr std::uint8_t type_ludts = 0x14;

constexpr std::uint8_t parameter_segmentation = 0x10;
constexpr std::uint8_t hop_counter = 12;

std::uint8_t type(const Message& m) {
  const bool service = m.return_cause.has_value();
  switch (m.form) {
    case Form::udt: return service ? type_udts : type_udt;
    case Form::xudt: return service ? type_xudts : type_xudt;
    case Form::ludt: break;
  }
  return service ? type_ludts : type_ludt;
}

std::uint8_t digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  switch (c) {
    case '*': return 10;
    case '#': return 11;
    default: return static_cast<std::uint8_t>(c - 'a' + 10);
  }
}

/// Points the pointer at `at` to the end of `out`: one octet counts from itself, two (the low one first)
/// from the high one.
void point(Bytes& out, std::size_t at, bool is_long) {
  if (is_long) {
    const std::size_t distance = out.size() - (at + 1);
    out.set_u8(at, distance);
    out.set_u8(at + 1, distance >> 8U);
  } else {
    out.set_u8(at, out.size() - at);
  }
}

void variable(Bytes& out, const SccpAddress& party) {
  const std::size_t length_at = out.size();
  out.u8(0);
  address(out, party);
  out.set_u8(length_at, out.size() - length_at - 1);
}

}  // namespace

void bcd(Bytes& out, std::string_view digits, std::uint8_t filler) {
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const std::uint8_t high = i + 1 < digits.size() ? digit(digits[i + 1]) : filler;
    out.u8(digit(digits[i]) | static_cast<unsigned>(high << 4U));
  }
}

void address(Bytes& out, const SccpAddress& party) {
  const unsigned gti = party.global_title_indicator;
  const unsigned odd = party.digits.size() % 2;
  out.u8((party.pc ? 1U : 0U) | (party.ssn ? 2U : 0U) | gti << 2U | (party.route_on_ssn ? 0x40U : 0U));
  if (party.pc) out.u16_little(*party.pc);
  if (party.ssn) out.u8(*party.ssn);
  const unsigned plan_and_scheme = static_cast<unsigned>(party.numbering_plan << 4U) | (odd != 0 ? 1U : 2U);
  switch (gti) {
    case 1: out.u8(party.nature_of_address | odd << 7U); break;
    case 2: out.u8(party.translation_type); break;
    case 3:
      out.u8(party.translation_type);
      out.u8(plan_and_scheme);
      break;
    case 4:
      out.u8(party.translation_type);
      out.u8(plan_and_scheme);
      out.u8(party.nature_of_address);
      break;
    default: return;
  }
  bcd(out, party.digits);
}

void message(Bytes& out, const Message& m) {
  out.u8(type(m));
  out.u8(m.return_cause ? *m.return_cause : (m.in_sequence ? 1U : 0U) | (m.return_on_error ? 0x80U : 0U));
  if (m.form != Form::udt) out.u8(hop_counter);
  const bool is_long = m.form == Form::ludt;
  const std::size_t width = is_long ? 2 : 1;
  const std::size_t pointers = out.size();
  out.fill(width * (m.form == Form::udt ? 3 : 4));
  point(out, pointers, is_long);
  variable(out, m.called);
  point(out, pointers + width, is_long);
  variable(out, m.calling);
  point(out, pointers + 2 * width, is_long);
  if (is_long) {
    out.u16_little(m.data.size());
  } else {
    out.u8(m.data.size());
  }
  out.append(m.data);
  if (m.segment && m.form != Form::udt) {
    point(out, pointers + 3 * width, is_long);
    out.u8(parameter_segmentation);
    out.u8(4);
    out.u8((m.segment->first ? 0x80U : 0U) | (m.in_sequence ? 0x40U : 0U) | m.segment->remaining);
    out.u24(m.segment->local_reference);
    out.u8(0);  // end of optional parameters
  }
}

}  // namespace tollgate::traffic::sccp
