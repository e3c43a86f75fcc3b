#include "charge/ledger_hash.hpp"

#include <charconv>
#include <cstring>

#include <endian.h>
#include <sodium.h>

namespace tollgate::charge {

IdOctets octets_of(const MessageId& id) {
  IdOctets octets;
  const std::array words{htobe64(id.high), htobe64(id.low)};
  std::memcpy(octets.data(), words.data(), octets.size());
  return octets;
}

MessageId id_of(Octets octets) {
  MessageId id;
  if (octets.size() != 16) return id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.high = id.high << 8U | std::to_integer<std::uint64_t>(octets[i]);
    id.low = id.low << 8U | std::to_integer<std::uint64_t>(octets[8 + i]);
  }
  return id;
}

char* CanonicalLine::field(std::size_t most) {
  const std::size_t needed = sizeof(Hash) + size_ + 1 + most;
  if (needed > octets_.size()) octets_.resize(2 * needed);
  char* const next = octets_.data() + sizeof(Hash) + size_;
  if (size_ == 0) return next;
  *next = '|';
  return next + 1;
}

void CanonicalLine::end(const char* field_end) {
  size_ = static_cast<std::size_t>(field_end - octets_.data()) - sizeof(Hash);
}

CanonicalLine& CanonicalLine::integer(std::int64_t value) {
  constexpr std::size_t most = 20;
  char* const to = field(most);
  end(std::to_chars(to, to + most, value).ptr);
  return *this;
}

CanonicalLine& CanonicalLine::text(std::string_view value) {
  char* to = field(2 * value.size());
  for (const char c : value) {
    if (c == '|' || c == '\\') *to++ = '\\';
    *to++ = c;
  }
  end(to);
  return *this;
}

CanonicalLine& CanonicalLine::hex(Octets value) {
  constexpr std::string_view digits = "0123456789abcdef";
  char* to = field(2 * value.size());
  for (const std::byte octet : value) {
    *to++ = digits[std::to_integer<std::size_t>(octet >> 4)];
    *to++ = digits[std::to_integer<std::size_t>(octet & std::byte{0xF})];
  }
  end(to);
  return *this;
}

Hash CanonicalLine::hash(const Hash& before) {
  std::memcpy(octets_.data(), before.data(), before.size());
  Hash hash{};
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(octets_.data()), sizeof(Hash) + size_, nullptr,
                     0);
  return hash;
}

IdOctets digest(std::string_view what) {
  IdOctets id{};
  crypto_generichash(reinterpret_cast<unsigned char*>(id.data()), id.size(),
                     reinterpret_cast<const unsigned char*>(what.data()), what.size(), nullptr, 0);
  return id;
}

void write_line(CanonicalLine& line, const EventRecord& event) {
  line.clear();
  line.integer(event.account).integer(event.sequence).hex(event.id).hex(event.retry).integer(event.time_ns);
  line.integer(event.price)
      .integer(event.amount)
      .integer(event.fees)
      .integer(event.part)
      .integer(event.parts);
  line.text(event.tariff).text(event.country).text(event.recipient_operator).text(event.route);
}

}  // namespace tollgate::charge
