#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "charge/name.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

// For a file's own use: brings all of xxhash with it.
namespace tollgate::charge {

/// `secret`: of a keyed hash; who knows it could find two long texts of one name.
inline Name name_of(std::string_view text, std::span<const std::uint64_t> secret) {
  const auto load = [&](auto number, std::size_t at) {
    std::memcpy(&number, text.data() + at, sizeof number);
    return std::uint64_t{number};
  };
  const auto octet = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(text[at])}; };
  const std::size_t size = text.size();
  if (size > Name::most_octets) {
    const XXH128_hash_t hash = XXH3_128bits_withSecret(text.data(), size, secret.data(), secret.size_bytes());
    return {.begin = hash.low64, .end = hash.high64, .size = size};
  }
  if (size >= 8)
    return {.begin = load(std::uint64_t{}, 0), .end = load(std::uint64_t{}, size - 8), .size = size};
  if (size >= 4)
    return {.begin = load(std::uint32_t{}, 0), .end = load(std::uint32_t{}, size - 4), .size = size};
  if (size == 0) return {};
  return {.begin = octet(0) | octet(size / 2) << 8U, .end = octet(size - 1), .size = size};
}

/// Of eight letters at once: of A to Z the small ones.
inline std::uint64_t small_letters(std::uint64_t letters) {
  constexpr std::uint64_t each = 0x0101'0101'0101'0101;
  const std::uint64_t low = letters & each * 0x7F;
  const std::uint64_t from_a = low + each * (0x80 - 'A');
  const std::uint64_t after_z = low + each * (0x7F - 'Z');
  const std::uint64_t is_capital = ~letters & (from_a ^ after_z) & each * 0x80;
  return letters | is_capital >> 2U;
}

/// The name of the text in small letters. Of what is longer than 64 octets, only these count.
inline Name small_name_of(std::string_view text, std::span<const std::uint64_t> secret) {
  if (text.size() <= Name::most_octets) {
    const Name name = name_of(text, secret);
    return {.begin = small_letters(name.begin), .end = small_letters(name.end), .size = name.size};
  }
  std::array<char, 64> room;
  const std::string_view begin = text.substr(0, room.size());
  std::transform(begin.begin(), begin.end(), room.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name_of({room.data(), begin.size()}, secret);
}

}  // namespace tollgate::charge
