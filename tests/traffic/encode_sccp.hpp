#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "traffic/bytes.hpp"

namespace tollgate::traffic {

/// A called or calling party address (Q.713 3.4).
struct SccpAddress {
  unsigned global_title_indicator = 4;  ///< 0 none, 1 nature of address, 2 TT, 3 TT + NP, 4 TT + NP + nature
  std::string digits;
  std::uint8_t translation_type = 0;
  std::uint8_t numbering_plan = 1;
  std::uint8_t nature_of_address = 4;
  std::optional<std::uint8_t> ssn;
  std::optional<std::uint16_t> pc;
  bool route_on_ssn = false;
};

namespace sccp {

/// How a piece of user data travels (Q.713 4).
enum class Form { udt, xudt, ludt };

struct Segment {
  bool first = true;
  std::uint8_t remaining = 0;
  std::uint32_t local_reference = 0;
};

struct Message {
  Form form = Form::udt;
  SccpAddress called;
  SccpAddress calling;
  std::span<const std::uint8_t> data;
  bool return_on_error = false;
  bool in_sequence = true;
  std::optional<std::uint8_t> return_cause;  ///< makes it UDTS, XUDTS or LUDTS
  std::optional<Segment> segment;            ///< XUDT and LUDT only
};

void address(Bytes& out, const SccpAddress& address);
void message(Bytes& out, const Message& message);

/// Digits as binary coded decimals, the first in the low bits; a filler of 0 closes an odd number of them.
void bcd(Bytes& out, std::string_view digits, std::uint8_t filler = 0);

}  // namespace sccp
}  // namespace tollgate::traffic
