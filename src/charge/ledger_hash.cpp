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

CanonicalLine& CanonicalLine::integer(std::int64_t value) {
  separate();
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  line_.append(digits.data(), end);
  return *this;
}

CanonicalLine& CanonicalLine::text(std::string_view value) {
  separate();
  if (value.find_first_of("|\\") == value.npos) {
    line_ += value;
    return *this;
  }
  for (const char c : value) {
    if (c == '|' || c == '\\') line_ += '\\';
    line_ += c;
  }
  return *this;
}

CanonicalLine& CanonicalLine::hex(Octets value) {
  separate();
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::byte octet : value) {
    line_ += digits[std::to_integer<std::size_t>(octet >> 4)];
    line_ += digits[std::to_integer<std::size_t>(octet & std::byte{0xF})];
  }
  return *this;
}

Hash CanonicalLine::hash(const Hash& before) const {
  crypto_generichash_state state;
  Hash hash{};
  const auto octets = [](const auto* data) { return reinterpret_cast<const unsigned char*>(data); };
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  crypto_generichash_update(&state, octets(before.data()), before.size());
  crypto_generichash_update(&state, octets(line_.data()), line_.size());
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(hash.data()), hash.size());
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
