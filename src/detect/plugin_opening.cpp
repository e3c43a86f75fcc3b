#include "detect/plugin_opening.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "rules/field.hpp"

namespace tollgate::detect {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string text_of(const char* text, const char* else_) { return text != nullptr ? text : else_; }

PluginOpening::PluginOpening(std::string plugin, std::string file, const PluginSettings& settings,
                             rules::Findings& findings)
    : plugin_(std::move(plugin)), file_(std::move(file)), settings_(settings), findings_(findings) {
  for (const auto& setting : settings.settings)
    views_.push_back({text_view(setting.key), text_view(setting.value)});
}

void* PluginOpening::open(const tollgate_plugin& functions, const How& how) {
  const tollgate_opening opening{.abi = TOLLGATE_PLUGIN_ABI,
                                 .size = sizeof(tollgate_opening),
                                 .workers = how.workers,
                                 .reserved = 0,
                                 .setting_count = views_.size(),
                                 .settings = views_.data(),
                                 .host = this,
                                 .add_signal = add_signal,
                                 .refuse = refuse,
                                 .name = text_view(how.name),
                                 .folder = text_view(how.folder),
                                 .only_check = how.only_check ? 1U : 0U,
                                 .reserved2 = 0};
  void* instance = functions.open(&opening);
  if (instance == nullptr && !refused_) fault("did not open, and does not say why");
  if (instance != nullptr && refused_) functions.close(instance);
  return refused_ ? nullptr : instance;
}

std::uint32_t PluginOpening::add_signal(void* host, const tollgate_signal* signal) {
  return static_cast<PluginOpening*>(host)->add(*signal);
}

void PluginOpening::refuse(void* host, const tollgate_setting* about, const char* why) {
  static_cast<PluginOpening*>(host)->refuse(about, text_of(why));
}

std::uint32_t PluginOpening::add(const tollgate_signal& signal) {
  const std::string name = text_of(signal.name);
  const std::string full = fmt::format("{}.{}", plugin_, name);
  if (!is_name(name))
    return no_signal(
        fmt::format("registers a signal `{}`; a signal's name is small letters, digits and _, "
                    "from a letter on",
                    name));
  if (rules::find_field(full))
    return no_signal(fmt::format("registers the signal `{}`, which is a field of the event", full));
  if (std::any_of(signals.begin(), signals.end(), [&](const Signal& s) { return s.name == full; }))
    return no_signal(fmt::format("registers the signal `{}` twice", full));
  if (signal.type != TOLLGATE_COUNT && signal.type != TOLLGATE_NUMBER)
    return no_signal(fmt::format("registers the signal `{}` with the unknown type {}", full, signal.type));
  signals.push_back(
      {full, static_cast<Signal::Type>(signal.type), text_of(signal.unit), text_of(signal.help)});
  return static_cast<std::uint32_t>(signals.size() - 1);
}

std::uint32_t PluginOpening::no_signal(const std::string& why) {
  fault(why);
  return TOLLGATE_NO_SIGNAL;
}

void PluginOpening::refuse(const tollgate_setting* about, const std::string& why) {
  refused_ = true;
  rules::Place place = settings_.place.file.empty() ? rules::Place{file_, 0, 0} : settings_.place;
  if (about >= views_.data() && about < views_.data() + views_.size())
    place = settings_.settings[static_cast<std::size_t>(about - views_.data())].place;
  findings_.error(place, fmt::format("plugin {}: {}", plugin_, why));
}

void PluginOpening::fault(const std::string& what) {
  refused_ = true;
  findings_.error({file_, 0, 0}, fmt::format("the plugin {} {}", plugin_, what));
}

}  // namespace tollgate::detect
