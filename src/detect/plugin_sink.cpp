#include "detect/plugin_sink.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "detect/plugin_opening.hpp"
#include "plugin.h"
#include "rules/yaml_reader.hpp"

namespace tollgate::detect {
namespace {

// The numbers of plugin.h are those of Message.
static_assert(static_cast<int>(Direction::mo) == TOLLGATE_MO &&
              static_cast<int>(Direction::mt) == TOLLGATE_MT);
static_assert(static_cast<int>(Verdict::pass) + 1 == TOLLGATE_PASS &&
              static_cast<int>(Verdict::divert) + 1 == TOLLGATE_DIVERT);

tollgate_event view(const SinkEvent& event) {
  const bool message = event.kind == Kind::message;
  return {.abi = TOLLGATE_PLUGIN_ABI,
          .size = sizeof(tollgate_event),
          .time_ns = event.time_ns,
          .id = {event.id.data(), event.id.size()},
          .json = text_view(event.json),
          .kind = message ? TOLLGATE_MESSAGE : TOLLGATE_RESPONSE,
          .protocol = event.protocol == Protocol::map ? TOLLGATE_MAP : TOLLGATE_SMPP,
          .direction = static_cast<std::uint32_t>(event.direction),
          .verdict = message ? static_cast<std::uint32_t>(event.verdict) + 1 : 0,
          .alert = event.alert ? 1U : 0U,
          .reserved = 0};
}

tollgate_unread view(const SinkUnread& count) {
  return {.abi = TOLLGATE_PLUGIN_ABI,
          .size = sizeof(tollgate_unread),
          .time_ns = count.time_ns,
          .id = {count.id.data(), count.id.size()},
          .reason = text_view(count.reason),
          .route = text_view(count.route),
          .packets = count.packets};
}

std::string text(std::span<const char> octets) {
  return {octets.begin(), std::find(octets.begin(), octets.end(), '\0')};
}

/// A sink of a plugin.
class PluginSink final : public Sink {
 public:
  PluginSink(const tollgate_plugin& functions, void* instance) : functions_(functions), instance_(instance) {}
  ~PluginSink() override { functions_.close(instance_); }
  PluginSink(const PluginSink&) = delete;
  PluginSink& operator=(const PluginSink&) = delete;

  void take(std::span<const SinkEvent> events) override {
    if (events.empty()) return;
    views_.clear();
    pointers_.clear();
    for (const SinkEvent& event : events) views_.push_back(view(event));
    for (const tollgate_event& event : views_) pointers_.push_back(&event);
    const tollgate_event_batch all{.abi = TOLLGATE_PLUGIN_ABI,
                                   .size = sizeof(tollgate_event_batch),
                                   .count = pointers_.size(),
                                   .events = pointers_.data()};
    functions_.take(instance_, &all);
  }
  /// Plugins of before there were such counts have no function for them.
  bool takes_unread() const override {
    return TOLLGATE_HAS(&functions_, tollgate_plugin, take_unread) && functions_.take_unread != nullptr;
  }
  void take_unread(std::span<const SinkUnread> counts) override {
    if (counts.empty() || !takes_unread()) return;
    std::vector<tollgate_unread> views;
    std::vector<const tollgate_unread*> pointers;
    for (const SinkUnread& count : counts) views.push_back(view(count));
    for (const tollgate_unread& count : views) pointers.push_back(&count);
    const tollgate_unread_batch all{.abi = TOLLGATE_PLUGIN_ABI,
                                    .size = sizeof(tollgate_unread_batch),
                                    .count = pointers.size(),
                                    .counts = pointers.data()};
    functions_.take_unread(instance_, &all);
  }
  void tick(std::uint64_t time_ns) override { functions_.tick(instance_, time_ns); }
  void reopen() override { functions_.reopen(instance_); }
  void finish(std::uint64_t milliseconds) override { functions_.finish(instance_, milliseconds); }
  SinkHealth health() override {
    tollgate_sink_health health{};
    health.abi = TOLLGATE_PLUGIN_ABI;
    health.size = sizeof health;
    functions_.health(instance_, &health);
    return {.sent = health.sent,
            .lost = health.lost,
            .waiting = health.waiting,
            .spooled = health.spooled,
            .refused = health.refused,
            .refused_octets = health.refused_octets,
            .error = text(health.error),
            .refusal = text(health.refusal)};
  }

 private:
  const tollgate_plugin& functions_;
  void* instance_;
  std::vector<tollgate_event> views_;  ///< their room is taken once
  std::vector<const tollgate_event*> pointers_;
};

const SinkModule* find(const Plugins& plugins, const PluginSettings& wanted, rules::Findings& findings) {
  std::vector<std::string_view> names;
  for (const SinkModule& module : plugins.sinks()) {
    if (module.name == wanted.name) return &module;
    names.push_back(module.name);
  }
  const std::string_view meant = rules::nearest(wanted.name, names);
  findings.error(wanted.place,
                 fmt::format("there is no sink `{}`{}", wanted.name,
                             meant.empty() ? std::string{} : fmt::format("; did you mean `{}`?", meant)));
  return nullptr;
}

}  // namespace

std::unique_ptr<Sink> open_sink(const Plugins& plugins, const SinkSettings& settings,
                                const std::string& folder, bool only_check, rules::Findings& findings) {
  const SinkModule* module = find(plugins, settings.plugin, findings);
  if (module == nullptr) return nullptr;
  PluginOpening opening(module->name, module->file, settings.plugin, findings);
  void* instance = opening.open(
      *module->functions, {.name = settings.name, .workers = 1, .folder = folder, .only_check = only_check});
  return instance != nullptr ? std::make_unique<PluginSink>(*module->functions, instance) : nullptr;
}

}  // namespace tollgate::detect
