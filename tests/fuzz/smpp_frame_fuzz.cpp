#include <cstddef>
#include <cstdint>

#include "decode/smpp_frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::decode::smpp;
  const Octets input = std::as_bytes(std::span{data, size});
  const Frame first = frame(input);
  if (first.kind == Frame::Kind::pdu && (first.size < header_size || first.size > size)) __builtin_trap();
  if (first.kind == Frame::Kind::need_more && first.size <= size && size >= 4) __builtin_trap();
  const Boundary boundary = find_boundary(input);
  if (boundary.offset > size) __builtin_trap();
  if (boundary.found && plausible_start(input.subspan(boundary.offset)) != Plausible::yes) __builtin_trap();
  for (std::size_t length = 0; length < size && length < header_size; ++length)
    if (plausible_start(input.first(length)) == Plausible::no && plausible_start(input) != Plausible::no)
      __builtin_trap();
  return 0;
}
