#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "charge/book.hpp"
#include "charge/charge.hpp"

namespace tollgate::charge {

/// The first line of each CDR file, with its end. `part` and `parts` are 1 and 1 where a message has one
/// part; `price` is the price line's number in the ledger, `amount` is without `fees`.
inline constexpr std::string_view cdr_header =
    "id,time,account,tariff,price,part,parts,country,operator,route,amount,fees,currency\n";

/// Lines of CDR files that wait to be written.
class CdrLines {
 public:
  /// A line for each charge, in CSV as RFC 4180 quotes it but with a line feed alone at its end. `book` tells
  /// accounts' names and currencies; of one that it does not have, the number stands there. What leaked has
  /// none.
  void add(const Book& book, std::span<const Charge> charges);

  std::size_t count() const { return ends_.size(); }
  std::size_t octets() const { return text_.size(); }
  /// The first of them, as many as fit, and one at least where there is one.
  struct First {
    std::string_view text;
    std::size_t count = 0;
  };
  First first_within(std::uint64_t octets) const;
  /// Forgets the first lines: 0 to count().
  void drop_first(std::size_t count);

 private:
  std::string text_;
  std::vector<std::size_t> ends_;  ///< of each line, in `text_`
};

}  // namespace tollgate::charge
