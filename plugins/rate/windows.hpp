#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rate {

struct Window {
  std::string_view name;
  std::uint32_t seconds;
};
inline constexpr std::array<Window, 3> windows{{{"second", 1}, {"minute", 60}, {"hour", 3600}}};

/// How many messages there were in a window, by its place in `windows`.
using Rates = std::array<std::uint64_t, windows.size()>;

/// Counts messages in slots of a second, a minute and an hour of UTC: of each the current one and the one
/// before. The rate at a time is the current slot's count and that part of the count before which the window
/// still reaches into, rounded down: at 12:00:45, a quarter of what came from 11:59:00 to 12:00:00.
struct Slots {
  std::uint32_t newest = 0;  ///< the second of the newest message
  std::array<std::uint32_t, windows.size()> current{};
  std::array<std::uint32_t, windows.size()> before{};

  /// Time does not go back for a key; only what is more than an hour old is another beginning.
  void advance(std::uint32_t second) {
    constexpr std::uint32_t most_back = 3600;
    if (second <= newest) {
      if (newest - second > most_back) *this = {.newest = second};
      return;
    }
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const std::uint32_t passed = second / windows[i].seconds - newest / windows[i].seconds;
      if (passed == 0) continue;
      before[i] = passed == 1 ? current[i] : 0;
      current[i] = 0;
    }
    newest = second;
  }

  /// At a time that is not before `newest`, or else then.
  Rates rates(std::uint64_t time_ms) const {
    const std::uint64_t at = std::max(time_ms, std::uint64_t{newest} * 1000);
    Rates found;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const std::uint64_t length = std::uint64_t{windows[i].seconds} * 1000;
      found[i] = current[i] + before[i] * (length - at % length) / length;
    }
    return found;
  }

  /// All that is counted of a window, whatever part it still reaches into.
  std::uint64_t weight(std::size_t window) const { return std::uint64_t{current[window]} + before[window]; }
};

/// The slot of a window in which a time lies; says of others without dividing for each.
class Slot {
 public:
  Slot(std::size_t window, std::uint32_t second)
      : length_(windows[window].seconds), begin_(second - second % length_) {}

  /// Whether the window has left all behind that was counted up to the second `newest`.
  bool has_left(std::uint32_t newest) const { return std::uint64_t{newest} + length_ < begin_; }

  /// What `Slots::weight` would be then.
  std::uint64_t weight(std::uint32_t newest, std::uint32_t current, std::uint32_t before) const {
    if (newest >= begin_) return std::uint64_t{current} + before;
    return has_left(newest) ? 0 : current;
  }

 private:
  std::uint32_t length_;
  std::uint32_t begin_;
};

}  // namespace rate
