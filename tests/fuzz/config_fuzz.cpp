#include <cstddef>
#include <cstdint>
#include <string>

#include "cli/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate::cli;
  try {
    (void)parse_config(std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml");
  } catch (const ConfigError&) {
    // The only way in which a file may be refused.
  }
  return 0;
}
