#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::decode {

enum class Alphabet : std::uint8_t { gsm7, data8, ucs2 };

/// What a TP-Data-Coding-Scheme says (TS 23.038 clause 4).
struct DataCoding {
  Alphabet alphabet = Alphabet::gsm7;
  bool compressed = false;
  bool automatic_deletion = false;  ///< message marked for automatic deletion group
  /// A reserved coding: the standard has the receiver read it as the GSM 7 bit default alphabet, and so it
  /// is.
  bool reserved = false;
  std::optional<std::uint8_t> message_class;  ///< 0..3

  struct MessageWaiting {
    std::uint8_t type = 0;  ///< 0 voicemail, 1 fax, 2 electronic mail, 3 other
    bool active = false;
    bool store = false;  ///< else the text may be discarded
  };
  std::optional<MessageWaiting> message_waiting;

  /// Whether TP-User-Data-Length counts septets (TS 23.040 9.2.3.16); else octets.
  bool counts_septets() const { return alphabet == Alphabet::gsm7 && !compressed; }
};

DataCoding data_coding(std::uint8_t dcs);

/// The meaning in words, for a trace: its parts one by one, in static storage.
std::string_view describe_group(std::uint64_t dcs);
std::string_view describe(Alphabet alphabet);
std::string_view describe_class(std::uint8_t message_class);
std::string_view describe_waiting(std::uint8_t type);

}  // namespace tollgate::decode
