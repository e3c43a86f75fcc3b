#include "record/unread_counts.hpp"

#include <algorithm>

#include "record/rollup_key.hpp"

namespace tollgate::record {
namespace {

constexpr std::uint64_t minute_ns = 60'000'000'000;

}  // namespace

std::vector<UnreadCount> UnreadCounts::since_last(const Counters& counters, std::span<const Link> links,
                                                  std::uint64_t time_ns) {
  std::vector<UnreadCount> all;
  for (std::size_t link = 0; link < std::min(links.size(), Counters::most_links); ++link) {
    const bool is_several = link + 1 == Counters::most_links && links.size() > Counters::most_links;
    const std::string& route = links[link].route;
    for (const Count count : hiding_counts) {
      const std::uint64_t now = counters.of(count, link);
      const std::uint64_t before = counted_.of(count, link);
      if (now > before)
        all.push_back(
            {time_ns / minute_ns, to_string(count), is_several ? std::string(others) : route, now - before});
    }
  }
  counted_ = counters;
  return all;
}

}  // namespace tollgate::record
