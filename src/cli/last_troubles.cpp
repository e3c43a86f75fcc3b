#include "cli/last_troubles.hpp"

#include <algorithm>

namespace tollgate::cli {

void LastTroubles::add(const LogPlace& place, LogLevel level, std::string_view what, std::uint64_t time_ns) {
  const auto known =
      std::find_if(all_.begin(), all_.end(), [&](const Trouble& one) { return one.place == place; });
  if (known != all_.end()) {
    all_.splice(all_.begin(), all_, known);
  } else {
    if (all_.size() == most) all_.pop_back();
    all_.push_front({.place = place, .first_ns = time_ns});
  }
  Trouble& newest = all_.front();
  newest.level = level;
  newest.what = what.substr(0, longest_kept);
  newest.last_ns = time_ns;
  ++newest.count;
}

}  // namespace tollgate::cli
