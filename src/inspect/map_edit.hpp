#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "decode/octets.hpp"
#include "decode/tcap.hpp"

// What becomes of a MAP component by a verdict. Its length never changes.
namespace tollgate::inspect {

/// No operation of MAP (TS 29.002 17.5): in versions 2 and 3 its receiver answers with a Reject,
/// unrecognizedOperation.
inline constexpr std::byte unassigned_operation{127};

/// systemFailure, which every operation that carries or routes a short message allows without a parameter.
inline constexpr std::uint8_t default_map_error = 34;

/// An IMSI, TBCD-STRING, all of whose digits are 0: of no subscriber. Fillers stay. As far as `imsi` is that
/// long, its first 16 octets.
struct NobodysImsi {
  explicit NobodysImsi(Octets imsi);
  Octets octets() const { return {room.data(), size}; }

  std::array<std::byte, 16> room;
  std::size_t size;
};

/// What the sender of an invoke that was stopped is told.
struct ReplyToInvoke {
  std::uint8_t error = default_map_error;
  bool accepted = false;       ///< a ReturnResultLast without a result
  bool by_subscriber = false;  ///< the IMSI was changed, not the operation code
};

/// The octets of a component that says so, in the place of `answer`; nothing where that has not the expected
/// shape: a Reject of an invoke for an operation code, a ReturnError without a parameter for an IMSI, in 8
/// octets.
///
///     A4 06 02 01 id 81 01 problem   or   A3 06 02 01 id 02 01 error
///     A3 06 02 01 id 02 01 error     the error that is to be told
///     A2 83 00 00 03 02 01 id        accepted: a length may be written in more octets (X.690 8.1.3.5)
std::optional<std::array<std::byte, 8>> reply_in_place_of(Octets answer, const ReplyToInvoke& reply);

}  // namespace tollgate::inspect
