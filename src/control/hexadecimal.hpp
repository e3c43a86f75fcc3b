#pragma once

#include <span>
#include <string>

namespace tollgate::control {

inline std::string hexadecimal(std::span<const unsigned char> octets) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char octet : octets) {
    text += digits[octet >> 4U];
    text += digits[octet & 0xFU];
  }
  return text;
}

}  // namespace tollgate::control
