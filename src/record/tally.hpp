#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "message/message.hpp"

namespace tollgate::record {

/// Counts messages by what they are and what came of them, from the start of a process to its end. Bounded:
/// what comes once a table is full is counted under the name `other`.
class Tally {
 public:
  static constexpr std::size_t most_accounts = 1'000;
  static constexpr std::size_t most_rules = 20'000;
  static constexpr std::string_view other = "other";

  struct Kinds {
    Protocol protocol = Protocol::map;
    Direction direction = Direction::unknown;
    Verdict verdict = Verdict::pass;
    std::string route;                               ///< of the configuration
    auto operator<=>(const Kinds&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm
  };
  struct Account {
    std::string id;                                    ///< or `other`
    std::string currency;                              ///< empty while nothing was charged
    auto operator<=>(const Account&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm
  };
  struct Paid {
    std::uint64_t messages = 0;
    std::uint64_t charged = 0;  ///< of these
    std::uint64_t refused = 0;  ///< of these
    std::int64_t amount = 0;    ///< with fees, millionths
  };
  /// By RuleState.
  using Hits = std::array<std::uint64_t, 3>;

  void add(const Message& message);

  const std::map<Kinds, std::uint64_t>& messages() const { return messages_; }
  /// By the rule's id; id 0 holds those for which there was no room.
  const std::map<std::uint32_t, Hits>& rules() const { return rules_; }
  const std::map<Account, Paid>& accounts() const { return accounts_; }
  std::uint64_t enforced() const { return enforced_; }    ///< messages that were changed on their way
  std::uint64_t rewritten() const { return rewritten_; }  ///< answers that were
  std::uint64_t leaked() const { return leaked_; }  ///< messages that nobody paid for and somebody should

 private:
  std::map<Kinds, std::uint64_t> messages_;
  std::map<std::uint32_t, Hits> rules_;
  std::map<Account, Paid> accounts_;
  std::uint64_t enforced_ = 0;
  std::uint64_t rewritten_ = 0;
  std::uint64_t leaked_ = 0;
};

}  // namespace tollgate::record
