#include "traffic/encode_tpdu.hpp"

#include "traffic/encode_sccp.hpp"
#include "traffic/encode_text.hpp"

namespace tollgate::traffic {
namespace {

constexpr unsigned mti_deliver = 0;
constexpr unsigned mti_submit = 1;
constexpr unsigned mti_status_report = 2;
constexpr unsigned mti_command = 2;

/// 2026-11-21 22:00:00 at UTC+1, in swapped semi-octets (9.2.3.11)
constexpr std::array<unsigned, 7> time_stamp{0x62, 0x11, 0x12, 0x22, 0x00, 0x00, 0x40};

void put_time_stamp(Bytes& out) {
  for (const unsigned octet : time_stamp) out.u8(octet);
}

void validity_period(Bytes& out, ValidityFormat format) {
  switch (format) {
    case ValidityFormat::none: return;
    case ValidityFormat::relative: out.u8(0xa7); return;  // 24 hours
    case ValidityFormat::absolute: put_time_stamp(out); return;
    case ValidityFormat::enhanced:  // relative, in seconds: 60, then five octets of zero
      out.append(Bytes{0x02, 60, 0, 0, 0, 0, 0}.span());
      return;
  }
}

unsigned header_indicator(const Tpdu& tpdu) { return tpdu.user_data.header.empty() ? 0 : 0x40; }

}  // namespace

void information_element(Bytes& header, std::uint8_t identifier, std::initializer_list<unsigned> octets) {
  header.u8(identifier);
  header.u8(octets.size());
  for (const unsigned octet : octets) header.u8(octet);
}

void tp_address(Bytes& out, const TpAddress& address) {
  const unsigned type = 0x80U | static_cast<unsigned>(address.ton << 4U) | address.npi;
  if (address.ton != ton_alphanumeric) {
    out.u8(address.value.size());
    out.u8(type);
    sccp::bcd(out, address.value, 0x0f);
    return;
  }
  const Bytes septets = to_septets(address.value);
  out.u8((septets.size() * 7 + 3) / 4);  // useful semi-octets
  out.u8(type);
  pack(out, septets.span());
}

Bytes written(const UserData& data) {
  if (!data.octets.empty() || data.alphabet == Alphabet::octets) return data.octets;
  if (data.alphabet == Alphabet::ucs2) return to_utf16(data.text);
  return to_septets(data.text, data.locking, data.single);
}

std::size_t capacity(Alphabet alphabet, const Bytes& header) {
  const std::size_t header_octets = header.empty() ? 0 : header.size() + 1;
  if (alphabet == Alphabet::gsm7) return (140 - header_octets) * 8 / 7;
  return 140 - header_octets;
}

void user_data(Bytes& out, const UserData& data) {
  const std::size_t header_octets = data.header.empty() ? 0 : data.header.size() + 1;
  const auto put_header = [&] {
    if (header_octets == 0) return;
    out.u8(data.header.size());
    out.append(data.header);
  };
  if (data.alphabet == Alphabet::gsm7) {
    const Bytes septets = written(data);
    const std::size_t header_septets = (header_octets * 8 + 6) / 7;
    out.u8(header_septets + septets.size());
    put_header();
    pack(out, septets.span(), static_cast<unsigned>(header_septets * 7 - header_octets * 8));
    return;
  }
  const Bytes octets = written(data);
  out.u8(header_octets + octets.size());
  put_header();
  out.append(octets);
}

// TS 23.040 9.2.2.1
void deliver(Bytes& out, const Tpdu& tpdu) {
  out.u8(mti_deliver | (tpdu.more_messages ? 0U : 0x04U) | (tpdu.status_report ? 0x20U : 0U) |
         header_indicator(tpdu) | (tpdu.reply_path ? 0x80U : 0U));
  tp_address(out, tpdu.address);
  out.u8(tpdu.pid);
  out.u8(tpdu.dcs);
  put_time_stamp(out);
  user_data(out, tpdu.user_data);
}

// 9.2.2.2
void submit(Bytes& out, const Tpdu& tpdu) {
  out.u8(mti_submit | (tpdu.reject_duplicates ? 0x04U : 0U) | static_cast<unsigned>(tpdu.validity) << 3U |
         (tpdu.status_report ? 0x20U : 0U) | header_indicator(tpdu) | (tpdu.reply_path ? 0x80U : 0U));
  out.u8(tpdu.reference);
  tp_address(out, tpdu.address);
  out.u8(tpdu.pid);
  out.u8(tpdu.dcs);
  validity_period(out, tpdu.validity);
  user_data(out, tpdu.user_data);
}

// 9.2.2.1a
void deliver_report(Bytes& out, std::optional<std::uint8_t> failure_cause) {
  out.u8(mti_deliver);
  if (failure_cause) out.u8(*failure_cause);
  out.u8(0);  // TP-PI: no further field
}

// 9.2.2.2a
void submit_report(Bytes& out, std::optional<std::uint8_t> failure_cause) {
  out.u8(mti_submit);
  if (failure_cause) out.u8(*failure_cause);
  out.u8(0);
  put_time_stamp(out);
}

// 9.2.2.3
void status_report(Bytes& out, const Tpdu& tpdu, std::uint8_t status) {
  out.u8(mti_status_report | (tpdu.more_messages ? 0U : 0x04U));
  out.u8(tpdu.reference);
  tp_address(out, tpdu.address);
  put_time_stamp(out);
  put_time_stamp(out);
  out.u8(status);
}

// 9.2.2.4
void command(Bytes& out, const Tpdu& tpdu, std::uint8_t command_type) {
  out.u8(mti_command | (tpdu.status_report ? 0x20U : 0U));
  out.u8(tpdu.reference);
  out.u8(tpdu.pid);
  out.u8(command_type);
  out.u8(tpdu.reference);  // TP-MN
  tp_address(out, tpdu.address);
  out.u8(0);  // TP-CDL
}

}  // namespace tollgate::traffic
