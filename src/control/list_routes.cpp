#include "control/list_routes.hpp"

#include <chrono>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "control/fault.hpp"
#include "control/list_change.hpp"
#include "control/live_file.hpp"
#include "control/plain_text.hpp"
#include "control/utc.hpp"
#include "record/mask.hpp"
#include "rules/list_value.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using rules::ListType;
using rules::LiveEntries;
using rules::LiveEntry;

constexpr std::chrono::seconds patience{5};

/// The lists as the appliance's thread has them; looking at them is then no business of that thread.
ListsNow lists_of(Call& call) {
  Operations& operations = call.means.operations;
  const auto now = std::make_shared<ListsNow>();  // which whoever is too late finds as well
  call.means.errands.run(
      [&operations, now]() -> Json {
        *now = operations.lists();
        return nullptr;
      },
      patience);
  return *now;
}

Json shown_counts(const LiveEntries& entries) {
  const LiveCounts counts = counts_of(entries);
  return {{"added", counts.added}, {"removed", counts.removed}};
}

bool is_in_force(const ListsNow& now, const std::string& name) { return list_named(now, name).is_in_force(); }

/// Digits are somebody's number, but for who may see it.
bool is_masked(ListType type, std::string_view value, Role role) {
  if (sees_numbers(role) || type == ListType::host) return false;
  return type != ListType::sender || !record::is_name(value);
}

Json shown_entry(const std::string& key, const LiveEntry& entry, bool is_hidden) {
  std::string value = key;
  if (is_hidden) record::mask(value);
  Json shown{{"value", value}};
  if (entry.added_until_ns != 0) shown["added"] = shown_end(entry.added_until_ns);
  if (entry.own_until_ns != rules::for_ever_ns) shown["own"] = shown_end(entry.own_until_ns);
  return shown;
}

/// Whether a message that has the value would be found in the list now.
bool is_listed(const ListsNow& now, const ListNow& list, const std::string& value) {
  return list.is_in_force() && live_list(now, list, *list.entries).contains(value, utc_now_ns());
}

void show_value(const Call& call, const ListsNow& now, const ListNow& list, const std::string& value,
                Json& shown) {
  const auto key = is_plain_text(value) ? entry_key(list.type, value) : std::nullopt;
  if (!key)
    throw Fault(http::bad_request, why_no_entry(list.type, value),
                fmt::format("a value that a list of the type {} can have", to_string(list.type)));
  if (is_masked(list.type, *key, call.caller.role))
    throw Fault(http::forbidden, "found a `value` that is a number",
                "a role that sees numbers, or no `value`");
  shown["listed"] = is_listed(now, list, value);
  const auto entry = list.entries->find(*key);
  if (entry != list.entries->end()) shown["entries"].push_back(shown_entry(*key, entry->second, false));
}

void show_page(const Call& call, const ListNow& list, Json& shown) {
  const std::uint64_t after = call.numbers.at("after");
  if (after >= list.entries->size()) return;
  auto at = std::next(list.entries->begin(), static_cast<std::ptrdiff_t>(after));
  for (std::uint64_t left = call.numbers.at("most"); left > 0 && at != list.entries->end(); --left, ++at)
    shown["entries"].push_back(
        shown_entry(at->first, at->second, is_masked(list.type, at->first, call.caller.role)));
}

/// A change on its way, between the threads that work on it.
struct OnItsWay {
  ListsNow now;
  PlannedListChange planned;
};

void take_back(const LiveFile& file, const OnItsWay& change) { file.write(*change.now.book); }

/// A file that may be in its place, and is not sure to stay there, is none that counts.
void keep(const LiveFile& file, const OnItsWay& change) {
  try {
    file.write(*change.planned.book);
  } catch (const LiveFileError& error) {
    try {
      take_back(file, change);
    } catch (const LiveFileError& then) {
      throw LiveFileError(
          fmt::format("{}; nor can what was there before be put back: {}", error.what(), then.what()));
    }
    throw;
  }
}

}  // namespace

Json show_lists(Call& call) {
  const ListsNow now = lists_of(call);
  Json lists = Json::array();
  if (now.ruleset != nullptr) {
    for (const rules::NamedList& named : now.ruleset->lists) {
      const auto kept = now.book->find(named.name);
      const bool fits = kept != now.book->end() && kept->second.type == named.list->type();
      lists.push_back({{"list", named.name},
                       {"type", to_string(named.list->type())},
                       {"in_force", true},
                       {"entries", named.list->size()},
                       {"live", shown_counts(fits ? *kept->second.entries : LiveEntries{})}});
    }
  }
  for (const auto& [name, changes] : *now.book) {
    if (is_in_force(now, name)) continue;
    lists.push_back({{"list", name},
                     {"type", to_string(changes.type)},
                     {"in_force", false},
                     {"live", shown_counts(*changes.entries)}});
  }
  return {{"lists", std::move(lists)}};
}

Json show_list_entries(Call& call) {
  const ListsNow now = lists_of(call);
  const std::string& name = call.texts.at("list");
  const ListNow list = list_named(now, name);
  Json shown{{"list", name},
             {"type", to_string(list.type)},
             {"in_force", list.is_in_force()},
             {"live", shown_counts(*list.entries)},
             {"total", list.entries->size()},
             {"entries", Json::array()}};
  const auto value = call.texts.find("value");
  if (value != call.texts.end()) show_value(call, now, list, value->second, shown);
  else show_page(call, list, shown);
  return shown;
}

Json change_list(Call& call) {
  Operations& operations = call.means.operations;
  const ListRequest request = read_list_body(call.body);
  const auto on_its_way = std::make_shared<OnItsWay>();
  const Change change{.what = fmt::format("list.{}", to_string(request.change)),
                      .before = [&operations, on_its_way]() -> Json {
                        on_its_way->now = operations.lists();
                        return nullptr;
                      },
                      .after = nullptr,
                      .keep = [&operations, on_its_way] { keep(operations.live_file(), *on_its_way); },
                      .undo = [&operations, on_its_way] { take_back(operations.live_file(), *on_its_way); },
                      .make = [&operations, on_its_way]() -> Json {
                        operations.use_lists(on_its_way->planned.book, on_its_way->planned.live);
                        return on_its_way->planned.answer;
                      },
                      .work_out =
                          [&request, on_its_way](Json& before, Json& after) {
                            PlannedListChange& planned = on_its_way->planned;
                            planned = plan(on_its_way->now, request, utc_now_ns());
                            before = std::move(planned.before);
                            after = std::move(planned.after);
                          }};
  return call.means.changes.make(call.caller, change);
}

}  // namespace tollgate::control
