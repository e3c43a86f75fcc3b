#include <array>

#include "decode/tpdu.hpp"
#include "support/checking_trace.hpp"

// The first octet picks the direction and the carrier.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::decode;
  if (size == 0) return 0;
  const auto direction = (data[0] & 1U) != 0 ? TpduDirection::ms_to_sc : TpduDirection::sc_to_ms;
  static constexpr RpMessage carriers[] = {RpMessage::data_or_ack, RpMessage::error, RpMessage::data,
                                           RpMessage::ack};
  const auto carrier = carriers[data[0] >> 1U & 3U];
  const Octets input = std::as_bytes(std::span{data + 1, size - 1});
  const auto plain = decode_tpdu(input, direction, carrier);
  test::CheckingTrace trace(input);
  const auto traced = decode_tpdu(input, direction, carrier, &trace);
  if (plain.ok() != traced.ok()) __builtin_trap();
  if (!plain.ok() || !plain->address) return 0;
  std::array<char, address_text_bound> text;
  if (address_to_text(*plain->address, text) > text.size()) __builtin_trap();
  return 0;
}
