#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "message/message.hpp"
#include "record/money.hpp"

namespace tollgate::cli {

/// Where a message stands: the frame of a capture or the line of a file of events, from 1.
struct Source {
  std::string_view file;
  std::uint64_t frame = 0;  ///< 0: the file is one of events
  std::uint64_t line = 0;
  std::string_view id;  ///< of its event; may be empty
};

/// A verdict that changes, to tell it by: from one to the other.
struct Change {
  std::string from;
  std::string to;
  auto operator<=>(const Change&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm
};

/// A message whose verdict changes, for a person to judge.
struct Example {
  std::string file;
  std::uint64_t frame = 0;
  std::uint64_t line = 0;
  std::string id;
  std::string sender;
  std::string recipient;  ///< or `IMSI 001…`
  std::string text;       ///< its beginning
  Change change;
  Change policy;  ///< the names of the lines
};

/// Messages that have something in common, by their change.
class Group {
 public:
  /// Which of the two rulesets found it.
  enum class Side : std::uint8_t { both, before, after };
  struct Key {
    std::string name;
    Side side = Side::both;
    Change change;
    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm
  };
  struct Row {
    std::uint64_t count = 0;
    std::vector<Example> examples;
  };
  static constexpr std::size_t most_rows = 10'000;
  static constexpr std::size_t most_examples = 3;

  void add(Key key, const Example& example);
  const std::map<Key, Row>& rows() const { return rows_; }
  /// Messages for which there was no row left.
  std::uint64_t beyond() const { return beyond_; }

 private:
  std::map<Key, Row> rows_;
  std::uint64_t beyond_ = 0;
};

/// What changes where the messages that `before` judged, and charged, are so by `after`. Memory is bounded:
/// counts, and a few examples of each kind.
class VerdictChanges {
 public:
  /// One message, as judged by either.
  void add(const Message& before, const Message& after, const Source& source);

  /// Whether anything changes that somebody would notice.
  bool any() const { return changed != 0 || repriced != 0; }

  struct Paid {
    std::int64_t amount = 0;  ///< millionths
    std::int64_t fees = 0;
  };
  using ByCurrency = std::map<std::string, Paid, std::less<>>;
  struct Charges {
    std::uint64_t messages = 0;  ///< a long one counts with its first part
    std::uint64_t parts = 0;
    ByCurrency paid;  ///< by who has an account
  };
  /// What becomes of the charges of one tariff.
  struct Moved {
    Charges gone;     ///< are there before only
    Charges come;     ///< are there after only
    Charges was, is;  ///< are there before and after, and cost otherwise
  };
  static constexpr std::size_t most_lost = 10;

  std::uint64_t messages = 0;
  std::uint64_t changed = 0;
  std::uint64_t relabelled = 0;      ///< the same verdict, other labels
  std::uint64_t repriced = 0;        ///< the same verdict, another price, payer, or reason why nobody pays
  std::uint64_t lost_passwords = 0;  ///< that came through before, and do not after
  std::uint64_t won_passwords = 0;
  std::vector<Example> lost;  ///< of the passwords
  Group verdicts;             ///< names are empty
  Group rules;                ///< names are ids
  Group labels;
  Group accounts;
  Group routes;
  Group policy;  ///< names are those of both lines
  Group prices;  ///< of the same verdict, from one price to another; names are accounts
  record::Money money_before;
  record::Money money_after;
  std::map<std::string, Moved> tariffs;

 private:
  void add_groups(const Message& before, const Message& after, const Example& example);
  void add_price(const Message& before, const Message& after, Example example);
  void move_charges(const Message& before, const Message& after);
};

}  // namespace tollgate::cli
