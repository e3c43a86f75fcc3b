#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/digit_table.hpp"
#include "rules/finding.hpp"

namespace tollgate::rules {

/// Who has a range of global titles.
struct Operator {
  std::string name;
  std::string country;  ///< ISO 3166 alpha-2; empty where the file leaves it to the number
  std::string account;  ///< who pays; empty where nobody does
};

/// `operators.csv`: whose a global title or service-centre address is, by the longest prefix.
///
///     gt_prefix,operator,country,account
///     4477009,Example Mobile,GB,
///     447700900,Example Messaging Ltd,GB,example
///
/// The first line stands as above; UTF-8, CSV as in lists (list.hpp), lines that begin with `#` are remarks.
class Operators {
 public:
  /// The operator with the longest prefix of these digits; null where none has one. Never allocates.
  const Operator* find(std::string_view digits) const noexcept;
  std::size_t size() const { return prefixes_.size(); }

 private:
  friend class OperatorsReader;
  DigitTable prefixes_;  ///< to places in operators_
  std::vector<Operator> operators_;
};

/// Reads the file at `path`, which findings call `name`. Null where it has any error.
std::shared_ptr<const Operators> load_operators(const std::string& path, const std::string& name,
                                                Findings& findings);
/// Reads it from memory.
std::shared_ptr<const Operators> read_operators(std::string_view content, const std::string& name,
                                                Findings& findings);

}  // namespace tollgate::rules
