#include "rules/operators.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "message/countries.hpp"
#include "rules/csv.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::rules {
namespace {

constexpr std::array<std::string_view, 4> columns = {"gt_prefix", "operator", "country", "account"};
constexpr std::string_view heading = "gt_prefix,operator,country,account";

}  // namespace

const Operator* Operators::find(std::string_view digits) const noexcept {
  const auto place = prefixes_.find_prefix(digits, [](std::uint32_t) { return true; });
  return place ? &operators_[*place] : nullptr;
}

/// Reads the lines of the file.
class OperatorsReader {
 public:
  OperatorsReader(std::string_view content, const std::string& name, Findings& findings)
      : name_(name), findings_(findings), many_(name, findings), csv_(content) {}

  std::shared_ptr<const Operators> read() {
    const std::size_t errors = findings_.errors();
    if (!read_heading()) return nullptr;
    while (csv_.next()) read_line();
    return findings_.errors() == errors ? operators_ : nullptr;
  }

 private:
  bool read_heading() {
    const bool any = csv_.next();
    if (any && csv_.fault().empty() &&
        std::equal(columns.begin(), columns.end(), csv_.fields().begin(), csv_.fields().end(),
                   [](std::string_view column, const CsvField& field) { return column == field.text; })) {
      return true;
    }
    findings_.error({name_, any ? csv_.line() : 1, 1}, fmt::format("the first line must be `{}`", heading));
    return false;
  }

  void read_line() {
    if (!csv_.fault().empty()) {
      return error("lines that cannot be read", csv_.fault_column(), [&] { return csv_.fault(); });
    }
    const auto fields = csv_.fields();
    if (fields.size() != columns.size()) {
      return error("lines with too many or too few fields", fields.back().column, [&] {
        return fmt::format(
            "{} fields where `{}` are expected; leave a field empty between its commas, and put one "
            "that contains commas in double quotes",
            fields.size(), heading);
      });
    }
    const auto packed = DigitTable::pack(fields[0].text);
    if (!packed) {
      return error("prefixes that are not digits", fields[0].column, [&] {
        return fmt::format(
            "`{}` is not a global-title prefix; write 1 to 17 digits, beginning with the country code, "
            "without `+` or blanks",
            fields[0].text);
      });
    }
    if (fields[1].text.empty()) {
      return error("lines without an operator", fields[1].column,
                   [] { return std::string("a prefix without an operator; write its name"); });
    }
    if (const std::string_view country = fields[2].text;
        !country.empty() && country_code_of(country).empty()) {
      return error("unknown countries", fields[2].column, [&] {
        return fmt::format(
            "`{}` is not a country; write its ISO 3166 code in capitals, like `GB`, or leave it empty",
            country);
      });
    }
    if (!operators_->prefixes_.insert(*packed, static_cast<std::uint32_t>(operators_->operators_.size()))) {
      return error("prefixes that are repeated", fields[0].column, [&] {
        return fmt::format("the prefix `{}` stands above already; remove one of them", fields[0].text);
      });
    }
    operators_->operators_.push_back(
        {std::string(fields[1].text), std::string(fields[2].text), std::string(fields[3].text)});
  }

  template <class Text>
  void error(std::string_view kind, std::uint32_t column, Text&& text) {
    many_.add(Severity::error, kind, csv_.line(), column, std::forward<Text>(text));
  }

  const std::string& name_;
  Findings& findings_;
  ManyFindings many_;
  CsvReader csv_;
  std::shared_ptr<Operators> operators_ = std::make_shared<Operators>();
};

std::shared_ptr<const Operators> read_operators(std::string_view content, const std::string& name,
                                                Findings& findings) {
  return OperatorsReader(content, name, findings).read();
}

std::shared_ptr<const Operators> load_operators(const std::string& path, const std::string& name,
                                                Findings& findings) {
  const auto content = read_file(path, name, findings);
  return content ? read_operators(*content, name, findings) : nullptr;
}

}  // namespace tollgate::rules
