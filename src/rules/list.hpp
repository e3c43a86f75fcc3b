#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "message/fold.hpp"
#include "rules/digit_table.hpp"
#include "rules/finding.hpp"
#include "rules/text_hash.hpp"
#include "rules/text_table.hpp"

namespace tollgate::rules {

enum class ListType : std::uint8_t {
  number,  ///< digits, whole
  prefix,  ///< digits that a number begins with
  sender,  ///< sender addresses, whole, letters of either case the same
  host,    ///< a host and all below it
  phrase,  ///< texts, given to the matcher
};
std::string_view to_string(ListType type);

/// One line of a list of phrases.
struct ListedPhrase {
  std::string text;           ///< UTF-8 as written
  std::uint32_t line = 0;     ///< from 1
  std::uint16_t expires = 0;  ///< for expired()
};

/// Whether an entry that expires on that day (counted from 1970-01-01; 0: never) has done so: it holds to the
/// end of its day, in UTC.
inline bool expired(std::uint16_t day, std::uint64_t time_ns) {
  constexpr std::uint64_t day_ns = 86'400'000'000'000;
  return day != 0 && time_ns / day_ns > day;
}

/// A list that rules name with `@name`. Immutable after it was loaded. The file:
///
///     # type: number                          number, prefix, sender, host or phrase: the first line
///     # more remarks, and blank lines
///     447700900123
///     447700900124,2027-03-31                 holds to the end of that day
///     447700900125,,"a comment, if you like"  value,expires,comment
///
/// UTF-8, with or without a byte-order mark, lines ended by LF or CRLF. Fields that contain a comma or begin
/// with a quote stand in double quotes, with quotes in them doubled. Numbers and prefixes have up to 17
/// digits, perhaps behind a `+`, which does not count.
class List {
 public:
  ListType type() const { return type_; }
  std::size_t size() const;
  std::size_t octets() const;  ///< memory it takes

  /// Whether `value` is in the list at that time. `value` is: of numbers and prefixes, digits, with or
  /// without a `+`; of senders, the address as sent; of hosts, UTF-8 in any case, as punycode or not. Always
  /// false for phrases. Never allocates.
  bool contains(std::string_view value, std::uint64_t time_ns) const noexcept;

  /// Of a list of phrases, all of them.
  const std::vector<ListedPhrase>& phrases() const { return phrases_; }

  // What LiveList asks, which changes some of the entries. None of these allocates.

  /// Whether an entry holds that `digits` begin with, besides those for which `counts(its packed digits)` is
  /// false.
  template <class Counts>
  bool contains_prefix(std::string_view digits, std::uint64_t time_ns, Counts&& counts) const noexcept {
    const auto holds = [&](std::uint32_t day, std::uint64_t packed) {
      return !expired(static_cast<std::uint16_t>(day), time_ns) && counts(packed);
    };
    return digits_.find_prefix(digits, holds).has_value();
  }
  /// Whether an entry is found by that key, and holds: a plain sender, or a sender as it is folded.
  bool contains_text(std::string_view key, std::uint64_t time_ns) const noexcept;
  /// Whether there is an entry for that very host, of so many labels, and holds.
  bool contains_host_entry(std::string_view host, unsigned labels, std::uint64_t time_ns) const noexcept;

  /// The day on which the entry of that key (see entry_key) expires, 0: never. Nothing where there is none.
  std::optional<std::uint16_t> day_of_entry(std::string_view key) const;
  /// The keys of all senders that are found by `key`, where it is that of one as it is folded. Else none.
  std::span<const std::string> entries_found_by(std::string_view key) const;

 private:
  friend class ListReader;
  static constexpr unsigned most_counted_labels = 31;

  ListType type_ = ListType::number;
  DigitTable digits_;  ///< numbers and prefixes, to the day each expires on
  TextTable texts_;    ///< senders and hosts, likewise
  std::vector<ListedPhrase> phrases_;
  std::size_t hosts_and_senders_ = 0;  ///< entries; an internationalised host stands in texts_ in two forms
  std::uint32_t label_counts_ = 0;     ///< bit n: a host has n labels, of 31 that many or more
  ByText<std::vector<std::string>> found_by_;  ///< see entries_found_by
};

/// Reads a list from memory; `name` is how findings call it. With `fold`, senders are kept as they are
/// folded, too, so that readings of a disguised one are found. Null where there is any error.
std::shared_ptr<const List> read_list(std::string_view content, const std::string& name, Findings& findings,
                                      const FoldTables* fold = nullptr);
/// Reads the list in the file at `path`.
std::shared_ptr<const List> load_list(const std::string& path, const std::string& name, Findings& findings,
                                      const FoldTables* fold = nullptr);

}  // namespace tollgate::rules
