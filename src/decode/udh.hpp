#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/alphabet.hpp"
#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode {

/// One element of a user data header (TS 23.040 9.2.3.24).
struct InformationElement {
  std::uint8_t identifier = 0;
  Octets data;
};

/// Walks the elements of a header whose elements end where it ends (see `UserDataHeader::elements`).
class InformationElements {
 public:
  explicit InformationElements(Octets elements) : rest_(elements) {}

  /// The next element; nothing at the end.
  std::optional<InformationElement> next() {
    if (rest_.size() < 2) return std::nullopt;
    const auto length = std::to_integer<std::size_t>(rest_[1]);
    if (length > rest_.size() - 2) return std::nullopt;
    const InformationElement element{std::to_integer<std::uint8_t>(rest_[0]), rest_.subspan(2, length)};
    rest_ = rest_.subspan(2 + length);
    return element;
  }

 private:
  Octets rest_;
};

/// The standard's name of an Information Element Identifier (9.2.3.24); static storage.
std::string_view information_element_name(std::uint8_t identifier);

/// What a user data header says. Where elements are repeated or exclude each other (8 and 16 bit), the last
/// one counts (9.2.3.24).
struct UserDataHeader {
  Octets octets;    ///< the whole header, with its length octet
  Octets elements;  ///< its elements; empty where they are `malformed`
  /// The last element does not end where the header ends: a receiver ignores the whole header, and the text
  /// begins after it all the same (9.2.3.24).
  bool malformed = false;

  struct Concatenation {
    std::uint16_t reference = 0;
    std::uint8_t total = 0;     ///< 1..255
    std::uint8_t sequence = 0;  ///< 1..total
    bool wide = false;          ///< 16 bit reference
  };
  std::optional<Concatenation>
      concatenation;  ///< an element with a total or number of 0 or out of range is ignored

  struct ApplicationPorts {
    std::uint16_t destination = 0;
    std::uint16_t originator = 0;
    bool wide = false;  ///< 16 bit
  };
  std::optional<ApplicationPorts> ports;

  NationalLanguage language;
};

/// Reads the header at the start of `user_data`. The input may go on after it.
/// Errors: tpdu.truncated (no length octet), tpdu.bad_length (the header is longer than the user data).
Result<UserDataHeader> decode_user_data_header(Octets user_data, Trace* trace = nullptr);

}  // namespace tollgate::decode
