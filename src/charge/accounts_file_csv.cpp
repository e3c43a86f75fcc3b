#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "charge/accounts_file.hpp"
#include "charge/accounts_file_values.hpp"
#include "rules/csv.hpp"

namespace tollgate::charge {
namespace {

constexpr std::array<std::string_view, 3> sender_columns{"account", "address", "since"};
constexpr std::string_view fee_column = "fee:";

/// Reads one file.
class CsvAccounts {
 public:
  CsvAccounts(std::string_view csv, const std::string& name, rules::Findings& findings)
      : name_(name), findings_(findings), many_(name, findings), csv_(csv) {}

  Declared read() {
    if (!read_heading()) return {};
    while (csv_.next()) read_line();
    return std::move(declared_);
  }

 private:
  bool read_heading();
  void read_line();
  void read_price(std::span<const rules::CsvField> fields);
  void read_sender(std::span<const rules::CsvField> fields);
  void read_account(std::span<const rules::CsvField> fields);
  static Expected set(Declared::OneAccount& one, std::vector<RegisteredSender>& senders,
                      std::string_view column, std::string_view text);
  void refuse(const rules::CsvField& field, const Expected& expected) {
    error("values that cannot be taken", field.column,
          [&] { return fmt::format("found `{}`; expected {}", field.text, expected); });
  }
  template <class Text>
  void error(std::string_view kind, std::uint32_t column, Text&& text) {
    many_.add(rules::Severity::error, kind, csv_.line(), column, std::forward<Text>(text));
  }
  rules::Place place() const { return {name_, csv_.line(), 1}; }

  const std::string& name_;
  rules::Findings& findings_;
  rules::ManyFindings many_;
  rules::CsvReader csv_;
  std::vector<std::string> columns_;
  bool senders_ = false;
  bool accounts_ = false;
  Declared declared_;
  std::map<std::string, std::size_t> of_account_;  ///< where in `senders`
};

bool CsvAccounts::read_heading() {
  const bool any = csv_.next() && csv_.fault().empty();
  if (any) {
    for (const rules::CsvField& field : csv_.fields()) columns_.emplace_back(field.text);
  }
  const auto has = [&](std::string_view column) {
    return std::count(columns_.begin(), columns_.end(), column) != 0;
  };
  senders_ = has("address");
  accounts_ = has("id");
  const auto known = [&](const std::string& column) {
    const auto among = [&](const auto& names) {
      return std::find(std::begin(names), std::end(names), column) != std::end(names);
    };
    if (senders_) return among(sender_columns);
    if (accounts_) return column == "senders" || among(account_columns);
    return among(price_columns) || (column.starts_with(fee_column) && column.size() > fee_column.size());
  };
  for (std::size_t i = 0; any && i < columns_.size(); ++i) {
    if (known(columns_[i]) && std::count(columns_.begin(), columns_.end(), columns_[i]) == 1) continue;
    findings_.error(
        {name_, csv_.line(), csv_.fields()[i].column},
        fmt::format(
            "found the column `{}`; expected once each, for accounts: {}, senders; for senders: {}; for "
            "prices: {}, fee:NAME",
            columns_[i], fmt::join(account_columns, ", "), fmt::join(sender_columns, ", "),
            fmt::join(price_columns, ", ")));
    return false;
  }
  if (any && (accounts_ || (senders_ ? has("account") : has("amount")))) return true;
  findings_.error({name_, 1, 1}, fmt::format("the first line must name the columns; for accounts: "
                                             "{},senders; for senders: {}; for prices: {}, fee:NAME",
                                             fmt::join(account_columns, ","), fmt::join(sender_columns, ","),
                                             fmt::join(price_columns, ",")));
  return false;
}

void CsvAccounts::read_line() {
  if (!csv_.fault().empty())
    return error("lines that cannot be read", csv_.fault_column(), [&] { return csv_.fault(); });
  const auto fields = csv_.fields();
  if (fields.size() != columns_.size())
    return error("lines with too many or too few fields", fields.back().column, [&] {
      return fmt::format("{} fields where the first line names {}; leave a field empty between its commas",
                         fields.size(), columns_.size());
    });
  if (accounts_) read_account(fields);
  else if (senders_) read_sender(fields);
  else read_price(fields);
}

void CsvAccounts::read_price(std::span<const rules::CsvField> fields) {
  PriceLine line;
  bool has_amount = false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].text.empty()) continue;
    const std::string& column = columns_[i];
    const bool fee = column.starts_with(fee_column);
    const Expected expected = fee ? set_fee(line, column.substr(fee_column.size()), fields[i].text)
                                  : set_price(line, column, fields[i].text);
    if (!expected.empty()) return refuse(fields[i], expected);
    has_amount = has_amount || column == "amount";
  }
  if (const std::string lacks = missing(line, has_amount); !lacks.empty())
    return error("prices that are not whole", 1, [&] { return lacks; });
  declared_.prices.push_back({std::move(line), place()});
}

void CsvAccounts::read_sender(std::span<const rules::CsvField> fields) {
  RegisteredSender sender;
  std::string account;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view text = fields[i].text;
    Expected expected;
    if (columns_[i] == "account") {
      account = text;
      if (!is_id(text)) expected = expected_id;
    } else if (columns_[i] == "address") {
      expected = set_sender(sender, text);
    } else if (!text.empty()) {
      expected = set_since(sender, text);
    }
    if (!expected.empty()) return refuse(fields[i], expected);
  }
  const auto [at, is_new] = of_account_.try_emplace(account, declared_.senders.size());
  if (is_new) declared_.senders.push_back({account, {}, place()});
  declared_.senders[at->second].senders.push_back(std::move(sender));
}

/// A cell of several values has `;` between them, or blanks where no value has blanks.
Expected CsvAccounts::set(Declared::OneAccount& one, std::vector<RegisteredSender>& senders,
                          std::string_view column, std::string_view text) {
  if (column != "senders" && !is_list(column)) return set_account(one.account, column, text);
  const bool blanks = column != "senders" && column != "labels" && column != "recognised_by.link";
  if (column == "warn_at") one.account.warn_at_percent.clear();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(blanks ? "; " : ";"), text.size());
    std::string_view value = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    if (value.empty()) continue;
    Expected expected = column == "senders" ? set_sender(senders.emplace_back(), value)
                                            : set_account(one.account, column, value);
    if (!expected.empty()) return expected;
  }
  return {};
}

void CsvAccounts::read_account(std::span<const rules::CsvField> fields) {
  Declared::OneAccount one{{}, place()};
  Declared::Senders senders{{}, {}, place()};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].text.empty()) continue;
    const Expected expected = set(one, senders.senders, columns_[i], fields[i].text);
    if (!expected.empty()) return refuse(fields[i], expected);
  }
  if (const std::string lacks = missing(one.account); !lacks.empty())
    return error("accounts that are not whole", 1, [&] { return lacks; });
  if (one.account.name.empty()) one.account.name = one.account.id;
  senders.account = one.account.id;
  declared_.accounts.push_back(std::move(one));
  if (!senders.senders.empty()) declared_.senders.push_back(std::move(senders));
}

}  // namespace

std::optional<Declared> read_accounts_csv(std::string_view csv, const std::string& name,
                                          rules::Findings& findings) {
  const std::size_t errors = findings.errors();
  Declared declared = CsvAccounts(csv, name, findings).read();
  find_conflicts(declared, findings);
  if (findings.errors() != errors) return {};
  return declared;
}

}  // namespace tollgate::charge
