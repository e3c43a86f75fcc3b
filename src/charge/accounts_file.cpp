#include "charge/accounts_file.hpp"

#include "charge/accounts_file_values.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::charge {
namespace {

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
  void read_price(const YAML::Node& node);

  void taken(const YAML::Node& node, const Expected& expected) {
    if (!expected.empty()) reader_.unexpected(node, expected);
  }
  /// A key of an account: `column` is what set_account calls it.
  rules::YamlReader::Key key(std::string_view name, std::string_view column, Account& account);

  rules::YamlReader& reader_;
  Declared& declared_;
};

rules::YamlReader::Key AccountsReader::key(std::string_view name, std::string_view column, Account& account) {
  const auto take = [this, column, &account](const YAML::Node& node) {
    taken(node, set_account(account, column, reader_.text(node, "one value")));
  };
  if (!is_list(column)) return {name, take};
  return {name, [this, column, &account, take](const YAML::Node& node) {
            if (column == "warn_at") account.warn_at_percent.clear();
            if (node.IsSequence() && node.size() == 0) return;
            reader_.each(node, "one value, or a list", take);
          }};
}

void AccountsReader::read_marks(const YAML::Node& node, Account& account) {
  reader_.map(
      node, "recognised_by",
      {key("system_id", "recognised_by.system_id", account), key("peer", "recognised_by.peer", account),
       key("gt", "recognised_by.gt", account), key("service_centre", "recognised_by.service_centre", account),
       key("link", "recognised_by.link", account)});
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

void AccountsReader::read_account(const YAML::Node& node) {
  Declared::OneAccount one{{}, reader_.place(node.Mark())};
  Account& account = one.account;
  Declared::Senders senders{{}, {}, one.place};
  bool has_senders = false;
  std::vector<rules::YamlReader::Key> keys;
  for (const std::string_view name :
       {"id", "name", "price_list", "currency", "payment", "monthly_limit", "total_limit", "warn_at",
        "messages_per_second", "time_zone", "excluded", "labels"})
    keys.push_back(key(name, name, account));
  keys.push_back({"recognised_by", [&](const YAML::Node& n) { read_marks(n, account); }});
  keys.push_back({"marketing", [&](const YAML::Node& n) {
                    reader_.map(
                        n, "marketing",
                        {key("between", "marketing.between", account), key("days", "marketing.days", account),
                         key("zone", "marketing.zone", account)});
                  }});
  keys.push_back({"senders", [&](const YAML::Node& n) {
                    has_senders = true;
                    if (n.IsSequence() && n.size() == 0) return;
                    reader_.each(n, "a list of senders",
                                 [&](const YAML::Node& sender) { read_sender(sender, senders); });
                  }});
  if (!reader_.map(node, "accounts", keys)) return;
  if (const std::string lacks = missing(account); !lacks.empty()) reader_.fail(node.Mark(), lacks);
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
                                  taken(value, set_fee(one.line, name, reader_.text(value, expected_price)));
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
