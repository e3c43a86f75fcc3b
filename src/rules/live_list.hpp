#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>

#include "message/fold.hpp"
#include "rules/list.hpp"
#include "rules/text_hash.hpp"

namespace tollgate::rules {

inline constexpr std::uint64_t for_ever_ns = UINT64_MAX;

/// What was changed of one entry of a list while its rules are in force.
struct LiveEntry {
  std::uint64_t added_until_ns = 0;          ///< it is added, and counts before that; 0: it is not added
  std::uint64_t own_until_ns = for_ever_ns;  ///< the list's own entry counts before that; 0: it is taken out

  bool is_nothing() const { return added_until_ns == 0 && own_until_ns == for_ever_ns; }
  friend bool operator==(const LiveEntry&, const LiveEntry&) = default;
};
/// By key, see entry_key.
using LiveEntries = absl::btree_map<std::string, LiveEntry>;

/// Until when an entry counts, as far as `own`, the day on which the list's own one expires, and `live` say
/// at that time: 0 where it does not, for_ever_ns where it does for good.
std::uint64_t counts_until(std::optional<std::uint16_t> own, const LiveEntry& live, std::uint64_t time_ns);

// What becomes of an entry. Nothing else changes.

/// It counts until then.
LiveEntry added(LiveEntry entry, std::uint64_t until_ns);
/// It does not count any more; of an entry that the list has of its own, `has_own`.
LiveEntry removed(LiveEntry entry, bool has_own);
/// An entry that counts does so until then, and no longer.
LiveEntry ending(LiveEntry entry, std::optional<std::uint16_t> own, std::uint64_t until_ns);
/// The same from that time on, without what is over.
LiveEntry without_past(LiveEntry entry, std::uint64_t time_ns);

/// A list of rules as it is with what was changed of it since: with entries that were added, each perhaps for
/// a time, and without some of its own. An entry that is taken out is that very one: a number with a shorter
/// prefix in the list is found by that still. Never changes.
class LiveList {
 public:
  static constexpr std::size_t most_entries = 100'000;

  /// `tables` are those with which the list was read. Not for phrases, of which nothing is changed.
  LiveList(std::shared_ptr<const List> list, const FoldTables& tables, const LiveEntries& entries);

  const List& list() const { return *list_; }

  /// As List::contains. Never allocates.
  bool contains(std::string_view value, std::uint64_t time_ns) const noexcept;

 private:
  void add_digits(const LiveEntries& entries);
  void add_senders(const LiveEntries& entries, const FoldTables& tables);
  void add_hosts(const LiveEntries& entries);
  bool contains_number(std::string_view digits, std::uint64_t time_ns) const noexcept;
  bool contains_prefix(std::string_view digits, std::uint64_t time_ns) const noexcept;
  bool contains_sender(std::string_view plain, std::uint64_t time_ns) const noexcept;
  bool contains_host(std::string_view host, std::uint64_t time_ns) const noexcept;

  std::shared_ptr<const List> list_;
  absl::flat_hash_map<std::uint64_t, LiveEntry> digits_;  ///< packed
  ByText<LiveEntry> texts_;                               ///< by all that they are found by
};

struct Ruleset;

/// For one ruleset, its lists as they are live. Never changes.
class LiveLists {
 public:
  /// `lists` by the index of the ruleset's, null where nothing was changed.
  LiveLists(const Ruleset& ruleset, std::vector<std::shared_ptr<const LiveList>> lists);

  /// Null where nothing was changed of it.
  const LiveList* of(std::uint32_t list) const noexcept { return lists_[list].get(); }
  /// That of Ruleset::shorteners.
  const LiveList* shorteners() const noexcept { return shorteners_; }

  const std::vector<std::shared_ptr<const LiveList>>& all() const { return lists_; }

 private:
  std::vector<std::shared_ptr<const LiveList>> lists_;
  const LiveList* shorteners_ = nullptr;
};

}  // namespace tollgate::rules
