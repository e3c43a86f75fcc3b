#include "rules/live_list.hpp"

#include <algorithm>
#include <utility>

#include "rules/digit_table.hpp"
#include "rules/host_name.hpp"
#include "rules/list_value.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::rules {
namespace {

/// The end of the last day on which an entry holds.
std::uint64_t end_of(std::uint16_t day) {
  constexpr std::uint64_t day_ns = 86'400'000'000'000;
  return day == 0 ? for_ever_ns : (std::uint64_t{day} + 1) * day_ns;
}

/// An entry that is found by several keys, or several by one: what lasts longest counts.
void join(LiveEntry& to, const LiveEntry& other) {
  to.added_until_ns = std::max(to.added_until_ns, other.added_until_ns);
}

}  // namespace

std::uint64_t counts_until(std::optional<std::uint16_t> own, const LiveEntry& live, std::uint64_t time_ns) {
  const std::uint64_t own_until = own ? std::min(end_of(*own), live.own_until_ns) : 0;
  const std::uint64_t until = std::max(own_until, live.added_until_ns);
  return until > time_ns ? until : 0;
}

LiveEntry added(LiveEntry entry, std::uint64_t until_ns) {
  entry.added_until_ns = until_ns;
  if (until_ns == for_ever_ns) entry.own_until_ns = for_ever_ns;  // which makes no difference any more
  return entry;
}

LiveEntry removed(LiveEntry entry, bool has_own) {
  entry.added_until_ns = 0;
  if (has_own) entry.own_until_ns = 0;
  return entry;
}

LiveEntry ending(LiveEntry entry, std::optional<std::uint16_t> own, std::uint64_t until_ns) {
  const bool own_lasts = own && std::min(end_of(*own), entry.own_until_ns) >= until_ns;
  if (!own_lasts || entry.added_until_ns != 0) entry.added_until_ns = until_ns;
  if (own) entry.own_until_ns = std::min(entry.own_until_ns, until_ns);
  return entry;
}

LiveEntry without_past(LiveEntry entry, std::uint64_t time_ns) {
  if (entry.added_until_ns <= time_ns) entry.added_until_ns = 0;
  if (entry.own_until_ns <= time_ns) entry.own_until_ns = 0;
  return entry;
}

LiveList::LiveList(std::shared_ptr<const List> list, const FoldTables& tables, const LiveEntries& entries)
    : list_(std::move(list)) {
  switch (list_->type()) {
    case ListType::number:
    case ListType::prefix: add_digits(entries); break;
    case ListType::sender: add_senders(entries, tables); break;
    case ListType::host: add_hosts(entries); break;
    case ListType::phrase: break;
  }
}

void LiveList::add_digits(const LiveEntries& entries) {
  digits_.reserve(entries.size());
  for (const auto& [key, entry] : entries) {
    if (const auto packed = DigitTable::pack(key)) digits_.emplace(*packed, entry);
  }
}

/// A key can find several entries: that of a sender, and those of others that are folded to it. The list's
/// own count by it as long as one of them does.
void LiveList::add_senders(const LiveEntries& entries, const FoldTables& tables) {
  FoldedText room(2 * TextTable::max_octets);
  for (const auto& [key, entry] : entries) {
    join(texts_[key], entry);
    const std::string_view folded = folded_sender(tables, key, room);
    if (!folded.empty()) join(texts_[std::string(folded)], entry);
  }
  const auto own_until = [&](const std::string& key) {
    const auto found = entries.find(key);
    return found == entries.end() ? for_ever_ns : found->second.own_until_ns;
  };
  for (auto& [key, entry] : texts_) {
    const auto found_by_it = list_->entries_found_by(key);
    entry.own_until_ns = found_by_it.empty() ? own_until(key) : 0;
    for (const std::string& one : found_by_it)
      entry.own_until_ns = std::max(entry.own_until_ns, own_until(one));
  }
}

void LiveList::add_hosts(const LiveEntries& entries) {
  for (const auto& [key, entry] : entries) {
    const auto forms = host_forms(key);
    if (!forms) continue;
    texts_.emplace(forms->ascii, entry);
    texts_.emplace(forms->unicode, entry);
  }
}

bool LiveList::contains(std::string_view value, std::uint64_t time_ns) const noexcept {
  switch (list_->type()) {
    case ListType::number: return contains_number(without_plus(value), time_ns);
    case ListType::prefix: return contains_prefix(without_plus(value), time_ns);
    case ListType::sender: return contains_sender(PlainSender(value).text(), time_ns);
    case ListType::host: return contains_host(PlainHost(value).text(), time_ns);
    case ListType::phrase: break;
  }
  return false;
}

bool LiveList::contains_number(std::string_view digits, std::uint64_t time_ns) const noexcept {
  const auto packed = DigitTable::pack(digits);
  if (!packed) return false;
  const auto live = digits_.find(*packed);
  if (live == digits_.end()) return list_->contains(digits, time_ns);
  if (time_ns < live->second.added_until_ns) return true;
  return time_ns < live->second.own_until_ns && list_->contains(digits, time_ns);
}

bool LiveList::contains_prefix(std::string_view digits, std::uint64_t time_ns) const noexcept {
  for (std::size_t count = 1; count <= std::min(digits.size(), DigitTable::max_digits); ++count) {
    const auto packed = DigitTable::pack(digits.substr(0, count));
    if (!packed) break;
    const auto live = digits_.find(*packed);
    if (live != digits_.end() && time_ns < live->second.added_until_ns) return true;
  }
  return list_->contains_prefix(digits, time_ns, [&](std::uint64_t packed) {
    const auto live = digits_.find(packed);
    return live == digits_.end() || time_ns < live->second.own_until_ns;
  });
}

bool LiveList::contains_sender(std::string_view plain, std::uint64_t time_ns) const noexcept {
  const auto live = texts_.find(plain);
  if (live != texts_.end()) {
    if (time_ns < live->second.added_until_ns) return true;
    if (time_ns >= live->second.own_until_ns) return false;
  }
  return list_->contains_text(plain, time_ns);
}

bool LiveList::contains_host(std::string_view host, std::uint64_t time_ns) const noexcept {
  return any_suffix(host, [&](std::string_view suffix, unsigned labels) {
    const auto live = texts_.find(suffix);
    if (live != texts_.end()) {
      if (time_ns < live->second.added_until_ns) return true;
      if (time_ns >= live->second.own_until_ns) return false;
    }
    return list_->contains_host_entry(suffix, labels, time_ns);
  });
}

LiveLists::LiveLists(const Ruleset& ruleset, std::vector<std::shared_ptr<const LiveList>> lists)
    : lists_(std::move(lists)) {
  lists_.resize(ruleset.lists.size());
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    if (ruleset.lists[i].list.get() == ruleset.shorteners) shorteners_ = lists_[i].get();
  }
}

}  // namespace tollgate::rules
