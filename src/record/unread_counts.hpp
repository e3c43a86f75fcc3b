#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "message/counters.hpp"
#include "message/link.hpp"

namespace tollgate::record {

/// Packets that may have carried messages and were not read.
struct UnreadCount {
  std::uint64_t minute = 0;  ///< since 1970
  std::string_view reason;   ///< the counter's name
  std::string route;         ///< of the link
  std::uint64_t packets = 0;
};

/// Tells what is new of that, from what engines have counted in all. One thread at a time.
class UnreadCounts {
 public:
  std::vector<UnreadCount> since_last(const Counters& counters, std::span<const Link> links,
                                      std::uint64_t time_ns);

 private:
  Counters counted_;
};

}  // namespace tollgate::record
