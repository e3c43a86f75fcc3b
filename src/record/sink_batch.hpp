#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/sink.hpp"
#include "record/unread_counts.hpp"

namespace tollgate::record {

/// Events, or counts of what was not read, on their way to sinks, written once for all of them.
class SinkBatch {
 public:
  /// Adds the event of `message`, whose line is `json`, without a newline.
  void add(const Message& message, std::string_view json);

  /// Adds a count of what was not read. No batch has both events and these.
  void add(UnreadCount count, std::array<std::uint64_t, 2> id);

  bool is_of_unread() const { return !unread_.empty(); }
  std::size_t count() const { return events_.size() + unread_.size(); }
  /// Octets of memory, about.
  std::size_t octets() const {
    return lines_.size() + events_.size() * sizeof(detect::SinkEvent) +
           unread_.size() * sizeof(detect::SinkUnread);
  }
  /// As a sink takes them; good as long as nothing is added.
  std::vector<detect::SinkEvent> events() const;
  std::span<const detect::SinkUnread> unread() const { return unread_; }

 private:
  struct Line {
    std::size_t begin;
    std::size_t size;
  };
  std::string lines_;
  std::vector<Line> places_;
  std::vector<detect::SinkEvent> events_;  ///< without their lines
  std::vector<detect::SinkUnread> unread_;
};

}  // namespace tollgate::record
