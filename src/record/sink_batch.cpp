#include "record/sink_batch.hpp"

#include <utility>

#include <fmt/compile.h>
#include <fmt/format.h>

namespace tollgate::record {

void SinkBatch::add(const Message& message, std::string_view json) {
  detect::SinkEvent event{.time_ns = message.time_ns,
                          .kind = message.kind,
                          .protocol = message.protocol,
                          .direction = message.direction,
                          .verdict = message.judgement.verdict,
                          .alert = message.judgement.alert};
  fmt::format_to(event.id.data(), FMT_COMPILE("{:016x}{:016x}"), message.id.high, message.id.low);
  places_.push_back({lines_.size(), json.size()});
  events_.push_back(event);
  lines_ += json;
}

void SinkBatch::add(UnreadCount count, std::array<std::uint64_t, 2> id) {
  constexpr std::uint64_t minute_ns = 60'000'000'000;
  detect::SinkUnread& added = unread_.emplace_back(detect::SinkUnread{.time_ns = count.minute * minute_ns,
                                                                      .reason = count.reason,
                                                                      .route = std::move(count.route),
                                                                      .packets = count.packets});
  fmt::format_to(added.id.data(), FMT_COMPILE("{:016x}{:016x}"), id[0], id[1]);
}

std::vector<detect::SinkEvent> SinkBatch::events() const {
  std::vector<detect::SinkEvent> events = events_;
  for (std::size_t i = 0; i < events.size(); ++i)
    events[i].json = std::string_view(lines_).substr(places_[i].begin, places_[i].size);
  return events;
}

}  // namespace tollgate::record
