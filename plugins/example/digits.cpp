// An example of a detector: how much of a text is digits. Rules compare it as
//
//     digits.share: '> 50'
//
// and tollgate.yaml may say from which length on texts are looked at:
//
//     plugins: {digits: {shortest: 20}}
#include <algorithm>
#include <charconv>
#include <string_view>

#include "plugin.h"

namespace {

std::string_view view(const tollgate_text& text) { return {text.data, text.size}; }

/// Does not change after open(), so that all workers can read it.
struct Digits {
  std::size_t shortest = 1;
  std::uint32_t share = TOLLGATE_NO_SIGNAL;
};

void* open(const tollgate_opening* opening) {
  Digits digits;
  for (std::size_t i = 0; i < opening->setting_count; ++i) {
    const tollgate_setting* setting = &opening->settings[i];
    const std::string_view value = view(setting->value);
    if (view(setting->key) != "shortest") {
      opening->refuse(opening->host, setting, "unknown key; expected shortest");
      return nullptr;
    }
    const auto read = std::from_chars(value.data(), value.data() + value.size(), digits.shortest);
    if (read.ptr != value.data() + value.size() || digits.shortest == 0) {
      opening->refuse(opening->host, setting, "expected a number of octets, 1 or more");
      return nullptr;
    }
  }
  const tollgate_signal share{TOLLGATE_PLUGIN_ABI, sizeof(tollgate_signal), TOLLGATE_NUMBER, 0, "share",
                              "percent",           "digits in the text"};
  digits.share = opening->add_signal(opening->host, &share);
  return new Digits(digits);
}

void detect(void* instance, const tollgate_burst* burst) {
  const auto& digits = *static_cast<const Digits*>(instance);
  if (burst->wanted[digits.share] == 0) return;
  for (std::size_t i = 0; i < burst->count; ++i) {
    const std::string_view text = view(burst->messages[i]->text);
    if (text.size() < digits.shortest) continue;  // the signal stays missing
    const auto found = std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    burst->signals[i][digits.share] = 100.0 * static_cast<double>(found) / static_cast<double>(text.size());
  }
}

void close(void* instance) { delete static_cast<Digits*>(instance); }

}  // namespace

const tollgate_plugin* tollgate_plugin_get() {
  static const tollgate_plugin plugin{
      TOLLGATE_PLUGIN_ABI, sizeof(tollgate_plugin), TOLLGATE_DETECTOR, 0, "digits", open, detect, close};
  return &plugin;
}
