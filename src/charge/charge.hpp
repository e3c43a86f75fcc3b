#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "charge/amount.hpp"
#include "message/message.hpp"

namespace tollgate::charge {

/// Why an account does not pay for a message. The name is what event, statement and report say.
enum class Refusal : std::uint8_t {
  none,
  no_account,             ///< nobody is known who pays for what comes from there
  suspended,              ///< by a person, or at a limit
  label_not_accepted,     ///< the account sends other things
  sender_not_registered,  ///< not, or not yet
  hour_not_allowed,       ///< of marketing, by the account's clocks
  recipient_excluded,     ///< such as by a register of who wants no such messages
  rate_exceeded,
  distribution_list,  ///< nobody but the receiver knows how many recipients it has
  no_price,           ///< a missing price is not zero
  no_credit,          ///< prepaid credit or a limit is used up
  ledger_behind,      ///< what is spent cannot be written down at present
};
std::string_view to_string(Refusal refusal);
/// A sentence for a person who knows only the name; empty where that is no refusal's.
std::string_view meaning_of_refusal(std::string_view name);

/// A text of at most `size` octets of UTF-8, as it stands in a record. What is longer is cut between two
/// characters.
template <std::size_t size>
struct ShortText {
  std::array<char, size> octets{};  ///< zeros after the text

  void assign(std::string_view text) {
    octets.fill('\0');
    if (text.empty()) return;
    std::size_t length = std::min(text.size(), size);
    if (length < text.size()) {
      while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
    }
    std::copy_n(text.begin(), length, octets.begin());
  }
  std::string_view view() const {
    return {octets.data(),
            static_cast<std::size_t>(std::find(octets.begin(), octets.end(), '\0') - octets.begin())};
  }
};

/// A chargeable event, as it stands in the journal: plain data. It is made once for each part of a message,
/// and for each of its recipients, that passes by `charge`; nothing in it tells what the message said.
///
/// What leaked stands there as well, at the price that it should have had: `account` is 0, the origin's name
/// is in the place of the tariff, and its OriginKind in that of `part`. So does what an account might not
/// send: `price` is 0, and the Refusal is in the place of `part`.
struct Charge {
  MessageId id;  ///< of the part to this recipient: where it stood on its connection, and a digest of it
  /// The same for the same part sent again by its application; of the part that pays for a whole message, the
  /// same for all parts of that.
  MessageId retry;
  std::uint64_t time_ns = 0;  ///< of the packet, since 1970-01-01T00:00:00Z
  Amount amount = 0;          ///< 0: a later part of a message that has a price as a whole
  Amount fees = 0;            ///< passed through, not in `amount`; which ones stands in the price line
  std::uint32_t account = 0;  ///< its number in the ledger; 0: nobody paid
  std::uint32_t price = 0;    ///< the price line's number in the ledger; 0: nothing was paid
  std::uint8_t part = 0;      ///< 1 and up; 0 where the message has one part only
  std::uint8_t parts = 0;
  std::array<char, 2> country{};     ///< the recipient's, ISO 3166; zeros where it is not known
  ShortText<36> recipient_operator;  ///< from the table of operators
  ShortText<32> tariff;              ///< that the policy names
  ShortText<32> route;

  bool leaked() const { return account == 0; }
  bool refused() const { return account != 0 && price == 0; }
  /// An event, that somebody paid.
  bool paid() const { return !leaked() && !refused(); }
};

// A digest of its octets is one of what it says: there are none between its members.
static_assert(std::is_trivially_copyable_v<Charge> && std::has_unique_object_representations_v<Charge>);

}  // namespace tollgate::charge
