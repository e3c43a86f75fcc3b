// A sink that writes what it is told of packets that were not read into the file that its setting names. ASKS
// says whether it asks for that: `yes`, `no`, or `older`, as a plugin of before that could be asked for,
// behind whose description stands something else.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

#include "plugin.h"

namespace {

enum Asks { yes, no, older };
constexpr Asks asks = ASKS;

std::string text(const tollgate_text& from) { return {from.data, from.size}; }

struct Sink {
  std::ofstream file;
};

void* open(const tollgate_opening* opening) {
  return new Sink{std::ofstream(text(opening->settings[0].value))};
}
void close(void* instance) { delete static_cast<Sink*>(instance); }
void take(void* /*instance*/, const tollgate_event_batch* /*events*/) {}
void tick(void* /*instance*/, uint64_t /*time_ns*/) {}
void reopen(void* /*instance*/) {}
void health(void* /*instance*/, tollgate_sink_health* /*health*/) {}
void finish(void* /*instance*/, uint64_t /*milliseconds*/) {}

void take_unread(void* instance, const tollgate_unread_batch* counts) {
  if (asks == older) __builtin_trap();
  for (std::size_t i = 0; i < counts->count; ++i) {
    const tollgate_unread& count = *counts->counts[i];
    static_cast<Sink*>(instance)->file << count.time_ns << ' ' << text(count.id) << ' ' << text(count.reason)
                                       << ' ' << text(count.route) << ' ' << count.packets << std::endl;
  }
}

}  // namespace

const tollgate_plugin* tollgate_plugin_get() {
  static const tollgate_plugin plugin{TOLLGATE_PLUGIN_ABI,
                                      asks == older ? std::uint32_t{offsetof(tollgate_plugin, take_unread)}
                                                    : std::uint32_t{sizeof(tollgate_plugin)},
                                      TOLLGATE_SINK,
                                      0,
                                      "counting",
                                      open,
                                      nullptr,
                                      close,
                                      take,
                                      tick,
                                      reopen,
                                      health,
                                      finish,
                                      asks == no ? nullptr : take_unread};
  return &plugin;
}
