#include "decode/mtp2.hpp"

#include "decode/reader.hpp"

namespace tollgate::decode::mtp2 {
namespace {

/// Q.703 4.2: CRC-16 of X.25 (polynomial 0x1021 bit-reversed, ones before and after), low octet first.
std::uint16_t compute_check_bits(Octets octets) {
  std::uint32_t crc = 0xffff;
  for (const std::byte octet : octets) {
    crc ^= std::to_integer<std::uint32_t>(octet);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0x8408U : crc >> 1U;
  }
  return static_cast<std::uint16_t>(~crc);
}

bool ends_in_check_bits(Octets input) {
  if (input.size() < 5) return false;
  const std::size_t size = input.size() - 2;
  const unsigned stored = std::to_integer<unsigned>(input[size]) | std::to_integer<unsigned>(input[size + 1])
                                                                       << 8U;
  return stored == compute_check_bits(input.first(size));
}

std::string_view status_name(std::uint64_t status) {
  switch (status & 7U) {
    case 0: return "out of alignment (SIO)";
    case 1: return "normal alignment (SIN)";
    case 2: return "emergency alignment (SIE)";
    case 3: return "out of service (SIOS)";
    case 4: return "processor outage (SIPO)";
    case 5: return "busy (SIB)";
    default: return {};
  }
}

/// Whether the two last octets of `body` are check bits. The length indicator counts the octets between
/// itself and them, where these are fewer than 63 (Q.703 2.3.3); else only the check bits themselves tell.
Result<bool> has_check_bits(Octets input, std::uint8_t li, CheckBits check_bits) {
  const std::size_t body = input.size() - 3;
  if (li == 63) {
    if (body < 63) return Error{Layer::mtp2, Reason::truncated, 2};
    return check_bits == CheckBits::perhaps && body >= 65 && ends_in_check_bits(input);
  }
  if (body == li) return false;
  if (body < li) return Error{Layer::mtp2, Reason::truncated, 2};
  if (body != li + 2U) return Error{Layer::mtp2, Reason::bad_length, 2};
  if (!ends_in_check_bits(input))
    return Error{Layer::mtp2, Reason::bad_checksum, static_cast<std::uint32_t>(input.size() - 2)};
  return true;
}

/// Q.703 2.2: FISU where LI is 0, LSSU where it is 1 or 2, else MSU
///
///     +-+-------+-+-------+--+------+-----------------------+-------+
///     |B|  BSN  |F|  FSN  |  |  LI  |  status, or SIO, SIF  |  FCS  |
///     +-+-------+-+-------+--+------+-----------------------+-------+
template <class R>
Result<Message> read(R r, CheckBits check_bits) {
  const TraceScope scope{r.trace(), "MTP2", r.input()};
  Message message;
  const std::uint8_t backward = r.u8("BIB and BSN", hexadecimal);
  r.bits("Backward indicator bit", r.last(1), 0x80);
  r.bits("Backward sequence number", r.last(1), 0x7f);
  const std::uint8_t forward = r.u8("FIB and FSN", hexadecimal);
  r.bits("Forward indicator bit", r.last(1), 0x80);
  r.bits("Forward sequence number", r.last(1), 0x7f);
  message.li = r.u8("Length indicator", hexadecimal) & 63U;
  r.bits("Length indicator", r.last(1), 0x3f);
  if (r.failed()) return r.truncated(Layer::mtp2);
  message.bsn = backward & 127U;
  message.bib = (backward & 128U) != 0;
  message.fsn = forward & 127U;
  message.fib = (forward & 128U) != 0;
  const Result<bool> has_fcs = has_check_bits(r.input(), message.li, check_bits);
  if (!has_fcs) return has_fcs.error();
  message.has_fcs = *has_fcs;
  const std::size_t length = r.remaining() - (message.has_fcs ? 2 : 0);
  if (message.li > 2) {
    message.signal_unit = SignalUnit::message;
    message.mtp3 = r.take(length);
  } else if (message.li > 0) {
    message.signal_unit = SignalUnit::link_status;
    message.status = r.take(length);
    r.note("Status field", message.status, std::to_integer<std::uint64_t>(message.status[0]),
           R::tracing ? status_name(std::to_integer<std::uint64_t>(message.status[0])) : std::string_view{});
  }
  if (message.has_fcs) r.rest("Check bits");
  return message;
}

}  // namespace

Result<Message> decode(Octets input, CheckBits check_bits, Trace* trace) {
  return with_reader(input, trace, [check_bits](auto r) { return read(r, check_bits); });
}

}  // namespace tollgate::decode::mtp2
