#include "cli/rules_folder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

#include "record/mask.hpp"

namespace tollgate::cli {

std::string without_numbers(std::string text) {
  constexpr std::size_t least_digits = 7;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  bool is_quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '`') is_quoted = !is_quoted;
    std::size_t end = at;
    while (is_quoted && end < text.size() && is_digit(text[end])) ++end;
    if (end - at >= least_digits)
      std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), end - at - record::shown_digits, '*');
    if (end != at) at = end - 1;
  }
  return text;
}

std::string pattern_cache() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return std::string(cache) + "/tollgate";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
    return std::string(home) + "/.cache/tollgate";
  return {};
}

rules::LoadOptions load_options(const engine::Settings& settings, const detect::Plugins& plugins) {
  return {.home = settings.home, .signals = plugins.signal_names(), .cache = pattern_cache()};
}

std::shared_ptr<const rules::Ruleset> load_ruleset(const engine::Settings& settings,
                                                   const std::string& folder,
                                                   const detect::Plugins& plugins) {
  const std::string& from = folder.empty() ? settings.rules : folder;
  rules::Findings findings;
  auto ruleset = rules::load(std::filesystem::path(from), load_options(settings, plugins), findings);
  for (const rules::Finding& finding : findings.all())
    fmt::print(stderr, "{}\n", without_numbers(to_string(finding)));
  if (ruleset == nullptr)
    throw std::runtime_error(fmt::format("the rules of {} have {} {}; nothing was done", from,
                                         findings.errors(), findings.errors() == 1 ? "error" : "errors"));
  return ruleset;
}

Judges load_judges(const engine::Settings& settings, const std::string& folder) {
  if (folder.empty() && settings.rules.empty()) return {};
  rules::Findings of_plugins;
  auto plugins = std::make_shared<const detect::Plugins>(settings.plugins, of_plugins);
  for (const rules::Finding& finding : of_plugins.all()) fmt::print(stderr, "{}\n", to_string(finding));
  auto ruleset = load_ruleset(settings, folder, *plugins);
  return {std::move(plugins), std::move(ruleset)};
}

}  // namespace tollgate::cli
