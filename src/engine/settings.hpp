#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "decode/ip_address.hpp"
#include "detect/settings.hpp"
#include "flow/concatenation.hpp"
#include "flow/relay_memory.hpp"
#include "flow/sctp_associations.hpp"
#include "flow/tcp_streams.hpp"
#include "message/home.hpp"
#include "message/link.hpp"
#include "message/network.hpp"

namespace tollgate::engine {

/// Whose the SMPP connections of an address are.
struct Peer {
  IpAddress ip;
  std::string account;
};

/// What the engine needs to know before it starts; the configuration file becomes this. Never changes
/// while the engine runs.
struct Settings {
  Home home;

  std::string rules;  ///< the folder of the rules; empty: none

  bool enforcement = true;          ///< false: verdicts are recorded, nothing is edited
  bool takes_rules = false;         ///< rules may come though there are none yet: messages are stopped then
  std::vector<Link> links{Link{}};  ///< by Packet::link; at least one. A capture comes over the first
  detect::Settings plugins;

  /// A capture has no ports: what comes from these networks is from outside, and has this route.
  std::vector<Network> replay_outside;
  std::string replay_route;

  /// Accounts of SMPP connections whose bind was not seen; by address in ascending order, each once.
  std::vector<Peer> peers;

  /// Reads packets whose checksum is wrong. For captures taken at the sending host, whose interface
  /// fills checksums in after the capture; a receiver would drop such a packet.
  bool ignore_checksums = false;

  // Bounds of the tables, in entries. Their defaults serve an appliance with 2 GiB a worker.
  std::uint32_t smpp_sessions = 65'536;
  std::uint32_t smpp_requests = 1'000'000;  ///< whose response is waited for
  std::uint32_t dialogues = 1'000'000;
  std::uint32_t segmented_messages = 4'096;
  flow::Concatenation::Limits concatenation;
  flow::TcpStreams::Limits tcp;
  flow::RelayMemory::Limits tcp_relay;
  flow::SctpAssociations::Limits sctp;
  std::uint32_t ip_datagrams = 1'024;  ///< of which fragments wait for others
  std::size_t ip_fragment_octets = 8U << 20U;
};

}  // namespace tollgate::engine
