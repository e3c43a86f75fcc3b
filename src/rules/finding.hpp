#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tollgate::rules {

/// Where in a file a person wrote something. Lines and columns count from 1; 0 where there is none.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

/// `rules/phishing.yaml:12:3`, as far as it is known.
std::string to_string(const Place& place);

enum class Severity : std::uint8_t {
  error,    ///< the folder is not taken
  warning,  ///< it is, but probably does not do what was meant
};

/// What is wrong with a file. The text says what was found, what was expected and what to do.
struct Finding {
  Severity severity;
  Place place;
  std::string text;
};

/// `FILE:LINE:COLUMN: error: TEXT`
std::string to_string(const Finding& finding);

/// Collects findings: a person sees all faults of a folder at once. A folder with any error changes nothing.
class Findings {
 public:
  void error(Place place, std::string text) { add({Severity::error, std::move(place), std::move(text)}); }
  void warning(Place place, std::string text) { add({Severity::warning, std::move(place), std::move(text)}); }
  void add(Finding finding) {
    if (finding.severity == Severity::error) ++errors_;
    all_.push_back(std::move(finding));
  }

  bool any_error() const { return errors_ != 0; }
  std::size_t errors() const { return errors_; }
  /// In the order in which they were found.
  const std::vector<Finding>& all() const { return all_; }
  /// Orders them by file, line and column: as a person reads them.
  void sort();

 private:
  std::vector<Finding> all_;
  std::size_t errors_ = 0;
};

}  // namespace tollgate::rules
