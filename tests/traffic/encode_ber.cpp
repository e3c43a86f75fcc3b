#include "traffic/encode_ber.hpp"

#include <array>

namespace tollgate::traffic {

std::size_t Ber::open(std::uint8_t tag) {
  out_.u8(tag);
  out_.u8(form_ == LengthForm::indefinite ? 0x80 : 0);
  return out_.size();
}

void Ber::close(std::size_t start) {
  if (form_ == LengthForm::indefinite) {
    out_.u16(0);
    return;
  }
  const std::size_t length = out_.size() - start;
  unsigned octets = length < 0x80 ? 0U : length < 0x100 ? 1U : 2U;
  if (form_ == LengthForm::long_form) ++octets;
  if (octets == 0) {
    out_.set_u8(start - 1, length);
    return;
  }
  out_.set_u8(start - 1, 0x80 | octets);
  out_.insert(start, octets);
  for (unsigned i = 0; i < octets; ++i) out_.set_u8(start + i, length >> (8 * (octets - 1 - i)));
}

void Ber::primitive(std::uint8_t tag, std::span<const std::uint8_t> octets) {
  out_.u8(tag);
  const std::size_t length = octets.size();
  if (form_ == LengthForm::long_form) {
    out_.u8(length < 0x100 ? 0x81 : 0x82);
    if (length >= 0x100) out_.u8(length >> 8U);
  } else if (length >= 0x80) {
    out_.u8(length < 0x100 ? 0x81 : 0x82);
    if (length >= 0x100) out_.u8(length >> 8U);
  }
  out_.u8(length);
  out_.append(octets);
}

void Ber::integer(std::uint8_t tag, std::int64_t value) {
  unsigned octets = 1;
  while (octets < 8 && (value >> (8 * octets - 1)) != 0 && (value >> (8 * octets - 1)) != -1) ++octets;
  std::array<std::uint8_t, 8> contents{};
  for (unsigned i = 0; i < octets; ++i)
    contents[i] = static_cast<std::uint8_t>(value >> (8 * (octets - 1 - i)));
  primitive(tag, std::span{contents}.first(octets));
}

}  // namespace tollgate::traffic
