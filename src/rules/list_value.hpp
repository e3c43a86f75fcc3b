#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "message/fold.hpp"
#include "rules/list.hpp"
#include "rules/text_table.hpp"

namespace tollgate::rules {

// The forms in which lists keep their entries, and compare values with them.

/// Digits behind a `+`, which does not count.
std::string_view without_plus(std::string_view digits);

/// A sender's address in the one form in which it is kept: small letters, no blanks around it, no plus before
/// digits. Empty where it is longer than any address.
class PlainSender {
 public:
  explicit PlainSender(std::string_view sender) noexcept;
  std::string_view text() const noexcept { return {room_.data(), size_}; }

 private:
  std::array<char, 2 * TextTable::max_octets> room_;
  std::size_t size_ = 0;
};

/// Whether a list can have that sender.
bool is_sender_entry(const PlainSender& sender);

/// A plain sender as it is folded, in `room`: by that, too, it is found. Empty where that is nothing else.
std::string_view folded_sender(const FoldTables& tables, std::string_view plain, FoldedText& room);

/// Calls `f(suffix, labels)` for the last label of a host, the last two and so on, until it returns true.
template <class F>
bool any_suffix(std::string_view host, F&& f) noexcept {
  unsigned labels = 0;
  for (std::size_t begin = host.size(); begin > 0;) {
    const std::size_t dot = host.rfind('.', begin - 1);
    begin = dot == std::string_view::npos ? 0 : dot;
    ++labels;
    if (f(host.substr(dot == std::string_view::npos ? 0 : dot + 1), labels)) return true;
  }
  return false;
}

/// What is wrong with an entry, and what to write. The text is one that no list of that type takes.
std::string why_no_entry(ListType type, std::string_view text);

/// The key under which a list of that type keeps an entry that a person writes so: digits, a plain sender, a
/// host in punycode. Nothing where it takes none such, as one of phrases.
std::optional<std::string> entry_key(ListType type, std::string_view text);

}  // namespace tollgate::rules
