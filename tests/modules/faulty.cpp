// Plugins that Tollgate has to refuse: FAULT says what is wrong with this one.
#include <cstddef>
#include <cstdint>

#include "plugin.h"

namespace {

enum Fault {
  none,
  other_abi,
  too_small,
  bad_name,
  sink,
  no_detect,
  refuses,
  refuses_setting,
  says_nothing,
  refuses_and_opens,
  signal_twice,
  signal_of_bad_name,
  signal_of_unknown_type,
  signal_is_field,
};
constexpr Fault fault = FAULT;
int opened = 0;

std::uint32_t add(const tollgate_opening* opening, const char* name, std::uint32_t type = TOLLGATE_COUNT) {
  const tollgate_signal signal{
      TOLLGATE_PLUGIN_ABI, sizeof(tollgate_signal), type, 0, name, "messages", nullptr};
  return opening->add_signal(opening->host, &signal);
}

void* open(const tollgate_opening* opening) {
  const auto refuse = [&](const tollgate_setting* about, const char* why) {
    opening->refuse(opening->host, about, why);
  };
  switch (fault) {
    case refuses: refuse(nullptr, "the moon is not full"); return nullptr;
    case refuses_setting:
      for (std::size_t i = 0; i < opening->setting_count; ++i) refuse(&opening->settings[i], "unknown key");
      return nullptr;
    case says_nothing: return nullptr;
    case refuses_and_opens: refuse(nullptr, "something is wrong"); break;
    case signal_twice:
      add(opening, "level");
      if (add(opening, "level") != TOLLGATE_NO_SIGNAL) return nullptr;
      break;
    case signal_of_bad_name: add(opening, "High-Level"); break;
    case signal_of_unknown_type: add(opening, "level", 9); break;
    case signal_is_field: add(opening, "type"); break;
    default: break;
  }
  ++opened;
  return &opened;
}
void detect(void* /*instance*/, const tollgate_burst* /*burst*/) {}
void close(void* instance) {
  if (instance != &opened || --opened < 0) __builtin_trap();  // closed once, and only what was opened
}

}  // namespace

const tollgate_plugin* tollgate_plugin_get() {
  static const tollgate_plugin plugin{fault == other_abi ? 7U : TOLLGATE_PLUGIN_ABI,
                                      fault == too_small ? 16U : std::uint32_t{sizeof(tollgate_plugin)},
                                      fault == sink ? TOLLGATE_SINK : TOLLGATE_DETECTOR,
                                      0,
                                      fault == bad_name          ? "My Plugin"
                                      : fault == signal_is_field ? "sender"
                                                                 : "faulty",
                                      open,
                                      fault == no_detect ? nullptr : detect,
                                      close};
  return &plugin;
}
