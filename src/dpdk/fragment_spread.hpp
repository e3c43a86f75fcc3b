#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "decode/ip.hpp"
#include "flow/bounded_table.hpp"
#include "flow/ip_fragments.hpp"
#include "message/counters.hpp"

namespace tollgate::dpdk {

/// Which worker the IP fragments of a datagram belong to: to all the same, and where TCP or SCTP is in them
/// that of their connection. Only the first fragment has ports; those that come before it wait for it.
///
/// Where it does not come in time, or too many wait, the worker is that of the addresses: so it is of
/// datagrams that are neither. Once there is a worker it stays, whatever comes later, for as long as a
/// receiver waits for the rest: else the pieces of a datagram could pass two workers of which neither sees
/// it whole. Datagrams are forgotten for newer ones.
class FragmentSpread {
 public:
  static constexpr std::uint64_t hold_ns = 50'000'000;
  static constexpr std::size_t most_held = 64;  ///< packets

  /// `datagrams`: remembered at most, two at least.
  FragmentSpread(Counters& counters, std::uint32_t workers, std::uint32_t datagrams = 16'384);

  struct Given {
    std::uint32_t worker;
    void* packet;
  };
  /// Packets that go on, in the order in which they came. Good until the next call.
  using Gone = std::span<const Given>;

  /// Takes `packet` with a fragment (`fragment.fragment` holds). It is among those that go on, or held.
  Gone take(const decode::IpPacket& fragment, void* packet, std::uint64_t time_ns);
  /// What has waited for too long waits no more.
  Gone expire(std::uint64_t time_ns);
  /// Nothing waits any more.
  Gone finish(std::uint64_t time_ns);

  TableUse use() const { return datagrams_.use(); }

 private:
  struct Datagram {
    std::uint64_t since_ns = 0;
    std::optional<std::uint32_t> worker;
  };
  struct Held {
    flow::IpDatagramKey key;
    std::uint64_t since_ns = 0;
    void* packet = nullptr;
  };

  Datagram& find_or_insert(const flow::IpDatagramKey& key, std::uint64_t time_ns);
  std::optional<std::uint32_t> worker_of_unknown(const decode::IpPacket& fragment) const;
  void decide(const flow::IpDatagramKey& key, Datagram& datagram, std::uint32_t worker);
  void give_up_oldest(std::uint64_t time_ns);
  void give(std::uint32_t worker, void* packet) { gone_[gone_count_++] = {worker, packet}; }
  Gone gone() const { return {gone_.data(), gone_count_}; }

  Counters& counters_;
  std::uint32_t workers_;
  flow::BoundedTable<flow::IpDatagramKey, Datagram> datagrams_;
  std::array<Held, most_held> held_;  ///< in the order in which they came
  std::size_t held_count_ = 0;
  std::array<Given, most_held + 1> gone_{};
  std::size_t gone_count_ = 0;
};

}  // namespace tollgate::dpdk
