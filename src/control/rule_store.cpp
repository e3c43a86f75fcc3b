#include "control/rule_store.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "control/folders.hpp"
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
  try {
    make_folders(folder_);
  } catch (const std::system_error& error) {
    fail("", error.code().message());
  }
  std::error_code error;
  fs::permissions(folder_, fs::perms::owner_all, error);  // lists can have people's numbers
  list();
  read_state();
  if (!damage_.empty() || !versions_.empty()) return;
  try {
    write_state(state_);
  } catch (const StoreError&) {  // as long as it cannot be written, nothing is taken
  }
}

void RuleStore::read_state() {
  try {
    state_ = read_in_force();
  } catch (const StoreError& error) {
    damage_ = error.what();
    if (!versions_.empty())
      state_ = {versions_.back(), versions_.back(), {versions_.rbegin() + 1, versions_.rend()}};
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

/// An empty folder has none; it is written at once, so that one that is missing later shows.
RuleStore::State RuleStore::read_in_force() const {
  std::string text;
  try {
    text = read_whole_file(fmt::format("{}/{}", folder_, state_name), most_state_octets);
  } catch (const std::system_error& error) {
    const bool is_absent = error.code() == std::errc::no_such_file_or_directory;
    if (!is_absent || !versions_.empty()) fail(state_name, error.code().message());
    return {};
  }
  const Json json = Json::parse(text, nullptr, false);
  const auto number = [&](const Json& at) {
    if (!at.is_number_unsigned()) fail(state_name, "found another value; expected a version");
    return at.get<std::uint64_t>();
  };
  for (const char* name : {"in_force", "highest", "before"}) {
    if (!json.is_object() || !json.contains(name)) fail(state_name, fmt::format("found no `{}`", name));
  }
  State state{number(json["in_force"]), number(json["highest"]), {}};
  if (!json["before"].is_array()) fail(state_name, "found another `before`; expected a list of versions");
  for (const Json& one : json["before"]) state.before.push_back(number(one));
  return state;
}

/// Under another name first, so that it is there whole or not at all.
void RuleStore::write(const std::string& name, std::string_view octets) const {
  const std::string whole = fmt::format("{}/{}", folder_, name);
  const std::string part = fmt::format("{}{}", whole, unfinished);
  std::error_code ignored;
  fs::remove(part, ignored);
  try {
    write_new_file(part, octets, S_IRUSR | S_IWUSR);
    put_in_place(part, whole);
  } catch (const std::system_error& error) {
    fs::remove(part, ignored);
    fail(name, error.code().message());
  }
}

void RuleStore::write_state(State state) {
  const Json json{{"in_force", state.in_force}, {"highest", state.highest}, {"before", state.before}};
  write(state_name, json.dump() + "\n");
  state_ = std::move(state);
}

RuleStore::State RuleStore::with_in_force(std::uint64_t version) const {
  State state = state_;
  if (version == state.in_force) return state;
  const auto at = std::find(state.before.begin(), state.before.end(), version);
  if (at != state.before.end()) state.before.erase(state.before.begin(), at + 1);
  else state.before.insert(state.before.begin(), state.in_force);
  if (state.before.size() > most_kept) state.before.resize(most_kept);
  state.in_force = version;
  state.highest = std::max(state.highest, version);
  return state;
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

void RuleStore::set_in_force(std::uint64_t version) { write_state(with_in_force(version)); }

void RuleStore::go_back_to(const State& state) {
  write_state(state);
  remove_newest();
}

/// Those that were never in force: what was to take them did not come so far.
void RuleStore::remove_newest() {
  while (!versions_.empty() && versions_.back() > state_.highest) {
    std::error_code ignored;  // the next process tries again
    fs::remove(path(versions_.back()), ignored);
    versions_.pop_back();
  }
}

std::vector<std::uint64_t> RuleStore::to_keep() const {
  std::vector<std::uint64_t> kept;
  const auto keep = [&](std::uint64_t version) {
    const bool is_there = std::binary_search(versions_.begin(), versions_.end(), version);
    const bool is_kept = std::find(kept.begin(), kept.end(), version) != kept.end();
    if (is_there && !is_kept && kept.size() < most_kept) kept.push_back(version);
  };
  keep(state_.in_force);
  for (const std::uint64_t version : state_.before) keep(version);
  for (auto newest = versions_.rbegin(); newest != versions_.rend(); ++newest) keep(*newest);
  std::sort(kept.begin(), kept.end());
  return kept;
}

void RuleStore::prune() {
  const std::vector<std::uint64_t> kept = to_keep();
  std::erase_if(versions_, [&](std::uint64_t version) {
    std::error_code error;
    return !std::binary_search(kept.begin(), kept.end(), version) &&
           (fs::remove(path(version), error), !error);
  });
}

}  // namespace tollgate::control
