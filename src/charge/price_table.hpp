#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "charge/account.hpp"
#include "message/message.hpp"
#include "rules/digit_table.hpp"

namespace tollgate::charge {

/// What a price is asked for. Views are good during the question.
struct Priced {
  const Message& message;  ///< with its judgement
  std::string_view tariff;
  std::string_view country;  ///< the recipient's
  std::string_view currency;
};

/// Lines of prices, ready to be asked. Of the lines that apply, the one with the longest prefix counts; of
/// those the one that says most: a tariff says more than a country, this more than a type of sender, a label,
/// a route, in this order, all of those behind taken together; of those that say as much, the one that began
/// last. Never changes.
class PriceTable {
 public:
  PriceTable() = default;
  /// `lines` are those of one list, or of one account.
  explicit PriceTable(std::vector<PriceLine> lines);

  bool empty() const { return lines_.empty(); }
  /// What one part or message costs at most, with fees.
  Amount dearest() const;

  /// The line that applies, null where none does. Never allocates.
  const PriceLine* find(const Priced& priced) const;

 private:
  /// Lines of one prefix: those that say most first.
  struct Group {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  /// What a line asks of a message. Its texts stand in the line, and are read where it says something.
  struct Terms {
    std::uint64_t from_ns = 0;
    std::uint64_t until_ns = 0;  ///< without
    std::uint32_t currency = 0;
    std::uint32_t says = 0;
  };
  bool applies(std::uint32_t line, const Priced& priced, std::uint32_t currency) const;
  const PriceLine* find_in(Group group, const Priced& priced, std::uint32_t currency) const;

  std::vector<PriceLine> lines_;  ///< by prefix, then by how much they say
  std::vector<Terms> terms_;      ///< of the same lines
  std::vector<Group> groups_;
  rules::DigitTable prefixes_;  ///< to places in groups_
  Group any_number_;            ///< lines without a prefix
};

}  // namespace tollgate::charge
