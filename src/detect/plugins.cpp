#include "detect/plugins.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <dlfcn.h>
#include <fmt/format.h>

#include "detect/plugin_opening.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::detect {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t first_version_size = offsetof(tollgate_plugin, close) + sizeof(tollgate_plugin::close);

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

bool is_whole_sink(const tollgate_plugin& functions) {
  return TOLLGATE_HAS(&functions, tollgate_plugin, finish) && functions.open != nullptr &&
         functions.close != nullptr && functions.take != nullptr && functions.tick != nullptr &&
         functions.reopen != nullptr && functions.health != nullptr && functions.finish != nullptr;
}

/// dlerror() begins with the file, which the finding's place says already.
std::string reason_of(const char* error, const std::string& file) {
  std::string_view reason = error != nullptr ? error : "for an unknown reason";
  if (reason.starts_with(file + ": ")) reason.remove_prefix(file.size() + 2);
  return std::string(reason);
}

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
                              functions->size, first_version_size));
  const std::string name = text_of(functions->name);
  if (!is_name(name) || name == "folder")
    return refuse(
        fmt::format("calls itself `{}`; a plugin's name is small letters, digits and _, from a "
                    "letter on, and not `folder`",
                    name));
  seen_.push_back(name);
  if (functions->kind != TOLLGATE_DETECTOR && functions->kind != TOLLGATE_SINK)
    return refuse(fmt::format("the plugin {} is neither a detector nor a sink", name));
  const bool sink = functions->kind == TOLLGATE_SINK;
  if (sink && !is_whole_sink(*functions))
    return refuse(
        fmt::format("the plugin {} lacks one of open, take, tick, reopen, health, finish and close", name));
  if (!sink && (functions->open == nullptr || functions->detect == nullptr || functions->close == nullptr))
    return refuse(fmt::format("the plugin {} lacks one of open, detect and close", name));
  if (const std::string* other = file_of(name))
    return refuse(fmt::format("a second plugin {}; the one of {} is taken", name, *other));
  const auto own = std::find_if(settings.plugins.begin(), settings.plugins.end(),
                                [&](const PluginSettings& p) { return p.name == name; });
  if (sink) {
    sinks_.push_back({name, file, functions});
    if (own != settings.plugins.end())
      findings.error(own->place,
                     fmt::format("the plugin {} is a sink; what it takes stands under `sinks`", name));
    return;
  }
  open(file, *functions, own != settings.plugins.end() ? *own : PluginSettings{}, findings);
}

const std::string* Plugins::file_of(const std::string& name) const {
  for (const Plugin& other : plugins_) {
    if (other.name == name) return &other.file;
  }
  for (const SinkModule& other : sinks_) {
    if (other.name == name) return &other.file;
  }
  return nullptr;
}

void Plugins::open(const std::string& file, const tollgate_plugin& functions, const PluginSettings& settings,
                   rules::Findings& findings) {
  PluginOpening opening(functions.name, file, settings, findings);
  void* instance = opening.open(functions, {.name = functions.name, .workers = workers_});
  if (instance == nullptr) return;
  plugins_.push_back({functions.name, file, &functions, instance, signals_.size(), opening.signals.size()});
  signals_.insert(signals_.end(), opening.signals.begin(), opening.signals.end());
}

}  // namespace tollgate::detect
