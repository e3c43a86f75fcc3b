#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/list.hpp"

// Up to the first NUL a list, behind it what is asked of it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate::rules;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view content = input.substr(0, input.find('\0'));
  const std::string_view asked = input.substr(content.size());
  Findings findings;
  const auto list = read_list(content, "fuzz", findings);
  if ((list == nullptr) != findings.any_error()) __builtin_trap();
  for (const Finding& finding : findings.all()) {
    if (to_string(finding).empty()) __builtin_trap();
  }
  if (list == nullptr) return 0;
  (void)list->contains(asked, 0);
  (void)list->contains(content, UINT64_MAX);
  if (list->type() != ListType::phrase && !list->phrases().empty()) __builtin_trap();
  return 0;
}
