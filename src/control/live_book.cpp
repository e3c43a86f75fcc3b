#include "control/live_book.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/utc.hpp"
#include "rules/list_value.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::json;
using rules::for_ever_ns;
using rules::ListType;
using rules::LiveEntries;
using rules::LiveEntry;

constexpr unsigned version = 1;
constexpr std::array types{ListType::number, ListType::prefix, ListType::sender, ListType::host};

[[noreturn]] void fail(const std::string& where, const std::string& expected) {
  throw LiveBookError(fmt::format("{}: expected {}", where, expected));
}

std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string entry_text(const LiveEntry& entry) {
  const auto ends = [](std::uint64_t time_ns) { return quoted(to_utc(time_ns)); };
  std::string text;
  if (entry.added_until_ns != 0)
    text += R"("added":)" + (entry.added_until_ns == for_ever_ns ? "true" : ends(entry.added_until_ns));
  if (entry.own_until_ns == for_ever_ns) return text;
  return text + (text.empty() ? "" : ",") + R"("own":)" +
         (entry.own_until_ns == 0 ? "false" : ends(entry.own_until_ns));
}

/// A time, or what `other` means.
std::uint64_t end_of(const Json& json, bool other, std::uint64_t meaning, const std::string& where) {
  if (json == other) return meaning;
  const auto time_ns = json.is_string() ? from_utc(json.get<std::string>()) : std::nullopt;
  if (!time_ns || *time_ns == 0) fail(where, fmt::format("{} or a time as 2026-11-23T00:00:00Z", other));
  return *time_ns;
}

LiveEntry read_entry(const Json& json, const std::string& where) {
  LiveEntry entry;
  if (!json.is_object()) fail(where, R"({"added": ..., "own": ...})");
  for (const auto& [key, value] : json.items()) {
    if (key == "added") entry.added_until_ns = end_of(value, true, for_ever_ns, where);
    else if (key == "own") entry.own_until_ns = end_of(value, false, 0, where);
    else fail(where, "`added` and `own` alone");
  }
  if (entry.is_nothing()) fail(where, "`added` or `own`");
  return entry;
}

ListType read_type(const Json& json, const std::string& where) {
  const auto type =
      std::find_if(types.begin(), types.end(), [&](ListType one) { return json == to_string(one); });
  if (type == types.end()) fail(where, "the type number, prefix, sender or host");
  return *type;
}

LiveChanges read_changes(const Json& json, const std::string& where) {
  if (!json.is_object() || json.size() != 2 || !json.contains("type") || !json.contains("entries"))
    fail(where, R"({"type": ..., "entries": {...}})");
  LiveChanges changes;
  changes.type = read_type(json["type"], where);
  if (!json["entries"].is_object()) fail(where, "`entries`, an object");
  LiveEntries entries;
  for (const auto& [key, entry] : json["entries"].items()) {
    if (entry_key(changes.type, key) != key)
      fail(where, fmt::format("entries of the type {}", to_string(changes.type)));
    entries.emplace(key, read_entry(entry, where));
  }
  if (entries.empty() || entries.size() > rules::LiveList::most_entries)
    fail(where, fmt::format("1 to {} entries", rules::LiveList::most_entries));
  changes.entries = std::make_shared<const LiveEntries>(std::move(entries));
  return changes;
}

}  // namespace

std::size_t entries_of(const LiveBook& book) {
  std::size_t all = 0;
  for (const auto& [name, changes] : book) all += changes.entries->size();
  return all;
}

LiveCounts counts_of(const LiveEntries& entries) {
  LiveCounts counts;
  for (const auto& [key, entry] : entries) {
    if (entry.added_until_ns != 0) ++counts.added;
    if (entry.own_until_ns != for_ever_ns) ++counts.removed;
  }
  return counts;
}

LiveEntries without_past(const LiveEntries& entries, std::uint64_t time_ns) {
  LiveEntries left;
  for (const auto& [key, entry] : entries) {
    const LiveEntry now = rules::without_past(entry, time_ns);
    if (!now.is_nothing()) left.emplace_hint(left.end(), key, now);
  }
  return left;
}

LiveBook without_past(const LiveBook& book, std::uint64_t time_ns) {
  LiveBook left;
  for (const auto& [name, changes] : book) {
    LiveEntries entries = without_past(*changes.entries, time_ns);
    if (entries == *changes.entries) left.emplace(name, changes);
    else if (!entries.empty())
      left.emplace(name, LiveChanges{changes.type, std::make_shared<const LiveEntries>(std::move(entries))});
  }
  return left;
}

std::uint64_t next_end(const LiveBook& book) {
  std::uint64_t next = for_ever_ns;
  for (const auto& [name, changes] : book) {
    for (const auto& [key, entry] : *changes.entries) {
      if (entry.added_until_ns != 0) next = std::min(next, entry.added_until_ns);
      if (entry.own_until_ns != 0) next = std::min(next, entry.own_until_ns);
    }
  }
  return next;
}

std::string live_book_text(const LiveBook& book) {
  std::string text = fmt::format("{{\"version\":{},\"lists\":{{", version);
  const char* before_list = "";
  for (const auto& [name, changes] : book) {
    text += fmt::format("{}\n{}:{{\"type\":{},\"entries\":{{", before_list, quoted(name),
                        quoted(std::string(to_string(changes.type))));
    const char* before_entry = "";
    for (const auto& [key, entry] : *changes.entries) {
      text += fmt::format("{}\n{}:{{{}}}", before_entry, quoted(key), entry_text(entry));
      before_entry = ",";
    }
    text += "}}";
    before_list = ",";
  }
  return text + "}}\n";
}

LiveBook parse_live_book(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) fail("it", R"({"version": 1, "lists": {...}}, and found no JSON object)");
  if (json.value("version", Json()) != version) fail("it", fmt::format("`version` {}", version));
  if (json.size() != 2 || !json.contains("lists") || !json["lists"].is_object())
    fail("it", "`version` and `lists`, an object");
  LiveBook book;
  for (const auto& [name, changes] : json["lists"].items())
    book.emplace(name, read_changes(changes, fmt::format("the list {}", name)));
  if (entries_of(book) > most_live_entries) fail("it", fmt::format("{} entries at most", most_live_entries));
  return book;
}

}  // namespace tollgate::control
