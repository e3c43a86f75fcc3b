#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "plugin.h"

// The plugin `rate`, by the functions that a host calls: lines `key=value` set it up; behind an empty line,
// each nine octets are a message: what it is rated by, and its time.
namespace {

constexpr std::size_t signals = 15;

struct Host {
  std::uint32_t added = 0;
  bool refused = false;
};
std::uint32_t add_signal(void* host, const tollgate_signal* signal) {
  if (signal->size != sizeof(tollgate_signal) || *signal->name == '\0') __builtin_trap();
  return static_cast<Host*>(host)->added++;
}
void refuse(void* host, const tollgate_setting* about, const char* why) {
  if (about == nullptr || *why == '\0') __builtin_trap();
  static_cast<Host*>(host)->refused = true;
}

tollgate_texts no_hosts(const tollgate_burst* /*burst*/, std::size_t /*message*/) { return {nullptr, 0}; }

tollgate_text view(std::string_view text) { return {text.data(), text.size()}; }

std::string_view line_of(std::string_view& input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view line = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  return line;
}

void detect(const tollgate_plugin& plugin, void* instance, std::string_view octets) {
  tollgate_message message{};
  message.operation = view("mt-forwardSM");
  message.sender.number = message.recipient.address = message.origin.gt = view(octets.substr(0, 1));
  std::memcpy(&message.time_ns, octets.data() + 1, sizeof(message.time_ns));
  const tollgate_message* const messages[] = {&message};
  std::array<double, signals> values;
  values.fill(std::numeric_limits<double>::quiet_NaN());
  double* const of_message[] = {values.data()};
  const std::array<std::uint8_t, signals> wanted{1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1};
  tollgate_burst burst{};
  burst.count = 1;
  burst.messages = messages;
  burst.signals = of_message;
  burst.wanted = wanted.data();
  burst.url_hosts = no_hosts;
  plugin.detect(instance, &burst);
  for (std::size_t i = 0; i < signals; ++i) {
    const bool present = i < 9 && wanted[i] != 0;  // there is no account and no URL
    if (present ? !(values[i] >= 1) : values[i] == values[i]) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::vector<tollgate_setting> settings;
  for (std::string_view line = line_of(input); !line.empty(); line = line_of(input)) {
    const std::size_t equals = std::min(line.find('='), line.size());
    settings.push_back({view(line.substr(0, equals)), view(line.substr(std::min(equals + 1, line.size())))});
  }
  Host host;
  tollgate_opening opening{};
  opening.workers = 1;
  opening.setting_count = settings.size();
  opening.settings = settings.data();
  opening.host = &host;
  opening.add_signal = add_signal;
  opening.refuse = refuse;
  const tollgate_plugin* plugin = tollgate_plugin_get();
  void* instance = plugin->open(&opening);
  if ((instance == nullptr) != host.refused) __builtin_trap();
  if (instance == nullptr) return 0;
  if (host.added != signals) __builtin_trap();
  for (; input.size() >= 9; input.remove_prefix(9)) detect(*plugin, instance, input.substr(0, 9));
  plugin->close(instance);
  return 0;
}
