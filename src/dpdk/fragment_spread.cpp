#include "dpdk/fragment_spread.hpp"

#include "dpdk/spread.hpp"
#include "flow/elapsed.hpp"

namespace tollgate::dpdk {
namespace {

bool has_connections(std::uint8_t protocol) {
  return protocol == decode::ip_protocol_tcp || protocol == decode::ip_protocol_sctp;
}

}  // namespace

FragmentSpread::FragmentSpread(Counters& counters, std::uint32_t workers, std::uint32_t datagrams)
    : counters_(counters), workers_(workers), datagrams_(datagrams) {}

FragmentSpread::Gone FragmentSpread::take(const decode::IpPacket& fragment, void* packet,
                                          std::uint64_t time_ns) {
  gone_count_ = 0;
  // What no receiver takes, and what has no connection, decides nothing.
  if (fragment.cut || !decode::ip_checksum_ok(fragment) || !flow::may_have_connections(fragment)) {
    give(worker_of(fragment, workers_), packet);
    return gone();
  }
  const auto key = flow::IpDatagramKey::of(fragment);
  Datagram& datagram = find_or_insert(key, time_ns);
  if (!datagram.worker) {
    if (const auto worker = worker_of_unknown(fragment)) decide(key, datagram, *worker);
    else if (held_count_ == most_held) give_up_oldest(time_ns);  // which may be this one
  }
  if (datagram.worker) give(*datagram.worker, packet);
  else held_[held_count_++] = {key, time_ns, packet};
  return gone();
}

FragmentSpread::Gone FragmentSpread::expire(std::uint64_t time_ns) {
  gone_count_ = 0;
  while (held_count_ != 0 && flow::elapsed(held_[0].since_ns, time_ns) >= hold_ns) give_up_oldest(time_ns);
  return gone();
}

FragmentSpread::Gone FragmentSpread::finish(std::uint64_t time_ns) {
  gone_count_ = 0;
  while (held_count_ != 0) give_up_oldest(time_ns);
  return gone();
}

FragmentSpread::Datagram& FragmentSpread::find_or_insert(const flow::IpDatagramKey& key,
                                                         std::uint64_t time_ns) {
  const auto is_old = [&](const Datagram& datagram) {
    return flow::elapsed(datagram.since_ns, time_ns) > flow::IpFragments::lifetime_ns;
  };
  const auto place =
      datagrams_.find_or_insert(key, [&](const flow::IpDatagramKey&, const Datagram& datagram) {
        if (!is_old(datagram)) counters_.add(Count::evicted_ip_spread);
      });
  if (place.inserted || is_old(*place.value)) *place.value = {.since_ns = time_ns, .worker = {}};
  return *place.value;
}

/// None where the first fragment is to tell, and this one does not.
std::optional<std::uint32_t> FragmentSpread::worker_of_unknown(const decode::IpPacket& fragment) const {
  const std::uint32_t by_addresses = worker_of(fragment, workers_);
  if (fragment.fragment_offset != 0) return {};
  const auto behind_extensions = decode::decode_ip_reassembled(fragment, fragment.payload);
  if (!behind_extensions) return {};
  if (!has_connections(behind_extensions->protocol)) return by_addresses;
  if (!has_ports(*behind_extensions)) return {};
  return worker_of(*behind_extensions, workers_);
}

/// Those that have waited for that go on.
void FragmentSpread::decide(const flow::IpDatagramKey& key, Datagram& datagram, std::uint32_t worker) {
  datagram.worker = worker;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < held_count_; ++i) {
    if (held_[i].key == key) give(worker, held_[i].packet);
    else held_[kept++] = held_[i];
  }
  held_count_ = kept;
}

void FragmentSpread::give_up_oldest(std::uint64_t time_ns) {
  const flow::IpDatagramKey key = held_[0].key;
  counters_.add(Count::parted_ip_datagram);
  decide(key, find_or_insert(key, time_ns), worker_of(key.source, key.destination, workers_));
}

}  // namespace tollgate::dpdk
