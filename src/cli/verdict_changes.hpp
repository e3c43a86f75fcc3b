#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "message/message.hpp"

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

/// What changes where the messages that `before` judged are judged by `after`. Memory is bounded: counts, and
/// a few examples of each kind.
class VerdictChanges {
 public:
  /// One message, as judged by either.
  void add(const Message& before, const Message& after, const Source& source);

  struct Charges {
    std::uint64_t messages = 0;  ///< a long one counts with its first part
    std::uint64_t parts = 0;
  };
  /// Charges of one tariff that there are on one side only.
  struct Moved {
    Charges gone;
    Charges come;
  };
  static constexpr std::size_t most_lost = 10;

  std::uint64_t messages = 0;
  std::uint64_t changed = 0;
  std::uint64_t relabelled = 0;      ///< the same verdict, other labels
  std::uint64_t lost_passwords = 0;  ///< that came through before, and do not after
  std::uint64_t won_passwords = 0;
  std::vector<Example> lost;  ///< of the passwords
  Group verdicts;             ///< names are empty
  Group rules;                ///< names are ids
  Group labels;
  Group accounts;
  Group routes;
  Group policy;                        ///< names are those of both lines
  std::map<std::string, Moved> money;  ///< by tariff

 private:
  void add_groups(const Message& before, const Message& after, const Example& example);
  void move_money(const Message& before, const Message& after);
};

}  // namespace tollgate::cli
