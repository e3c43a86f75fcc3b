#include "cli/log_limiter.hpp"

#include <iterator>
#include <utility>

namespace tollgate::cli {

std::vector<LogLimiter::LeftOut> LogLimiter::take_left_out(std::uint64_t now_ns) {
  std::vector<LeftOut> all;
  for (auto at = kinds_.begin(); at != kinds_.end();) {
    Kind& kind = at->second;
    const bool is_over = now_ns - kind.began_ns >= window_ns;
    if (is_over && kind.left_out.lines != 0) all.push_back(std::move(kind.left_out));
    at = is_over ? kinds_.erase(at) : std::next(at);
  }
  return all;
}

bool LogLimiter::admits(const LogPlace& place, LogLevel level, std::string_view text, std::uint64_t now_ns,
                        unsigned most) {
  Kind& kind = kind_of(place, now_ns);
  if (kind.written < most) {
    ++kind.written;
    return true;
  }
  ++kind.left_out.lines;
  kind.left_out.level = level;
  kind.left_out.last = text.substr(0, longest_kept);
  return false;
}

LogLimiter::Kind& LogLimiter::kind_of(const LogPlace& place, std::uint64_t now_ns) {
  if (const auto known = kinds_.find(place); known != kinds_.end()) return known->second;
  const LogPlace at = kinds_.size() < most_kinds - 1 ? place : LogPlace{};
  return kinds_.try_emplace(at, Kind{.began_ns = now_ns, .written = 0, .left_out = {}}).first->second;
}

}  // namespace tollgate::cli
