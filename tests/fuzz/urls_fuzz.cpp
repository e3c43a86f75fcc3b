#include <cstddef>
#include <cstdint>
#include <string_view>

#include "message/urls.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  tollgate::UrlFinder urls(text);
  const char* after = text.data();
  for (auto url = urls.next(); !url.empty(); url = urls.next()) {
    // In order, apart, inside the text.
    if (url.data() < after || url.data() + url.size() > text.data() + text.size()) __builtin_trap();
    after = url.data() + url.size();
  }
  return 0;
}
