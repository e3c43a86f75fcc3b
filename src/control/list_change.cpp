#include "control/list_change.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "control/fault.hpp"
#include "control/plain_text.hpp"
#include "control/utc.hpp"
#include "rules/list_value.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using rules::ListType;
using rules::LiveEntries;
using rules::LiveEntry;
using rules::LiveList;

/// Of what stands in one line of the audit log, for `before` and `after` each.
constexpr std::size_t most_audited_octets = 100'000;

const rules::NamedList* find_list(const ListsNow& now, const std::string& name) {
  if (now.ruleset == nullptr) return nullptr;
  const auto& lists = now.ruleset->lists;
  const auto found =
      std::find_if(lists.begin(), lists.end(), [&](const auto& one) { return one.name == name; });
  return found == lists.end() ? nullptr : &*found;
}

/// The keys of the values, each once.
std::set<std::string> keys_of(const std::vector<std::string>& values, ListType type) {
  std::set<std::string> keys;
  for (const std::string& value : values) {
    auto key = is_plain_text(value) ? entry_key(type, value) : std::nullopt;
    if (!key)
      throw Fault(http::bad_request, why_no_entry(type, value),
                  fmt::format("values that a list of the type {} can have", to_string(type)));
    keys.insert(std::move(*key));
  }
  return keys;
}

/// One change of one list, value by value.
class Planner {
 public:
  Planner(const ListsNow& now, const ListRequest& request, std::uint64_t time_ns)
      : now_(now), request_(request), time_ns_(time_ns), list_(list_named(now, request.list)) {
    if (request.until_ns && *request.until_ns <= time_ns)
      throw Fault(http::bad_request, "found an `until` that is over", "a time to come");
    refuse_what_cannot_be_changed();
  }

  PlannedListChange plan() {
    entries_ = without_past(*list_.entries, time_ns_);
    for (const std::string& key : keys_of(request_.values, list_.type)) change(key);
    if (entries_.size() > LiveList::most_entries)
      throw Fault(
          http::conflict, fmt::format("the list would have {} live entries", entries_.size()),
          fmt::format("{} at most; the others belong in the list's own file", LiveList::most_entries));
    made_.book = book();
    if (list_.is_in_force()) made_.live = std::make_shared<const LiveList>(live_list(now_, list_, entries_));
    describe();
    return std::move(made_);
  }

 private:
  struct Changed {
    std::string key;
    std::uint64_t before_ns;
    std::uint64_t after_ns;
  };

  void refuse_what_cannot_be_changed() const {
    if (list_.type == ListType::phrase)
      throw Fault(
          http::conflict, fmt::format("@{} is a list of phrases", request_.list),
          "another: phrases are compiled with the rules; change the list's file, and reload the rules");
    if (list_.is_in_force() || request_.change == ListChangeKind::remove) return;
    throw Fault(
        http::conflict,
        fmt::format("the rules in force do not have @{} as a list of the type {}, of which entries are kept",
                    request_.list, to_string(list_.type)),
        "`remove` alone, which forgets such entries");
  }

  std::optional<std::uint16_t> own(const std::string& key) const {
    return list_.is_in_force() ? list_.list->day_of_entry(key) : std::nullopt;
  }

  void change(const std::string& key) {
    const auto found = entries_.find(key);
    const LiveEntry before = found == entries_.end() ? LiveEntry{} : found->second;
    const auto own_day = own(key);
    const std::uint64_t before_ns = counts_until(own_day, before, time_ns_);
    const LiveEntry after = changed(before, own_day, before_ns != 0);
    if (after.is_nothing()) entries_.erase(key);
    else entries_[key] = after;
    changed_.push_back({key, before_ns, counts_until(own_day, after, time_ns_)});
  }

  LiveEntry changed(const LiveEntry& entry, std::optional<std::uint16_t> own_day, bool counts) const {
    switch (request_.change) {
      case ListChangeKind::add: return added(entry, request_.until_ns.value_or(rules::for_ever_ns));
      case ListChangeKind::remove:
        return list_.is_in_force() ? removed(entry, own_day.has_value()) : LiveEntry{};
      case ListChangeKind::expire: return counts ? ending(entry, own_day, *request_.until_ns) : entry;
    }
    return entry;
  }

