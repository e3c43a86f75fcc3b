#pragma once

#include <cstdint>
#include <string>

namespace tollgate {

/// The two ends of a link: where the other networks are, and the own one.
enum class Side : std::uint8_t { outside, inside };

constexpr Side opposite(Side side) { return side == Side::outside ? Side::inside : Side::outside; }

/// A pair of ports with Tollgate between them, or a mirror of one. Never changes while the engine runs.
struct Link {
  std::string name;
  std::string route;
  /// It has two ports: what one end of a connection sends comes in on one of them, what the other does on the
  /// other.
  bool two_sided = false;
  bool tap = false;  ///< what comes in leaves nowhere: nothing can be enforced
  /// What happens to what cannot be inspected (a PDU larger than the bound, a message whose pieces do not
  /// come together, a worker that is behind): `overload: open` lets it pass, `closed` stops it. Counted
  /// either way.
  bool closed = false;
};

}  // namespace tollgate
