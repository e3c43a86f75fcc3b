#include "inspect/user_data.hpp"

// The first octets are the coding, the flags and the length; the rest are the user data.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  if (size < 3) return 0;
  const Octets octets = std::as_bytes(std::span{data + 3, size - 3});
  const bool packed = (data[1] & 2U) != 0;
  Arena arena{(data[1] & 4U) != 0 ? std::size_t{64} : std::size_t{1} << 17U};
  Counters counters;
  Message message;
  inspect::read_user_data({.dcs = data[0],
                           .has_header = (data[1] & 1U) != 0,
                           .length = packed ? data[2] : octets.size(),
                           .octets = octets,
                           .packed = packed},
                          message, arena, counters);
  if (message.has_text && !message.data.empty()) __builtin_trap();
  if (message.parts.total != 0 && message.parts.seq > message.parts.total) __builtin_trap();
  for_each_view(message, [](const auto& view) {
    unsigned sum = 0;
    for (const auto octet : view) sum += static_cast<unsigned char>(octet);
    volatile unsigned kept = sum;
    (void)kept;
  });
  return 0;
}
