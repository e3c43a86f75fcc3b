#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "decode/octets.hpp"
#include "message/message.hpp"

namespace tollgate::charge {

/// BLAKE2b of 32 octets (RFC 7693), without a key.
using Hash = std::array<std::byte, 32>;
/// An identity as it is stored: MessageId's `high` and `low`, the most significant octet first.
using IdOctets = std::array<std::byte, 16>;

IdOctets octets_of(const MessageId& id);
MessageId id_of(Octets octets);  ///< zero where these are not 16

/// What a record says, as one line: fields with `|` between them, integers in decimal, identities in
/// hexadecimal digits (lower case), texts as they are but for a `\` before each `|` and `\`. Its hash is of
/// the 32 octets of the hash of the record before it (zeros for the first), and the line without an end.
class CanonicalLine {
 public:
  CanonicalLine& integer(std::int64_t value);
  CanonicalLine& text(std::string_view value);
  CanonicalLine& hex(Octets value);
  void clear() { size_ = 0; }

  std::string_view line() const { return {octets_.data() + sizeof(Hash), size_}; }
  Hash hash(const Hash& before);

 private:
  /// Where the next field goes, of so many octets at most; `end` says where it ended.
  char* field(std::size_t most);
  void end(const char* field_end);

  std::vector<char> octets_ = std::vector<char>(512);  ///< first the hash of the record before it
  std::size_t size_ = 0;                               ///< of the line
};

/// Of a text that says what something is, for its identity.
IdOctets digest(std::string_view what);

/// An event's line:
/// account|sequence|id|retry|time_ns|price|amount|fees|part|parts|tariff|country|operator|route
struct EventRecord {
  std::uint32_t account = 0;
  std::int64_t sequence = 0;
  IdOctets id{};
  IdOctets retry{};
  std::int64_t time_ns = 0;
  std::int64_t price = 0;
  std::int64_t amount = 0;
  std::int64_t fees = 0;
  std::int64_t part = 0;
  std::int64_t parts = 0;
  std::string_view tariff;
  std::string_view country;
  std::string_view recipient_operator;
  std::string_view route;
};
void write_line(CanonicalLine& line, const EventRecord& event);

}  // namespace tollgate::charge
