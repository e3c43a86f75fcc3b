#pragma once

#include <cstdint>
#include <string_view>

#include "decode/map.hpp"
#include "decode/map_names.hpp"
#include "decode/tcap.hpp"
#include "decode/tpdu.hpp"
#include "decode/trace.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// Local operation codes that carry or route short messages (TS 29.002 17.5).
namespace operation {
inline constexpr std::int32_t mt_forward_sm_vgcs = 21;
inline constexpr std::int32_t mt_forward_sm = 44;
inline constexpr std::int32_t send_routing_info_for_sm = 45;
inline constexpr std::int32_t mo_forward_sm = 46;  ///< in versions 1 and 2 forwardSM, of either direction

// No codes of the standard: what Tollgate keeps in the place of one.
inline constexpr std::int32_t forward_sm = -46;  ///< a 46 of which nothing says in which direction it goes
inline constexpr std::int32_t global = -1;       ///< a global code
}  // namespace operation

/// Whether an operation carries or routes a short message; the others are signalling.
constexpr bool is_short_message(std::int32_t code) {
  return (code >= operation::mt_forward_sm && code <= operation::mo_forward_sm) ||
         code == operation::mt_forward_sm_vgcs || code == operation::forward_sm;
}

/// The code by which an operation is known from here on: a forwardSM of MAP version 1 or 2 has one code for
/// both directions, and becomes that of mo- or mt-forwardSM. Its application context says which; that of
/// version 1 does not, but the kinds of its addresses do (TS 29.002 17.7.6), or in an answer the report.
/// Where nothing does it stays forwardSM, without a direction.
std::int32_t told_apart(std::int32_t code, const decode::map::Context& context,
                        const decode::map::Parameter& parameter);

/// Of an answer whose operation is not known: kind and direction as far as the application context has them.
void set_kind_by_context(const decode::map::Context& context, Message& message);

/// Of a returned error whose operation is not known: kind and direction where the error belongs to forwardSM
/// alone.
void set_kind_by_error(std::int32_t code, const decode::map::Parameter& parameter, Message& message);

/// Fills operation, its code, direction and kind of an invoke, or of an answer to it.
void set_operation(std::int32_t code, std::uint8_t version, Message& message);

/// Turns what MAP parameters hold into a Message's fields. Digits and texts stand in `arena`.
class MapReader {
 public:
  MapReader(Counters& counters, Arena& arena, decode::Trace* trace)
      : counters_(counters), arena_(arena), trace_(trace) {}

  /// An invoke. `message.operation_code` is told apart already.
  void argument(const decode::map::Parameter& argument, Message& message);
  void result(const decode::map::Parameter& result, Message& message);
  void error(const decode::map::Parameter& parameter, Message& message);

  std::string_view digits(Octets tbcd);

 private:
  void addresses(const decode::map::Parameter& parameter, Message& message);
  std::string_view node(Octets address_string);
  void tpdu(Octets octets, bool towards_mobile, decode::RpMessage carrier, Message& message);
  Address address(Octets address_string);

  Counters& counters_;
  Arena& arena_;
  decode::Trace* trace_;
};

}  // namespace tollgate::inspect
