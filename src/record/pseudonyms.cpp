#include "record/pseudonyms.hpp"

#include <sodium.h>

namespace tollgate::record {
namespace {

constexpr std::string_view base32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t hash_octets = 16;
constexpr unsigned digit_bits = 5;

static_assert((Pseudonyms::length - 1) * digit_bits <= hash_octets * 8);

}  // namespace

Pseudonyms::~Pseudonyms() { sodium_memzero(key_.data(), key_.size()); }

void Pseudonyms::write(std::string_view number, std::span<char, length> to) const {
  std::array<unsigned char, hash_octets> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(number.data()),
                     number.size(), key_.data(), key_.size());
  to[0] = '~';
  const unsigned char* next = hash.data();
  unsigned bits = 0;  // of which the lowest `have` are still to be written
  unsigned have = 0;
  for (char& digit : to.subspan<1>()) {
    if (have < digit_bits) {
      bits = bits << 8U | *next++;
      have += 8;
    }
    have -= digit_bits;
    digit = base32[bits >> have & 31U];
  }
}

}  // namespace tollgate::record
