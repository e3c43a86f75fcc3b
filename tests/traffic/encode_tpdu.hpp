#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "traffic/bytes.hpp"

namespace tollgate::traffic {

/// TP-OA, TP-DA, TP-RA (TS 23.040 9.1.2.5): digits, or text where `ton` is alphanumeric.
struct TpAddress {
  std::string value;
  std::uint8_t ton = 1;
  std::uint8_t npi = 1;
};
constexpr std::uint8_t ton_unknown = 0;
constexpr std::uint8_t ton_international = 1;
constexpr std::uint8_t ton_national = 2;
constexpr std::uint8_t ton_network = 3;
constexpr std::uint8_t ton_subscriber = 4;
constexpr std::uint8_t ton_alphanumeric = 5;
constexpr std::uint8_t ton_abbreviated = 6;

enum class Alphabet { gsm7, octets, ucs2 };

/// TP-UD: what one short message holds.
struct UserData {
  Alphabet alphabet = Alphabet::gsm7;
  std::string text;  ///< UTF-8; unused for octets
  Bytes octets;  ///< Alphabet::octets; else, where not empty, the septets or octets in the place of `text`
  Bytes header;  ///< information elements, without TP-UDHL; empty for none
  unsigned locking = 0;  ///< national language identifiers, as in `header`
  unsigned single = 0;
};

/// An information element of TP-UDH (9.2.3.24).
void information_element(Bytes& header, std::uint8_t identifier, std::initializer_list<unsigned> octets);

enum class ValidityFormat : std::uint8_t { none = 0, enhanced = 1, relative = 2, absolute = 3 };

struct Tpdu {
  TpAddress address;  ///< originating or destination
  std::uint8_t pid = 0;
  std::uint8_t dcs = 0;
  UserData user_data;
  bool more_messages = false;  ///< DELIVER: TP-MMS is its opposite
  bool status_report = false;  ///< requested (SUBMIT) or to be returned (DELIVER)
  bool reply_path = false;
  bool reject_duplicates = false;
  std::uint8_t reference = 0;  ///< TP-MR
  ValidityFormat validity = ValidityFormat::none;
};

void deliver(Bytes& out, const Tpdu& tpdu);
void submit(Bytes& out, const Tpdu& tpdu);
/// DELIVER-REPORT and SUBMIT-REPORT share their first octets; with a cause the RP-ERROR form.
void deliver_report(Bytes& out, std::optional<std::uint8_t> failure_cause);
void submit_report(Bytes& out, std::optional<std::uint8_t> failure_cause);
void status_report(Bytes& out, const Tpdu& tpdu, std::uint8_t status);
void command(Bytes& out, const Tpdu& tpdu, std::uint8_t command_type);

/// What is behind the header: septets one an octet (gsm7), or octets.
Bytes written(const UserData& data);
/// TP-UDL and TP-UD.
void user_data(Bytes& out, const UserData& data);
/// How many septets (gsm7) or octets fit beside `header` in one message.
std::size_t capacity(Alphabet alphabet, const Bytes& header);
void tp_address(Bytes& out, const TpAddress& address);

}  // namespace tollgate::traffic
