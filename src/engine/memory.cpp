#include "engine/memory.hpp"

#include <array>

#include "enforce/sctp_edits.hpp"
#include "flow/owed_replies.hpp"
#include "inspect/smpp.hpp"
#include "inspect/tcap.hpp"

namespace tollgate::engine {
namespace {

/// To be raised when the meaning of a part changes that has no version of its own, and its size does not.
constexpr std::uint64_t version = 2;

constexpr std::size_t cache_line = 64;
constexpr std::size_t round_up(std::size_t size) { return (size + cache_line - 1) / cache_line * cache_line; }

struct Part {
  std::span<std::byte> Memory::*member;
  std::size_t size;
};

auto parts_of(const Settings& settings) {
  const std::size_t smpp_owed = flow::OwedReplies::memory_size(inspect::Smpp::most_owed);
  const std::size_t map_owed = flow::OwedReplies::memory_size(inspect::Tcap::most_owed);
  std::array parts{Part{&Memory::sctp_tsns, flow::SctpAssociations::memory_size(settings.sctp)},
                   Part{&Memory::sctp_edits, enforce::SctpEdits::memory_size()},
                   Part{&Memory::tcp_relay, flow::RelayMemory::size(settings.tcp_relay)},
                   Part{&Memory::smpp_sessions, inspect::SmppSessions::memory_size(settings.smpp_sessions)},
                   Part{&Memory::smpp_owed, smpp_owed},
                   Part{&Memory::map_owed, map_owed}};
  for (Part& part : parts) part.size = round_up(part.size);
  return parts;
}

}  // namespace

std::size_t Memory::size(const Settings& settings) {
  std::size_t all = 0;
  for (const Part& part : parts_of(settings)) all += part.size;
  return all;
}

std::uint64_t Memory::layout(const Settings& settings) {
  std::uint64_t digest = version;
  const auto add = [&digest](std::uint64_t number) { digest = digest * 0x9e3779b97f4a7c15 + number; };
  add(flow::RelayMemory::version);
  for (const Part& part : parts_of(settings)) add(part.size);
  for (const Link& link : settings.links) {  // what is kept names them by their place
    add(link.tap ? 1 : 0);
    add(link.name.size());
    for (const char c : link.name) add(static_cast<unsigned char>(c));
  }
  return digest;
}

Memory Memory::in(std::span<std::byte> whole, const Settings& settings) {
  Memory memory;
  for (const Part& part : parts_of(settings)) {
    memory.*part.member = whole.first(part.size);
    whole = whole.subspan(part.size);
  }
  return memory;
}

}  // namespace tollgate::engine
