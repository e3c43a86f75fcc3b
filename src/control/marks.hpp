#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/audit_line.hpp"
#include "record/report.hpp"

namespace tollgate::control {

/// What was wrong with a verdict.
enum class Wrong : std::uint8_t {
  false_positive,  ///< rules hold that should not
  false_negative,  ///< none holds that should
};
std::string_view to_string(Wrong wrong);
std::optional<Wrong> wrong_of(std::string_view name);

/// What somebody says of a verdict, and what is kept of its event for that.
struct Mark {
  std::uint64_t number = 0;  ///< its own, from 1
  std::uint64_t made_ns = 0;
  std::string by;
  Wrong wrong = Wrong::false_positive;
  std::string note;

  std::string event;  ///< its id
  std::string time;   ///< of the event
  std::string protocol;
  std::string sender;  ///< as the events show it; as it was sent where the text is kept
  std::string verdict;
  std::string policy;
  std::string ruleset;
  std::vector<std::string> labels;
  std::vector<std::uint32_t>
      rules;  ///< that made the verdict; of a false negative the one that should, where that is said
  std::optional<std::string> text;  ///< only where whoever marked it wanted that
};

/// The marks, in a SQLite file of their own. An event has one mark: a later one takes its place. Any thread.
/// All throw charge::LedgerError.
class MarkBook {
 public:
  static constexpr std::uint64_t most_marks = 10'000;

  /// The file is made with the first mark.
  explicit MarkBook(std::string path, std::uint64_t most = most_marks)
      : path_(std::move(path)), most_(most) {}

  /// Gives its number; nothing where there are too many already.
  std::optional<std::uint64_t> add(const Mark& mark);

  struct Asked {
    std::uint64_t after = 0;
    std::uint64_t most = most_marks;
    std::uint32_t rule = 0;  ///< 0: of any, and of none
    std::uint64_t since_ns = 0;
  };
  /// By their numbers.
  std::vector<Mark> find(const Asked& asked) const;

  /// What was taken out; nothing where there is no such mark.
  std::optional<Mark> remove(std::uint64_t number);

  /// Marks that go, as a whole: so that a copy of them can be known for what it is.
  struct Removed {
    std::uint64_t count = 0;
    std::uint64_t first_ns = 0;  ///< when the oldest was made
    std::uint64_t last_ns = 0;
    /// BLAKE2b, 32 octets, in hexadecimal digits: of a line for each by its number, with the columns number,
    /// event, made_ns, wrong and mark of the file, with a space between them.
    std::string hash;
  };
  /// Takes out those that were made before then, once `note` has told of them; not where that throws, or
  /// there are none.
  Removed remove_before(std::uint64_t time_ns, const std::function<void(const Removed&)>& note);

  /// By rule. A mark of several rules counts for each.
  record::Reports::Marks counts() const;

 private:
  bool is_there() const;

  const std::string path_;
  const std::uint64_t most_;
  mutable std::mutex mutex_;  ///< one change at a time
};

/// The entry of the audit log that tells of it.
AuditEntry entry_of(const MarkBook::Removed& removed);

/// The same of the file at `path`, where there is one. Throws charge::LedgerError.
record::Reports::Marks mark_counts(const std::string& path);

/// Marks as tests of rules: below a line of comment for each rule, lines that can be put below its `tests:`.
/// Marks without a text cannot be tested, and are counted.
std::string tests_of(const std::vector<Mark>& marks);

}  // namespace tollgate::control
