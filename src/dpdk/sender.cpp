#include "dpdk/sender.hpp"

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_pause.h>

namespace tollgate::dpdk {
namespace {

constexpr unsigned most_attempts = 1000;  // some 50 microseconds of pauses

}  // namespace

/// A port that is behind is given a moment; one that took nothing the last time has to show first that it
/// does.
void Sender::flush(std::uint16_t port, Leaving& leaving) {
  const unsigned attempts = leaving.stuck ? 1 : most_attempts;
  std::uint16_t sent = 0;
  for (unsigned attempt = 0; sent < leaving.count && attempt < attempts; ++attempt) {
    if (attempt != 0) rte_pause();
    sent =
        static_cast<std::uint16_t>(sent + rte_eth_tx_burst(port, queue_, leaving.packets.data() + sent,
                                                           static_cast<std::uint16_t>(leaving.count - sent)));
  }
  leaving.stuck = sent == 0;
  const unsigned left = leaving.count - sent;
  if (left != 0) {
    counters_.add(Count::lost_no_tx_room, left);
    rte_pktmbuf_free_bulk(leaving.packets.data() + sent, left);
  }
  leaving.count = 0;
}

}  // namespace tollgate::dpdk
