#include <cstdint>
#include <vector>

#include <unicode/ustring.h>

#include "inspect/charset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  if (size == 0) return 0;
  const auto coding = static_cast<Coding>(data[0] % 16U);
  if (!inspect::Charsets::reads(coding)) return 0;
  const Octets text = std::as_bytes(std::span{data + 1, size - 1});
  std::vector<char> out(inspect::Charsets::bound(text.size()));
  const std::size_t length = inspect::charsets().to_utf8(coding, text, out);
  if (length > out.size()) __builtin_trap();
  UErrorCode error = U_ZERO_ERROR;
  std::vector<char16_t> units(out.size() + 1);
  std::int32_t count = 0;
  u_strFromUTF8(units.data(), static_cast<std::int32_t>(units.size()), &count, out.data(),
                static_cast<std::int32_t>(length), &error);
  if (error == U_INVALID_CHAR_FOUND) __builtin_trap();
  return 0;
}