  std::shared_ptr<const LiveBook> book() const {
    LiveBook book = without_past(*now_.book, time_ns_);
    book.erase(request_.list);
    if (!entries_.empty()) book[request_.list] = {list_.type, std::make_shared<const LiveEntries>(entries_)};
    if (entries_of(book) > most_live_entries)
      throw Fault(http::conflict, fmt::format("all lists would have {} live entries", entries_of(book)),
                  fmt::format("{} at most", most_live_entries));
    return std::make_shared<const LiveBook>(std::move(book));
  }

  void describe() {
    Json values = Json::array();
    std::size_t different = 0;
    for (const Changed& one : changed_) {
      values.push_back({{"value", one.key},
                        {"before", shown_end(one.before_ns)},
                        {"after", shown_end(one.after_ns)},
                        {"listed", made_.live != nullptr && made_.live->contains(one.key, time_ns_)}});
      if (one.before_ns != one.after_ns) ++different;
    }
    made_.before = {{"list", request_.list}, {"values", audited(&Changed::before_ns)}};
    made_.after = {{"list", request_.list}, {"change", to_string(request_.change)}};
    made_.after["values"] = audited(&Changed::after_ns);
    made_.answer = {{"list", request_.list},
                    {"change", to_string(request_.change)},
                    {"changed", different},
                    {"values", std::move(values)}};
  }

  /// All of the values, or as many as a line can have, and how many more there are.
  Json audited(std::uint64_t Changed::*end) const {
    Json values = Json::object();
    std::size_t octets = 0;
    std::size_t left_out = 0;
    for (const Changed& one : changed_) {
      const Json shown = shown_end(one.*end);
      octets += Json(one.key).dump().size() + shown.dump().size() + 2;
      if (octets <= most_audited_octets) values[one.key] = shown;
      else ++left_out;
    }
    if (left_out != 0) values["..."] = fmt::format("and {} more", left_out);
    return values;
  }

  const ListsNow& now_;
  const ListRequest& request_;
  const std::uint64_t time_ns_;
  ListNow list_;
  LiveEntries entries_;
  std::vector<Changed> changed_;
  PlannedListChange made_;
};

}  // namespace

ListNow list_named(const ListsNow& now, const std::string& name) {
  static const auto nothing = std::make_shared<const LiveEntries>();
  const rules::NamedList* const found = find_list(now, name);
  const auto kept = now.book->find(name);
  if (found == nullptr && kept == now.book->end())
    throw Fault(http::not_found, fmt::format("the rules in force have no list @{}", name),
                "one that GET /v1/lists names");
  if (kept == now.book->end()) return {found->list, nothing, found->list->type()};
  const bool fits = found != nullptr && found->list->type() == kept->second.type;
  return {fits ? found->list : nullptr, kept->second.entries, kept->second.type};
}

std::vector<MetricsView::LiveList> live_list_sizes(const ListsNow& now) {
  std::vector<MetricsView::LiveList> sizes;
  if (now.ruleset == nullptr) return sizes;
  for (const rules::NamedList& named : now.ruleset->lists) {
    if (named.list->type() == ListType::phrase) continue;
    const ListNow list = list_named(now, named.name);
    const LiveCounts counts = list.is_in_force() ? counts_of(*list.entries) : LiveCounts{};
    sizes.push_back({named.name, counts.added, counts.removed});
  }
  return sizes;
}

Json shown_end(std::uint64_t until_ns) {
  if (until_ns == 0) return false;
  if (until_ns == rules::for_ever_ns) return true;
  return to_utc(until_ns);
}

LiveList live_list(const ListsNow& now, const ListNow& list, const LiveEntries& entries) {
  return {list.list, *now.ruleset->fold, entries};
}

PlannedListChange plan(const ListsNow& now, const ListRequest& request, std::uint64_t time_ns) {
  return Planner(now, request, time_ns).plan();
}

}  // namespace tollgate::control
