#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/finding.hpp"

namespace tollgate::rules {

/// One field of a line.
struct CsvField {
  std::string_view text;     ///< without quotes, and without blanks around it where it had none
  std::uint32_t column = 0;  ///< in characters, from 1
};

/// Reads CSV of one entry a line, in UTF-8: a byte-order mark and carriage returns at the ends of lines do
/// not count; blank lines and those that begin with `#` are passed over. A field in double quotes can contain
/// commas, and quotes doubled, but no end of line.
class CsvReader {
 public:
  static constexpr std::size_t max_fields = 32;

  explicit CsvReader(std::string_view content);

  /// The next line with an entry; false at the end.
  bool next();

  std::uint32_t line() const { return line_; }  ///< from 1
  /// Of the line, until the next; empty where there is a fault.
  std::span<const CsvField> fields() const { return std::span(fields_).first(count_); }
  /// What is wrong with the line as CSV, and where; empty where nothing is.
  const std::string& fault() const { return fault_; }
  std::uint32_t fault_column() const { return fault_column_; }

 private:
  bool next_line(std::string_view& line);
  void split(std::string_view line);
  std::size_t quoted(std::string_view line, std::size_t begin);
  std::size_t plain(std::string_view line, std::size_t begin);
  void fail(std::string_view line, std::size_t at, std::string text);

  std::string_view rest_;
  std::uint32_t line_ = 0;
  std::array<CsvField, max_fields> fields_;
  std::array<std::string, max_fields> unquoted_;
  std::size_t count_ = 0;
  std::string fault_;
  std::uint32_t fault_column_ = 0;
};

/// Adds a file's findings: of each kind the first twenty, then how many more there are.
class ManyFindings {
 public:
  ManyFindings(std::string file, Findings& findings) : file_(std::move(file)), findings_(findings) {}
  ManyFindings(const ManyFindings&) = delete;
  ManyFindings& operator=(const ManyFindings&) = delete;
  /// Adds the counts of what was left out.
  ~ManyFindings();

  /// `kind` names what the findings have in common, after a number: "lines that are not CSV". Static storage.
  /// `text` is a function that makes the finding's text.
  template <class Text>
  void add(Severity severity, std::string_view kind, std::uint32_t line, std::uint32_t column, Text&& text) {
    if (count(severity, kind)) findings_.add({severity, {file_, line, column}, text()});
  }

 private:
  static constexpr std::size_t shown = 20;
  struct Kind {
    Severity severity;
    std::string_view name;
    std::size_t count = 0;
  };
  /// Counts it; says whether it is one of the first.
  bool count(Severity severity, std::string_view kind);

  std::string file_;
  Findings& findings_;
  std::vector<Kind> kinds_;
};

}  // namespace tollgate::rules
