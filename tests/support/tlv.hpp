#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "support/hex.hpp"

namespace tollgate::test {

using Bytes = std::vector<std::byte>;

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// A BER element of one identifier octet and a definite length in its shortest form (X.690 8.1.3).
inline Bytes tlv(unsigned tag, const Bytes& contents) {
  Bytes octets{static_cast<std::byte>(tag)};
  if (contents.size() > 0xff) {
    octets.push_back(std::byte{0x82});
    octets.push_back(static_cast<std::byte>(contents.size() >> 8U));
  } else if (contents.size() > 0x7f) {
    octets.push_back(std::byte{0x81});
  }
  octets.push_back(static_cast<std::byte>(contents.size() & 0xffU));
  octets.insert(octets.end(), contents.begin(), contents.end());
  return octets;
}
inline Bytes tlv(unsigned tag, std::initializer_list<Bytes> parts) { return tlv(tag, join(parts)); }
inline Bytes tlv(unsigned tag, std::string_view digits) { return tlv(tag, hex(digits)); }

}  // namespace tollgate::test
