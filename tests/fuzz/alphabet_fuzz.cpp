#include <algorithm>
#include <string>

#include <unicode/ustring.h>

#include "decode/alphabet.hpp"

namespace {

void check(std::size_t length, std::span<const char> room) {
  if (length > room.size()) __builtin_trap();
  std::int32_t units = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(nullptr, 0, &units, room.data(), static_cast<std::int32_t>(length), &status);
  if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR) __builtin_trap();
}

}  // namespace

// The first octets pick the first septet, the languages and the room; the rest is the text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::decode;
  if (size < 5) return 0;
  const std::size_t first = data[0];
  const NationalLanguage language{data[1], data[2]};
  const std::size_t count = data[3];
  const Octets input = std::as_bytes(std::span{data + 5, size - 5});
  // just so much room: the sanitizer sees a write behind it
  std::string room(data[4] == 255 ? 3 * (input.size() + 1) * 8 / 7 : data[4], '?');
  check(gsm7_packed_to_utf8(input, first, count, language, room), room);
  check(gsm7_unpacked_to_utf8(input, language, room), room);
  check(ucs2_to_utf8(input, room), room);
  check(latin1_to_utf8(input, room), room);
  return 0;
}
