#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charge/charge.hpp"

namespace tollgate::charge {

enum class Payment : std::uint8_t { prepaid, postpaid };
enum class Status : std::uint8_t { active, suspended };
/// Of a suspension that money lifts.
inline constexpr std::string_view limit_reason = "limit";
/// What the id of an account begins with that was charged and that the ledger did not have: restored from a
/// backup that is older than the account. Its number is behind it.
inline constexpr std::string_view unknown_account = "unknown-";

/// How an account's traffic is told.
struct Recogniser {
  enum class Kind : std::uint8_t {
    system_id,       ///< of the SMPP bind
    peer,            ///< IP address or network of either end of an SMPP connection
    gt,              ///< prefix of the calling global title, digits
    service_centre,  ///< prefix of the service centre's address, digits
    link,            ///< name of a link
  };
  Kind kind = Kind::system_id;
  std::string value;
  friend bool operator==(const Recogniser&, const Recogniser&) = default;
};

/// A sender address that an account may use: as sent, letters of either case the same.
struct RegisteredSender {
  std::string address;
  bool prefix = false;         ///< and all that begin with it
  std::uint64_t since_ns = 0;  ///< from when it counts
  friend bool operator==(const RegisteredSender&, const RegisteredSender&) = default;
};

/// Who pays, as it stands in the ledger.
struct Account {
  std::uint32_t number = 0;  ///< in the ledger, from 1; never given to another account
  std::string id;            ///< what people, events and rules call it
  std::string name;
  std::vector<Recogniser> recognised_by;
  std::vector<RegisteredSender> senders;
  std::string price_list = "standard";
  std::string currency;  ///< ISO 4217
  Payment payment = Payment::prepaid;
  Status status = Status::active;
  std::string reason;                   ///< of a suspension: `limit`, or what a person wrote
  std::optional<Amount> monthly_limit;  ///< postpaid: of what one month in `time_zone` may cost; absent: none
  std::optional<Amount> total_limit;    ///< postpaid: of what may be unpaid; absent: none
  std::vector<std::uint8_t> warn_at_percent{80, 95};  ///< of a limit, or of the credit bought last
  std::uint32_t messages_per_second = 0;              ///< 0: as many as come
  std::string time_zone = "UTC";                      ///< IANA
  std::string marketing_hours;                        ///< `08:00-20:00`; empty: all
  std::string marketing_days;                         ///< `mon tue wed thu fri sat sun`; empty: all
  std::string marketing_zone;         ///< by whose clocks: IANA, or `recipient`; empty: `time_zone`
  std::vector<std::string> excluded;  ///< names of lists of numbers or prefixes
  std::vector<std::string> labels;    ///< one of which a message must have; empty: whatever it has
};

/// What one part or message costs. A line never changes: it ends, and another one begins.
struct PriceLine {
  enum class Per : std::uint8_t { part, message };
  /// Passed through: an amount of its own on the statement.
  struct Fee {
    std::string name;
    Amount amount = 0;
    friend bool operator==(const Fee&, const Fee&) = default;
  };

  std::uint32_t number = 0;  ///< in the ledger, from 1
  std::string list;          ///< of which list of prices; empty where it is one account's own
  std::string account;       ///< whose own line it is, which comes before those of its list; else empty
  std::string tariff;        ///< that the policy names; empty: any
  std::string country;       ///< of the recipient, ISO 3166; empty: any
  std::string prefix;        ///< of the recipient's number, digits; empty: any. The longest counts
  std::string sender_type;   ///< as events have it; empty: any
  std::string label;         ///< that the message has; empty: any
  std::string route;         ///< empty: any
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = 0;  ///< up to but without; 0: for ever
  Per per = Per::part;
  Amount amount = 0;
  std::string currency;  ///< ISO 4217
  std::vector<Fee> fees;
};

/// All fees of a line together.
inline Amount fees_of(const PriceLine& line) {
  Amount sum = 0;
  for (const PriceLine::Fee& fee : line.fees) sum += fee.amount;
  return sum;
}

}  // namespace tollgate::charge
