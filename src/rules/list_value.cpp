#include "rules/list_value.hpp"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include "rules/digit_table.hpp"
#include "rules/host_name.hpp"
#include "rules/utf8.hpp"

namespace tollgate::rules {

std::string_view without_plus(std::string_view digits) {
  return digits.starts_with('+') ? digits.substr(1) : digits;
}

PlainSender::PlainSender(std::string_view sender) noexcept {
  while (sender.starts_with(' ')) sender.remove_prefix(1);
  while (sender.ends_with(' ')) sender.remove_suffix(1);
  if (sender.size() > 1 && sender[0] == '+' &&
      sender.find_first_not_of("0123456789", 1) == std::string_view::npos) {
    sender.remove_prefix(1);
  }
  if (sender.size() > TextTable::max_octets) return;
  for (std::size_t at = 0; at < sender.size();) {
    const auto c = static_cast<UChar32>(next_character(sender, at));
    size_ += write_character(static_cast<char32_t>(u_foldCase(c, U_FOLD_CASE_DEFAULT)), room_.data() + size_);
  }
}

bool is_sender_entry(const PlainSender& sender) {
  return !sender.text().empty() && sender.text().size() <= TextTable::max_octets;
}

std::string_view folded_sender(const FoldTables& tables, std::string_view plain, FoldedText& room) {
  if (is_ascii(plain)) return {};
  fold(tables, plain, room);
  const std::string_view folded = room.reading(0);
  return folded == plain || folded.size() > TextTable::max_octets ? std::string_view{} : folded;
}

std::string why_no_entry(ListType type, std::string_view text) {
  switch (type) {
    case ListType::number:
    case ListType::prefix: {
      const bool prefix = type == ListType::number && text.ends_with('*');
      return fmt::format("`{}` is not a {}; write 1 to 17 digits, without blanks or punctuation{}", text,
                         to_string(type),
                         prefix ? "; prefixes belong in a list of `# type: prefix`, without `*`" : "");
    }
    case ListType::sender:
      return "a sender of more than 255 octets; no network delivers such a one: leave it out";
    case ListType::host: return fmt::format("`{}` is not a host; {}", text, host_advice(text));
    case ListType::phrase: break;
  }
  return "phrases are compiled with the rules; add them to the list's file";
}

std::optional<std::string> entry_key(ListType type, std::string_view text) {
  switch (type) {
    case ListType::number:
    case ListType::prefix: {
      const std::string_view digits = without_plus(text);
      if (!DigitTable::pack(digits)) return {};
      return std::string(digits);
    }
    case ListType::sender: {
      const PlainSender plain(text);
      if (!is_sender_entry(plain)) return {};
      return std::string(plain.text());
    }
    case ListType::host: {
      auto forms = host_forms(text);
      if (!forms) return {};
      return std::move(forms->ascii);
    }
    case ListType::phrase: break;
  }
  return {};
}

}  // namespace tollgate::rules
