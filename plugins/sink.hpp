// The C functions of a sink, which are the same for all that are written in C++.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include "plugin.h"
#include "sink_settings.hpp"

namespace sinks {

/// A plugin whose instances are of `Sink`, a class with `take`, `tick`, `reopen`, `finish` and `health`, and
/// with `take_unread` where it asks for that. `make` asks for all settings, then for `good`, and gives a
/// sink; or null, where they are not good or are only to be checked. What it throws is refused.
template <class Sink, std::unique_ptr<Sink> (*make)(Settings& given)>
struct Plugin {
  static constexpr bool takes_unread = requires(Sink & sink, const tollgate_unread_batch& counts) {
    sink.take_unread(counts);
  };

  /// Has nothing inside where settings were only checked.
  struct Instance {
    std::unique_ptr<Sink> sink;
  };

  static void* open(const tollgate_opening* opening) {
    Settings given(*opening);
    try {
      std::unique_ptr<Sink> sink = make(given);
      return given.good() ? new Instance{std::move(sink)} : nullptr;
    } catch (const std::exception& error) {
      given.refuse(error.what());
      return nullptr;
    }
  }
  static Sink& of(void* instance) { return *static_cast<Instance*>(instance)->sink; }

  static void close(void* instance) { delete static_cast<Instance*>(instance); }
  static void take(void* instance, const tollgate_event_batch* events) { of(instance).take(*events); }
  static void tick(void* instance, std::uint64_t time_ns) { of(instance).tick(time_ns); }
  static void reopen(void* instance) { of(instance).reopen(); }
  static void health(void* instance, tollgate_sink_health* health) { tell(*health, of(instance).health()); }
  static void finish(void* instance, std::uint64_t milliseconds) {
    of(instance).finish(std::chrono::milliseconds(milliseconds));
  }

  static void take_unread(void* instance, const tollgate_unread_batch* counts) requires takes_unread {
    of(instance).take_unread(*counts);
  }
  /// Null where the sink has none.
  static constexpr auto unread_function() -> void (*)(void*, const tollgate_unread_batch*) {
    if constexpr (takes_unread) return take_unread;
    return nullptr;
  }

  /// What a module gives of itself.
  static const tollgate_plugin* describe(const char* name) {
    static const tollgate_plugin plugin{TOLLGATE_PLUGIN_ABI,
                                        sizeof(tollgate_plugin),
                                        TOLLGATE_SINK,
                                        0,
                                        name,
                                        open,
                                        nullptr,
                                        close,
                                        take,
                                        tick,
                                        reopen,
                                        health,
                                        finish,
                                        unread_function()};
    return &plugin;
  }
};

}  // namespace sinks
