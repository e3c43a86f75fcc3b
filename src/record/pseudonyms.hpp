#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tollgate::record {

/// What pseudonyms depend on. Who has it can find out whose they are by trying all numbers.
using PseudonymKey = std::array<unsigned char, 32>;

/// The key in a file of one line, 64 hexadecimal digits. Throws std::runtime_error, with what to do, where
/// the file cannot be read, holds another thing, or others than its owner can read or write it.
PseudonymKey read_pseudonym_key(const std::string& path);

/// Gives numbers other names: the same number the same one under one key, and under another key one that has
/// nothing to do with it.
class Pseudonyms {
 public:
  /// A tilde, which no number has, and 100 bits in lower-case base32 (RFC 4648).
  static constexpr std::size_t length = 21;

  explicit Pseudonyms(const PseudonymKey& key) : key_(key) {}
  ~Pseudonyms();
  Pseudonyms(const Pseudonyms&) = default;
  Pseudonyms& operator=(const Pseudonyms&) = default;

  /// That of a number: E.164 digits where they are known, else the address as it was sent. It is the
  /// beginning of its keyed BLAKE2b hash of 16 octets. Packets do not wait for it: a microsecond or less.
  void write(std::string_view number, std::span<char, length> to) const;

 private:
  PseudonymKey key_;
};

}  // namespace tollgate::record
