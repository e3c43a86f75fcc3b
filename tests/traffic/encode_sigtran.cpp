#include "traffic/encode_sigtran.hpp"

namespace tollgate::traffic {
namespace {

constexpr unsigned network_indicator_national = 2;

/// The common header of the SIGTRAN user adaptations; `finish` puts the length in.
std::size_t begin(Bytes& out, std::uint8_t message_class, std::uint8_t message_type) {
  const std::size_t start = out.size();
  out.u8(1);
  out.u8(0);
  out.u8(message_class);
  out.u8(message_type);
  out.u32(0);
  return start;
}

void finish(Bytes& out, std::size_t start) { out.set_u32(start + 4, out.size() - start); }

/// Tag and length of a parameter; `close` counts it and pads to four octets.
std::size_t open(Bytes& out, std::uint16_t tag) {
  const std::size_t start = out.size();
  out.u16(tag);
  out.u16(0);
  return start;
}

void close(Bytes& out, std::size_t start) {
  const std::size_t length = out.size() - start;
  out.set_u16(start + 2, length);
  out.fill((4 - length % 4) % 4);
}

void parameter_u32(Bytes& out, std::uint16_t tag, std::uint32_t value) {
  const std::size_t start = open(out, tag);
  out.u32(value);
  close(out, start);
}

void parameter_octets(Bytes& out, std::uint16_t tag, std::span<const std::uint8_t> octets) {
  const std::size_t start = open(out, tag);
  out.append(octets);
  close(out, start);
}

// RFC 3868 3.10.2: routing and address indicators, then the parts as parameters
void sua_address(Bytes& out, std::uint16_t tag, const SccpAddress& party) {
  const std::size_t start = open(out, tag);
  const bool has_title = party.global_title_indicator != 0;
  out.u16(party.route_on_ssn || !has_title ? 2 : 1);
  out.u16((party.ssn ? 1U : 0U) | (party.pc ? 2U : 0U) | (has_title ? 4U : 0U));
  if (has_title) {
    const std::size_t title = open(out, 0x8001);
    out.u24(0);
    out.u8(party.global_title_indicator);
    out.u8(party.digits.size());
    out.u8(party.translation_type);
    out.u8(party.numbering_plan);
    out.u8(party.nature_of_address);
    sccp::bcd(out, party.digits);
    close(out, title);
  }
  if (party.pc) parameter_u32(out, 0x8002, *party.pc);
  if (party.ssn) parameter_u32(out, 0x8003, *party.ssn);
  close(out, start);
}

}  // namespace

void mtp3(Bytes& out, const RoutingLabel& label, std::uint8_t service_indicator,
          std::span<const std::uint8_t> user_part) {
  out.u8(service_indicator | network_indicator_national << 6U);
  out.u32_little(label.dpc | label.opc << 14U | static_cast<std::uint32_t>(label.sls) << 28U);
  out.append(user_part);
}

void ansi_mtp3(Bytes& out, const RoutingLabel& label, std::uint8_t service_indicator,
               std::span<const std::uint8_t> user_part) {
  constexpr unsigned cluster = 100;
  constexpr unsigned network = 245;
  out.u8(service_indicator | network_indicator_national << 6U);
  for (const std::uint32_t pc : {label.dpc, label.opc}) {
    out.u8(pc & 0xffU);
    out.u8(cluster);
    out.u8(network);
  }
  out.u8(label.sls);
  out.append(user_part);
}

void mtp2(Bytes& out, std::uint8_t fsn, std::span<const std::uint8_t> mtp3_message) {
  out.u8(0x80 | ((fsn - 1U) & 0x7fU));
  out.u8(0x80U | (fsn & 0x7fU));
  out.u8(mtp3_message.size() > 62 ? 63 : mtp3_message.size());
  out.append(mtp3_message);
}

void m3ua_data(Bytes& out, const RoutingLabel& label, std::uint8_t service_indicator,
               std::span<const std::uint8_t> user_part) {
  const std::size_t start = begin(out, 1, 1);
  parameter_u32(out, 0x0006, 100);  // Routing Context
  const std::size_t data = open(out, 0x0210);
  out.u32(label.opc);
  out.u32(label.dpc);
  out.u8(service_indicator);
  out.u8(network_indicator_national);
  out.u8(0);
  out.u8(label.sls);
  out.append(user_part);
  close(out, data);
  finish(out, start);
}

void m3ua_management(Bytes& out, std::uint8_t message_class, std::uint8_t message_type) {
  finish(out, begin(out, message_class, message_type));
}

void m2ua_data(Bytes& out, std::span<const std::uint8_t> mtp3_message) {
  const std::size_t start = begin(out, 6, 1);
  parameter_u32(out, 0x0001, 1);  // Interface Identifier
  parameter_octets(out, 0x0300, mtp3_message);
  finish(out, start);
}

void m2pa_data(Bytes& out, std::span<const std::uint8_t> mtp3_message) {
  const std::size_t start = begin(out, 11, 1);
  out.u32(0);  // unused, BSN
  out.u32(0);  // unused, FSN
  out.u8(0);   // priority
  out.append(mtp3_message);
  finish(out, start);
}

void sua_data(Bytes& out, const sccp::Message& message) {
  const std::size_t start = begin(out, 7, message.return_cause ? 2 : 1);
  parameter_u32(out, 0x0006, 100);  // Routing Context
  if (message.return_cause) {
    parameter_u32(out, 0x0106, 0x0100U | *message.return_cause);  // SCCP Cause: return cause
  } else {
    parameter_u32(out, 0x0115, (message.in_sequence ? 1U : 0U) | (message.return_on_error ? 0x80U : 0U));
  }
  sua_address(out, 0x0102, message.calling);
  sua_address(out, 0x0103, message.called);
  if (!message.return_cause) parameter_u32(out, 0x0116, 7);  // Sequence Control
  if (message.segment) {
    const unsigned first = message.segment->first ? 0x80U : 0U;
    parameter_u32(out, 0x0117,
                  (first | message.segment->remaining) << 24U | message.segment->local_reference);
  }
  parameter_octets(out, 0x010b, message.data);
  finish(out, start);
}

}  // namespace tollgate::traffic
