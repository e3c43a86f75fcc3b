#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tollgate::traffic {

/// Octets that grow at the end. Encoders append to one; numbers are big-endian unless the name says
/// otherwise.
class Bytes {
 public:
  Bytes() = default;
  Bytes(std::initializer_list<unsigned> octets) {
    octets_.reserve(octets.size());
    for (const unsigned octet : octets) u8(octet);
  }

  void u8(std::uint64_t value) { octets_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(std::uint64_t value) { big(value, 2); }
  void u24(std::uint64_t value) { big(value, 3); }
  void u32(std::uint64_t value) { big(value, 4); }
  void u64(std::uint64_t value) { big(value, 8); }
  void u16_little(std::uint64_t value) { little(value, 2); }
  void u32_little(std::uint64_t value) { little(value, 4); }
  void append(std::span<const std::uint8_t> octets) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
  }
  void append(const Bytes& other) { append(other.span()); }
  void text(std::string_view characters) {
    octets_.insert(octets_.end(), characters.begin(), characters.end());
  }
  void c_string(std::string_view characters) {
    text(characters);
    u8(0);
  }
  void fill(std::size_t count, std::uint8_t octet = 0) { octets_.insert(octets_.end(), count, octet); }

  void set_u8(std::size_t at, std::uint64_t value) { octets_[at] = static_cast<std::uint8_t>(value); }
  void set_u16(std::size_t at, std::uint64_t value) {
    set_u8(at, value >> 8U);
    set_u8(at + 1, value);
  }
  void set_u32(std::size_t at, std::uint64_t value) {
    set_u16(at, value >> 16U);
    set_u16(at + 2, value);
  }
  /// Makes room for `count` zero octets before `at`.
  void insert(std::size_t at, std::size_t count) {
    octets_.insert(octets_.begin() + static_cast<std::ptrdiff_t>(at), count, 0);
  }
  void reserve(std::size_t size) { octets_.reserve(size); }
  void resize(std::size_t size) { octets_.resize(size); }
  void clear() { octets_.clear(); }

  std::size_t size() const { return octets_.size(); }
  bool empty() const { return octets_.empty(); }
  const std::uint8_t* data() const { return octets_.data(); }
  std::uint8_t operator[](std::size_t at) const { return octets_[at]; }
  std::span<const std::uint8_t> span() const { return octets_; }
  std::span<const std::uint8_t> span(std::size_t from, std::size_t count) const {
    return span().subspan(from, count);
  }

  friend bool operator==(const Bytes&, const Bytes&) = default;

 private:
  void big(std::uint64_t value, std::size_t width) {
    const std::size_t start = octets_.size();
    octets_.resize(start + width);
    for (std::size_t i = 0; i < width; ++i) set_u8(start + i, value >> (8 * (width - 1 - i)));
  }
  void little(std::uint64_t value, std::size_t width) {
    const std::size_t start = octets_.size();
    octets_.resize(start + width);
    for (std::size_t i = 0; i < width; ++i) set_u8(start + i, value >> (8 * i));
  }

  std::vector<std::uint8_t> octets_;
};

}  // namespace tollgate::traffic
