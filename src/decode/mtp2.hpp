#pragma once

#include <cstdint>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

/// Message Transfer Part level 2, Q.703, with the basic (7 bit) sequence numbers.
namespace tollgate::decode::mtp2 {

enum class SignalUnit : std::uint8_t { fill_in, link_status, message };

struct Message {
  SignalUnit signal_unit = SignalUnit::fill_in;
  std::uint8_t bsn = 0;  ///< backward sequence number
  bool bib = false;      ///< backward indicator bit
  std::uint8_t fsn = 0;  ///< forward sequence number
  bool fib = false;      ///< forward indicator bit
  std::uint8_t li = 0;   ///< length indicator
  bool has_fcs = false;  ///< the check bits are in the capture
  Octets mtp3;           ///< of a message signal unit: service information octet and what follows
  Octets status;         ///< of a link status signal unit: 1 or 2 octets
};

/// Whether the check bits of Q.703 2.2.8 are in the capture. A signal unit of fewer than 63 octets shows it
/// by its length. A longer one shows it only by its last two octets, which look like check bits once in
/// 65,536 times where they are none: `absent` says that other signal units of the link have shown none.
enum class CheckBits : std::uint8_t { perhaps, absent };

/// Errors have Layer::mtp2: truncated, bad_length, bad_checksum.
Result<Message> decode(Octets input, CheckBits check_bits, Trace* trace = nullptr);
inline Result<Message> decode(Octets input, Trace* trace = nullptr) {
  return decode(input, CheckBits::perhaps, trace);
}

}  // namespace tollgate::decode::mtp2
