#include "control/plain_text.hpp"

#include <unicode/uchar.h>

#include "rules/utf8.hpp"

namespace tollgate::control {

bool is_plain_text(std::string_view text) {
  if (rules::valid_octets(text) != text.size()) return false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = rules::next_character(text, at);
    if (c != U' ' && u_isgraph(static_cast<UChar32>(c)) == 0) return false;
  }
  return true;
}

}  // namespace tollgate::control
