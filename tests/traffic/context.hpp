#pragma once

#include <array>
#include <memory>

#include "traffic/association.hpp"
#include "traffic/connection.hpp"
#include "traffic/random.hpp"
#include "traffic/timeline.hpp"

namespace tollgate::traffic {

/// What carries SCCP.
enum class Adaptation { m3ua, m2pa, m2ua, sua, mtp2, mtp3, sccp };
constexpr std::size_t adaptation_count = 7;

/// What all scenarios share.
struct Context {
  Context(Wire& wire_, std::uint64_t seed) : wire(wire_), truth(wire_.truth()), random(seed) {}

  Wire& wire;
  Truth& truth;
  Random random;
  Timeline timeline;
  std::uint64_t now_ns = 0;
  std::uint64_t messages = 0;  ///< events of kind `message` so far
  std::uint32_t transactions = 0x1000;
  std::vector<Unit>* held = nullptr;  ///< where units wait instead of the timeline, to be sent together

  /// The association (or bare link) for an adaptation, opened when first asked for.
  std::shared_ptr<Carrier> ss7(Adaptation adaptation, bool v6);
  /// A new SMPP connection; its hosts and ports differ from those of the ones before.
  std::shared_ptr<Connection> connection(bool v6, bool handshake, std::uint16_t server_port);
  /// Ends what is still open.
  void close();

 private:
  std::array<std::array<std::shared_ptr<Carrier>, 2>, adaptation_count> ss7_;
  std::uint32_t connections_ = 0;
};

}  // namespace tollgate::traffic
