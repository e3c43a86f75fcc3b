#include "control/rule_store.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "control/open_file.hpp"
#include "control/whole_file.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view ending = ".tgb";
constexpr std::string_view unfinished = ".part";
constexpr const char* state_name = "in-force.json";
constexpr std::size_t most_state_octets = 1U << 12U;

/// Of `12.tgb`, written as this class does: no leading zeros, nothing else.
std::optional<std::uint64_t> version_of(std::string_view name) {
  if (!name.ends_with(ending)) return std::nullopt;
  name.remove_suffix(ending.size());
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), version);
  if (error != std::errc() || end != name.data() + name.size() || std::to_string(version) != name ||
      version == RuleStore::folder_version)
    return std::nullopt;
  return version;
}

}  // namespace

RuleStore::RuleStore(std::string folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail("", error.message());
  fs::permissions(folder_, fs::perms::owner_all, error);  // lists can have people's numbers
  list();
  read_state();
}

void RuleStore::read_state() {
  try {
    read_in_force();
  } catch (const StoreError& error) {
    damage_ = error.what();
    if (!versions_.empty()) in_force_ = highest_ = versions_.back();
  }
  remove_newest();
}

void RuleStore::fail(const std::string& name, const std::string& why) const {
  throw StoreError(
      fmt::format("the store of bundles {}{}{}: {}; `control: {{bundles: FOLDER}}` names another", folder_,
                  name.empty() ? "" : "/", name, why));
}

std::string RuleStore::path(std::uint64_t version) const {
  return fmt::format("{}/{}{}", folder_, version, ending);
}

void RuleStore::list() {
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.ends_with(unfinished)) fs::remove(entry->path(), ignored);
    if (const auto version = version_of(name)) versions_.push_back(*version);
  }
  if (error) fail("", error.message());
  std::sort(versions_.begin(), versions_.end());
}

void RuleStore::read_in_force() {
  std::string text;
  try {
    text = read_whole_file(fmt::format("{}/{}", folder_, state_name), most_state_octets);
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::no_such_file_or_directory) return;
    fail(state_name, error.code().message());
  }
  const Json state = Json::parse(text, nullptr, false);
  const auto number = [&](const char* name) {
    if (!state.is_object() || !state.contains(name) || !state[name].is_number_unsigned())
      fail(state_name, fmt::format("found no `{}`; expected a number", name));
    return state[name].get<std::uint64_t>();
  };
  const std::uint64_t in_force = number("in_force");
  highest_ = number("highest");
  in_force_ = in_force;
}

/// Under another name first, so that it is there whole or not at all.
void RuleStore::write(const std::string& name, std::string_view octets) const {
  const std::string whole = fmt::format("{}/{}", folder_, name);
  const std::string part = fmt::format("{}{}", whole, unfinished);
  std::error_code ignored;
  fs::remove(part, ignored);
  try {
    write_new_file(part, octets, S_IRUSR | S_IWUSR);
    if (::rename(part.c_str(), whole.c_str()) != 0) fail_with_errno(whole);
    OpenFile(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder_).sync();
  } catch (const std::system_error& error) {
    fs::remove(part, ignored);
    fail(name, error.code().message());
  }
}

void RuleStore::write_state(const State& state) {
  write(state_name, Json{{"in_force", state.in_force}, {"highest", state.highest}}.dump() + "\n");
  in_force_ = state.in_force;
  highest_ = state.highest;
}

void RuleStore::take(std::uint64_t version, std::string_view octets) {
  write(fmt::format("{}{}", version, ending), octets);
  const auto place = std::lower_bound(versions_.begin(), versions_.end(), version);
  if (place == versions_.end() || *place != version) versions_.insert(place, version);
  try {
    set_in_force(version);
  } catch (const StoreError&) {
    remove_newest();
    throw;
  }
}

void RuleStore::set_in_force(std::uint64_t version) {
  write_state({version, std::max(highest_, version)});
  remove_oldest();
}

void RuleStore::go_back_to(const State& state) {
  write_state(state);
  remove_newest();
}

/// Those that were never in force: what was to take them did not come so far.
void RuleStore::remove_newest() {
  while (!versions_.empty() && versions_.back() > highest_) {
    std::error_code ignored;  // the next process tries again
    fs::remove(path(versions_.back()), ignored);
    versions_.pop_back();
  }
}

/// That one cannot be removed stops nothing: it is tried again next time.
void RuleStore::remove_oldest() {
  for (auto oldest = versions_.begin(); versions_.size() > most_kept && oldest != versions_.end();) {
    std::error_code error;
    if (*oldest != in_force_) fs::remove(path(*oldest), error);
    if (*oldest == in_force_ || error) ++oldest;
    else oldest = versions_.erase(oldest);
  }
}

}  // namespace tollgate::control
