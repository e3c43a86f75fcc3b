#include "detect/plugins.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <dlfcn.h>
#include <fmt/format.h>

#include "rules/field.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::detect {
namespace {

namespace fs = std::filesystem;

/// Small letters, digits and _, from a letter on.
bool is_name(std::string_view text) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

/// A text of the plugin's, or `else_` where it has none.
std::string text_of(const char* text, const char* else_ = "") { return text != nullptr ? text : else_; }

tollgate_text text_view(const std::string& text) { return {text.data(), text.size()}; }

/// The modules of `folder`: NAME.so, or NAME/NAME.so, as they are built.
std::vector<std::string> modules_of(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const bool is_folder = entry.is_directory(error);
    const fs::path file = is_folder ? entry.path() / entry.path().filename().concat(".so") : entry.path();
    if (file.extension() == ".so" && fs::is_regular_file(file, error)) found.push_back(file);
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// dlerror() begins with the file, which the finding's place says already.
std::string reason_of(const char* error, const std::string& file) {
  std::string_view reason = error != nullptr ? error : "for an unknown reason";
  if (reason.starts_with(file + ": ")) reason.remove_prefix(file.size() + 2);
  return std::string(reason);
}

/// What open() reports to, for one plugin.
class Opening {
 public:
  Opening(std::string plugin, const std::string& file, const PluginSettings& settings,
          rules::Findings& findings)
      : plugin_(std::move(plugin)), file_(file), settings_(settings), findings_(findings) {
    for (const auto& setting : settings.settings)
      views_.push_back({text_view(setting.key), text_view(setting.value)});
  }

  void* open(const tollgate_plugin& functions, std::uint32_t workers) {
    const tollgate_opening opening{.abi = TOLLGATE_PLUGIN_ABI,
                                   .size = sizeof(tollgate_opening),
                                   .workers = workers,
                                   .reserved = 0,
                                   .setting_count = views_.size(),
                                   .settings = views_.data(),
                                   .host = this,
                                   .add_signal = add_signal,
                                   .refuse = refuse};
    void* instance = functions.open(&opening);
    if (instance == nullptr && !refused_) fault("did not open, and does not say why");
    if (instance != nullptr && refused_) functions.close(instance);
    return refused_ ? nullptr : instance;
  }

  std::vector<Signal> signals;

 private:
  static std::uint32_t add_signal(void* host, const tollgate_signal* signal) {
    return static_cast<Opening*>(host)->add(*signal);
  }
  static void refuse(void* host, const tollgate_setting* about, const char* why) {
    static_cast<Opening*>(host)->refuse(about, text_of(why));
  }

  std::uint32_t add(const tollgate_signal& signal) {
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

  std::uint32_t no_signal(const std::string& why) {
    fault(why);
    return TOLLGATE_NO_SIGNAL;
  }

  void refuse(const tollgate_setting* about, const std::string& why) {
    refused_ = true;
    rules::Place place = settings_.place.file.empty() ? rules::Place{file_, 0, 0} : settings_.place;
    if (about >= views_.data() && about < views_.data() + views_.size())
      place = settings_.settings[static_cast<std::size_t>(about - views_.data())].place;
    findings_.error(place, fmt::format("plugin {}: {}", plugin_, why));
  }
  void fault(const std::string& what) {
    refused_ = true;
    findings_.error({file_, 0, 0}, fmt::format("the plugin {} {}", plugin_, what));
  }

  std::string plugin_;
  const std::string& file_;
  const PluginSettings& settings_;
  rules::Findings& findings_;
  std::vector<tollgate_setting> views_;
  bool refused_ = false;
};

}  // namespace

std::string_view to_string(Signal::Type type) { return type == Signal::Type::count ? "count" : "number"; }

std::string default_folder() {
  std::error_code error;
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "plugins";
  return fs::is_directory(beside, error) ? beside.string() : TOLLGATE_PLUGIN_FOLDER;
}

Plugins::Plugins(const Settings& settings, rules::Findings& findings) : workers_(settings.workers) {
  const std::string folder = settings.folder.empty() ? default_folder() : settings.folder;
  std::error_code error;
  if (!settings.folder.empty() && !fs::is_directory(folder, error))
    findings.error(settings.folder_place, fmt::format("no plugins: {} is not a folder", folder));
  for (const std::string& file : modules_of(folder)) load(file, settings, findings);
  for (const PluginSettings& plugin : settings.plugins) {
    std::vector<std::string_view> names(seen_.begin(), seen_.end());
    if (std::find(names.begin(), names.end(), plugin.name) != names.end()) continue;
    const std::string_view meant = rules::nearest(plugin.name, names);
    findings.error(plugin.place,
                   fmt::format("no plugin `{}` in {}{}", plugin.name, folder,
                               meant.empty() ? std::string{} : fmt::format("; did you mean `{}`?", meant)));
  }
}

Plugins::~Plugins() {
  for (const Plugin& plugin : plugins_) plugin.functions->close(plugin.instance);
}

std::vector<std::string> Plugins::signal_names() const {
  std::vector<std::string> names;
  for (const Signal& signal : signals_) names.push_back(signal.name);
  return names;
}

// A module stays loaded, also one that is refused: what it did when it was loaded may need it.
void Plugins::load(const std::string& file, const Settings& settings, rules::Findings& findings) {
  const auto refuse = [&](std::string why) { findings.error({file, 0, 0}, std::move(why)); };
  void* module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return refuse(fmt::format("cannot be loaded: {}", reason_of(::dlerror(), file)));
  using Get = const tollgate_plugin* (*)();
  const auto get = reinterpret_cast<Get>(::dlsym(module, "tollgate_plugin_get"));
  if (get == nullptr) return refuse("is no plugin: it has no function tollgate_plugin_get");
  const tollgate_plugin* functions = get();
  if (functions == nullptr) return refuse("is no plugin: tollgate_plugin_get gives nothing");
  if (functions->abi != TOLLGATE_PLUGIN_ABI)
    return refuse(
        fmt::format("was built for plugin ABI {}, and this Tollgate has {}; build it with this "
                    "Tollgate's plugin.h",
                    functions->abi, TOLLGATE_PLUGIN_ABI));
  if (!TOLLGATE_HAS(functions, tollgate_plugin, close))
    return refuse(fmt::format("is no plugin: its description has {} octets, and the first version's has {}",
                              functions->size, sizeof(tollgate_plugin)));
  const std::string name = text_of(functions->name);
  if (!is_name(name) || name == "folder")
    return refuse(
        fmt::format("calls itself `{}`; a plugin's name is small letters, digits and _, from a "
                    "letter on, and not `folder`",
                    name));
  seen_.push_back(name);
  if (functions->kind != TOLLGATE_DETECTOR)
    return refuse(fmt::format("the plugin {} is {}; this Tollgate loads detectors only", name,
                              functions->kind == TOLLGATE_SINK ? "a sink" : "of an unknown kind"));
  if (functions->open == nullptr || functions->detect == nullptr || functions->close == nullptr)
    return refuse(fmt::format("the plugin {} lacks one of open, detect and close", name));
  for (const Plugin& other : plugins_) {
    if (other.name == name)
      return refuse(fmt::format("a second plugin {}; the one of {} is taken", name, other.file));
  }
  const auto own = std::find_if(settings.plugins.begin(), settings.plugins.end(),
                                [&](const PluginSettings& p) { return p.name == name; });
  open(file, *functions, own != settings.plugins.end() ? *own : PluginSettings{}, findings);
}

void Plugins::open(const std::string& file, const tollgate_plugin& functions, const PluginSettings& settings,
                   rules::Findings& findings) {
  Opening opening(functions.name, file, settings, findings);
  void* instance = opening.open(functions, workers_);
  if (instance == nullptr) return;
  plugins_.push_back({functions.name, file, &functions, instance, signals_.size(), opening.signals.size()});
  signals_.insert(signals_.end(), opening.signals.begin(), opening.signals.end());
}

}  // namespace tollgate::detect
