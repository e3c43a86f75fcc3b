#include "engine/memory.hpp"

#include <array>

#include "enforce/sctp_edits.hpp"

namespace tollgate::engine {
namespace {

/// To be raised when the meaning of a part changes and its size does not.
constexpr std::uint64_t version = 1;

constexpr std::size_t cache_line = 64;
constexpr std::size_t round_up(std::size_t size) { return (size + cache_line - 1) / cache_line * cache_line; }

std::array<std::size_t, 3> sizes_of(const Settings& settings) {
  return {round_up(flow::SctpAssociations::memory_size(settings.sctp)),
          round_up(enforce::SctpEdits::memory_size()), round_up(flow::RelayMemory::size(settings.tcp_relay))};
}

}  // namespace

std::size_t Memory::size(const Settings& settings) {
  std::size_t all = 0;
  for (const std::size_t size : sizes_of(settings)) all += size;
  return all;
}

std::uint64_t Memory::layout(const Settings& settings) {
  std::uint64_t digest = version;
  for (const std::size_t size : sizes_of(settings)) digest = digest * 0x9e3779b97f4a7c15 + size;
  return digest;
}

Memory Memory::in(std::span<std::byte> whole, const Settings& settings) {
  const auto sizes = sizes_of(settings);
  return {.sctp_tsns = whole.first(sizes[0]),
          .sctp_edits = whole.subspan(sizes[0], sizes[1]),
          .tcp_relay = whole.subspan(sizes[0] + sizes[1], sizes[2])};
}

}  // namespace tollgate::engine
