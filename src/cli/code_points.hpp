#pragma once

#include <cstdint>
#include <string_view>

#include <unicode/utf8.h>

namespace tollgate::cli {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // in ICU's macro
/// The code point at `at`, which moves behind it; negative where the octets are no UTF-8.
inline UChar32 next_code_point(std::string_view text, std::int32_t& at) {
  UChar32 c = 0;
  U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), c);
  return c;
}
#pragma GCC diagnostic pop

}  // namespace tollgate::cli
