#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/operators.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate::rules;
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  for (const std::string& file :
       {std::string(content), "gt_prefix,operator,country,account\n" + std::string(content)}) {
    Findings findings;
    const auto operators = read_operators(file, "fuzz", findings);
    if ((operators == nullptr) != findings.any_error()) __builtin_trap();
    if (operators == nullptr) continue;
    const Operator* found = operators->find(content);
    if (found != nullptr && found->name.empty()) __builtin_trap();
  }
  return 0;
}
