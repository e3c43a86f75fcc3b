#pragma once

#include <cstdint>

#include "message/link.hpp"

namespace tollgate::flow {

/// Where the packets of a direction come in, on a link with two sides.
struct Entrance {
  bool known = false;
  Side side = Side::outside;
  std::uint16_t link = 0;

  /// Whether both are on one link, on the same side of it or not. Packets that take several links may come in
  /// on either side of them.
  bool is_same(const Entrance& other) const { return shares_link(other) && side == other.side; }
  bool is_opposite(const Entrance& other) const { return shares_link(other) && side != other.side; }

 private:
  bool shares_link(const Entrance& other) const { return known && other.known && link == other.link; }
};

}  // namespace tollgate::flow
