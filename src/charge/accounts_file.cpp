#include "charge/accounts_file.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "charge/accounts_file_values.hpp"
#include "rules/time_window.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::charge {
namespace {

using rules::whole_number;

constexpr std::array<std::string_view, 7> week{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

bool is_hours(std::string_view text) {
  const auto minute = [](std::string_view clock) -> std::optional<std::uint64_t> {
    if (clock.size() != 5 || clock[2] != ':') return {};
    const auto hour = whole_number(clock.substr(0, 2));
    const auto minutes = whole_number(clock.substr(3));
    if (!hour || !minutes || *minutes > 59 || *hour * 60 + *minutes > 24 * 60) return {};
    return *hour * 60 + *minutes;
  };
  if (text.size() != 11 || text[5] != '-') return false;
  const auto from = minute(text.substr(0, 5));
  const auto to = minute(text.substr(6));
  return from && to && *from != *to;
}

/// Reads one file.
class AccountsReader {
 public:
  AccountsReader(rules::YamlReader& reader, Declared& declared) : reader_(reader), declared_(declared) {}

  void read(const YAML::Node& root) {
    reader_.map(root, {},
                {{"accounts",
                  [&](const YAML::Node& n) {
                    reader_.each(n, "a list of accounts", [&](const YAML::Node& one) { read_account(one); });
                  }},
                 {"prices", [&](const YAML::Node& n) {
                    reader_.each(n, "a list of prices", [&](const YAML::Node& one) { read_price(one); });
                  }}});
  }

 private:
  void read_account(const YAML::Node& node);
  void read_marks(const YAML::Node& node, Account& account);
  void read_sender(const YAML::Node& node, Declared::Senders& senders);
  void read_marketing(const YAML::Node& node, Account& account);
  void read_price(const YAML::Node& node);

  void taken(const YAML::Node& node, const Expected& expected) {
    if (!expected.empty()) reader_.unexpected(node, expected);
  }
  Amount amount(const YAML::Node& node) {
    const auto amount = read_amount(reader_.text(node, expected_amount));
    if (!amount) reader_.unexpected(node, expected_amount);
    return *amount;
  }
  std::string zone(const YAML::Node& node, std::string_view or_this) {
    constexpr std::string_view expected = "a time zone, such as Europe/London";
    std::string name = reader_.text(node, expected);
    if (name != or_this && rules::TimeZone::named(name) == nullptr) reader_.unexpected(node, expected);
    return name;
  }

  rules::YamlReader& reader_;
  Declared& declared_;
};

void AccountsReader::read_marks(const YAML::Node& node, Account& account) {
  using Kind = Recogniser::Kind;
  const auto of = [&](Kind kind) {
    return [this, &account, kind](const YAML::Node& values) {
      reader_.each(values, "one value, or a list", [&](const YAML::Node& one) {
        Recogniser mark{kind, {}};
        taken(one, set_mark(mark, reader_.text(one, "one value")));
        account.recognised_by.push_back(mark);
      });
    };
  };
  reader_.map(node, "recognised_by",
              {{"system_id", of(Kind::system_id)},
               {"peer", of(Kind::peer)},
               {"gt", of(Kind::gt)},
               {"service_centre", of(Kind::service_centre)},
               {"link", of(Kind::link)}});
}

void AccountsReader::read_sender(const YAML::Node& node, Declared::Senders& senders) {
  RegisteredSender sender;
  const auto address = [&](const YAML::Node& n) {
    taken(n, set_sender(sender, reader_.text(n, "a sender")));
  };
  if (!node.IsMap()) {
    address(node);
  } else {
    const auto since = [&](const YAML::Node& n) { taken(n, set_since(sender, reader_.text(n, "a date"))); };
    if (!reader_.map(node, "senders", {{"address", address}, {"since", since}})) return;
    if (sender.address.empty()) reader_.fail(node.Mark(), "a sender needs an `address`");
  }
  senders.senders.push_back(sender);
}

void AccountsReader::read_marketing(const YAML::Node& node, Account& account) {
  const auto between = [&](const YAML::Node& n) {
    constexpr std::string_view expected = "hours such as '08:00-20:00'";
    account.marketing_hours = reader_.text(n, expected);
    if (!is_hours(account.marketing_hours)) reader_.unexpected(n, expected);
  };
  const auto days = [&](const YAML::Node& n) {
    const std::string expected = fmt::format("days, of {}", fmt::join(week, ", "));
    reader_.each(n, expected, [&](const YAML::Node& one) {
      const std::string day = reader_.text(one, expected);
      if (std::find(week.begin(), week.end(), day) == week.end()) reader_.unexpected(one, expected);
      account.marketing_days += (account.marketing_days.empty() ? "" : " ") + day;
    });
  };
  reader_.map(node, "marketing", {{"between", between}, {"days", days}, {"zone", [&](const YAML::Node& n) {
                                                                           account.marketing_zone =
                                                                               zone(n, "recipient");
                                                                         }}});
}

void AccountsReader::read_account(const YAML::Node& node) {
  Declared::OneAccount one{{}, reader_.place(node.Mark())};
  Account& account = one.account;
  Declared::Senders senders{{}, {}, one.place};
  bool has_senders = false;
  const auto word = [&](std::string& to, const char* expected) {
    return [this, &to, expected](const YAML::Node& n) { to = reader_.text(n, expected); };
  };
  const auto payment = [&](const YAML::Node& n) {
    const std::string name = reader_.text(n, "prepaid or postpaid");
    if (name != "prepaid" && name != "postpaid") reader_.unexpected(n, "prepaid or postpaid");
    account.payment = name == "prepaid" ? Payment::prepaid : Payment::postpaid;
  };
  const auto warn_at = [&](const YAML::Node& n) {
    account.warn_at_percent.clear();
    if (n.IsSequence() && n.size() == 0) return;
    reader_.each(n, "a list of percents", [&](const YAML::Node& percent) {
      account.warn_at_percent.push_back(
          static_cast<std::uint8_t>(reader_.number(percent, 1, 100, "percents from 1 to 100")));
    });
  };
  const auto excluded = [&](const YAML::Node& n) {
    constexpr std::string_view expected = "the name of a list of numbers, such as '@do-not-contact'";
    reader_.each(n, expected, [&](const YAML::Node& list) {
      const std::string name = reader_.text(list, expected);
      if (name.size() < 2 || name[0] != '@') reader_.unexpected(list, expected);
      account.excluded.push_back(name.substr(1));
    });
  };
  const bool good = reader_.map(
      node, "accounts",
      {{"id",
        [&](const YAML::Node& n) {
          account.id = reader_.text(n, expected_id);
          if (!is_id(account.id)) reader_.unexpected(n, expected_id);
        }},
       {"name", word(account.name, "a name")},
       {"recognised_by", [&](const YAML::Node& n) { read_marks(n, account); }},
       {"senders",
        [&](const YAML::Node& n) {
          has_senders = true;
          if (n.IsSequence() && n.size() == 0) return;
          reader_.each(n, "a list of senders",
                       [&](const YAML::Node& sender) { read_sender(sender, senders); });
        }},
       {"price_list", word(account.price_list, "the name of a list of prices")},
       {"currency",
        [&](const YAML::Node& n) {
          account.currency = reader_.text(n, expected_currency);
          if (!is_currency(account.currency)) reader_.unexpected(n, expected_currency);
        }},
       {"payment", payment},
       {"monthly_limit", [&](const YAML::Node& n) { account.monthly_limit = amount(n); }},
       {"total_limit", [&](const YAML::Node& n) { account.total_limit = amount(n); }},
       {"warn_at", warn_at},
       {"messages_per_second",
        [&](const YAML::Node& n) {
          account.messages_per_second =
              static_cast<std::uint32_t>(reader_.number(n, 1, 10'000'000, "messages a second, from 1"));
        }},
       {"marketing", [&](const YAML::Node& n) { read_marketing(n, account); }},
       {"time_zone", [&](const YAML::Node& n) { account.time_zone = zone(n, {}); }},
       {"excluded", excluded},
       {"labels", [&](const YAML::Node& n) {
          reader_.each(n, "labels", [&](const YAML::Node& label) {
            account.labels.push_back(reader_.text(label, "a label, such as otp"));
          });
        }}});
  if (!good) return;
  if (account.id.empty()) reader_.fail(node.Mark(), "an account needs an `id`");
  if (account.currency.empty()) reader_.fail(node.Mark(), "an account needs a `currency`");
  if (account.payment == Payment::prepaid && (account.monthly_limit || account.total_limit))
    reader_.fail(node.Mark(),
                 "a prepaid account has no limits but its credit; remove them, or write `payment: postpaid`");
  if (account.name.empty()) account.name = account.id;
  senders.account = account.id;
  declared_.accounts.push_back(std::move(one));
  if (has_senders) declared_.senders.push_back(std::move(senders));
}

void AccountsReader::read_price(const YAML::Node& node) {
  Declared::OnePrice one{{}, reader_.place(node.Mark())};
  bool has_amount = false;
  std::vector<rules::YamlReader::Key> keys;
  for (const std::string_view column : price_columns) {
    keys.push_back({column, [&, column](const YAML::Node& n) {
                      has_amount = has_amount || column == "amount";
                      taken(n, set_price(one.line, column, reader_.text(n, "one value")));
                    }});
  }
  keys.push_back({"fees", [&](const YAML::Node& n) {
                    reader_.map(n, "a map of fees, such as {termination: 0.01}",
                                [&](const std::string& name, const YAML::Node&, const YAML::Node& value) {
                                  taken(value, set_fee(one.line, name, reader_.text(value, expected_amount)));
                                });
                  }});
  if (!reader_.map(node, "prices", keys)) return;
  if (const std::string lacks = missing(one.line, has_amount); !lacks.empty())
    reader_.fail(node.Mark(), lacks);
  declared_.prices.push_back(std::move(one));
}

}  // namespace

std::optional<Declared> read_accounts(std::string_view yaml, const std::string& name,
                                      rules::Findings& findings) {
  const std::size_t errors = findings.errors();
  rules::YamlReader reader(name, findings);
  Declared declared;
  const auto root = reader.parse(std::string(yaml));
  if (!root) return {};
  reader.attempt([&] { AccountsReader(reader, declared).read(*root); });
  find_conflicts(declared, findings);
  if (findings.errors() != errors) return {};
  return declared;
}

}  // namespace tollgate::charge
