#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "rules/live_list.hpp"

namespace tollgate::control {

/// What was changed of one list while an appliance runs.
struct LiveChanges {
  rules::ListType type = rules::ListType::number;
  std::shared_ptr<const rules::LiveEntries> entries;
};

/// The same of all lists, by name: also of those that the rules in force do not have, or have with another
/// type. Never changed where several threads see it: who changes something makes another.
using LiveBook = std::map<std::string, LiveChanges, std::less<>>;

/// How many entries all lists of a book may have together.
inline constexpr std::size_t most_live_entries = 500'000;

std::size_t entries_of(const LiveBook& book);

/// How many entries were added, and how many of the list's own are taken out, or end at a time.
struct LiveCounts {
  std::size_t added = 0;
  std::size_t removed = 0;
};
LiveCounts counts_of(const rules::LiveEntries& entries);

/// The book without what is over at that time.
LiveBook without_past(const LiveBook& book, std::uint64_t time_ns);
rules::LiveEntries without_past(const rules::LiveEntries& entries, std::uint64_t time_ns);
/// When the first entry ends that ends; rules::for_ever_ns where none does.
std::uint64_t next_end(const LiveBook& book);

/// A text that is none of a book: what was found, and what was expected.
struct LiveBookError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// As it stands in a file: JSON, an entry a line.
std::string live_book_text(const LiveBook& book);
/// What that says. Throws LiveBookError.
LiveBook parse_live_book(const std::string& text);

}  // namespace tollgate::control
