#include <algorithm>

#include <gtest/gtest.h>

#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

const char* const whole_account = R"(
accounts:
  - id: acme
    name: Acme Ltd
    recognised_by: {system_id: [acme1, acme2], peer: 192.0.2.0/24, gt: ['447700'], service_centre: ['44770090'], link: [ic1]}
    senders: [ACME, '4477009*', {address: Acme Shop, since: 2026-12-01}]
    price_list: wholesale
    currency: GBP
    payment: postpaid
    monthly_limit: 1000.5
    total_limit: 2000
    warn_at: [50, 99]
    messages_per_second: 30
    marketing: {between: '08:00-20:00', days: [mon, fri], zone: recipient}
    time_zone: Europe/London
    excluded: ['@do-not-contact']
    labels: [otp, transactional]
prices:
  - {list: wholesale, tariff: domestic, country: GB, prefix: '447', sender_type: alphanumeric, label: otp,
     route: international, from: 2026-12-01T00:00:00+01:00, until: 2027-01-01, per: message, amount: 0.065,
     currency: GBP, fees: {termination: 0.01}}
)";

TEST(LedgerAccounts, what_a_file_says_comes_back_from_the_ledger) {
  const auto ledger = open_ledger("");
  declare(*ledger, whole_account);
  const Ledger::InForce in_force = ledger->in_force();
  ASSERT_EQ(in_force.accounts.size(), 1U);
  const Account& account = in_force.accounts[0];
  EXPECT_EQ(account.number, 1U);
  EXPECT_EQ(account.id, "acme");
  EXPECT_EQ(account.name, "Acme Ltd");
  using Kind = Recogniser::Kind;
  std::vector<Recogniser> marks = account.recognised_by;
  std::sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) {
    return std::pair(a.kind, a.value) < std::pair(b.kind, b.value);
  });
  EXPECT_EQ(marks, (std::vector<Recogniser>{{Kind::system_id, "acme1"},
                                            {Kind::system_id, "acme2"},
                                            {Kind::peer, "192.0.2.0/24"},
                                            {Kind::gt, "447700"},
                                            {Kind::service_centre, "44770090"},
                                            {Kind::link, "ic1"}}));
  // 2026-12-01T00:00:00Z
  constexpr std::uint64_t december_ns = 1'796'083'200'000'000'000;
  EXPECT_EQ(account.senders,
            (std::vector<RegisteredSender>{
                {"4477009", true, 0}, {"ACME", false, 0}, {"Acme Shop", false, december_ns}}));
  EXPECT_EQ(account.price_list, "wholesale");
  EXPECT_EQ(account.currency, "GBP");
  EXPECT_EQ(account.payment, Payment::postpaid);
  EXPECT_EQ(account.status, Status::active);
  EXPECT_EQ(account.monthly_limit, 1'000'500'000);
  EXPECT_EQ(account.total_limit, 2'000'000'000);
  EXPECT_EQ(account.warn_at_percent, (std::vector<std::uint8_t>{50, 99}));
  EXPECT_EQ(account.messages_per_second, 30U);
  EXPECT_EQ(account.marketing_hours, "08:00-20:00");
  EXPECT_EQ(account.marketing_days, "mon fri");
  EXPECT_EQ(account.marketing_zone, "recipient");
  EXPECT_EQ(account.time_zone, "Europe/London");
  EXPECT_EQ(account.excluded, std::vector<std::string>{"do-not-contact"});
  EXPECT_EQ(account.labels, (std::vector<std::string>{"otp", "transactional"}));
  ASSERT_EQ(in_force.prices.size(), 1U);
  const PriceLine& price = in_force.prices[0];
  EXPECT_EQ(price.list, "wholesale");
  EXPECT_EQ(price.tariff, "domestic");
  EXPECT_EQ(price.country, "GB");
  EXPECT_EQ(price.prefix, "447");
  EXPECT_EQ(price.sender_type, "alphanumeric");
  EXPECT_EQ(price.label, "otp");
  EXPECT_EQ(price.route, "international");
  EXPECT_EQ(price.from_ns, december_ns - 3600 * second_ns);
  EXPECT_EQ(price.until_ns, december_ns + 31 * day_ns);
  EXPECT_EQ(price.per, PriceLine::Per::message);
  EXPECT_EQ(price.amount, 65'000);
  EXPECT_EQ(price.currency, "GBP");
  EXPECT_EQ(price.fees, (std::vector<PriceLine::Fee>{{"termination", 10'000}}));
}

std::string fault(const std::string& yaml) {
  rules::Findings findings;
  EXPECT_FALSE(read_accounts(yaml, "accounts.yaml", findings).has_value()) << yaml;
  return text_of(findings);
}

TEST(LedgerAccounts, faults_of_a_file_are_told_with_their_place) {
  const auto told = [](const std::string& yaml, const std::string& place, const std::string& what) {
    const std::string text = fault(yaml);
    EXPECT_NE(text.find(place), text.npos) << text;
    EXPECT_NE(text.find(what), text.npos) << text;
  };
  told("accounts:\n  - {id: acme}\n", "accounts.yaml:2:5", "needs a `currency`");
  told("accounts:\n  - {id: 'a b', currency: EUR}\n", "accounts.yaml:2:10", "found `a b`");
  told("accounts:\n  - {id: a, currency: EURO}\n", "accounts.yaml:2:23", "ISO 4217");
  told("accounts:\n  - {id: a, currency: XQQ}\n", "accounts.yaml:2:23", "ISO 4217");
  told("accounts:\n  - {id: a, currency: EUR, colour: red}\n", "accounts.yaml:2:28", "colour");
  told("accounts:\n  - {id: a, currency: EUR, monthly_limit: 5}\n", "accounts.yaml:2:5", "postpaid");
  told("accounts:\n  - {id: a, currency: EUR, time_zone: Europe/Nowhere}\n", "accounts.yaml:2:39",
       "time zone");
  told("accounts:\n  - {id: a, currency: EUR, warn_at: [0]}\n", "accounts.yaml:2:38", "1 to 100");
  told("accounts:\n  - {id: a, currency: EUR, marketing: {between: '8-20'}}\n", "accounts.yaml:2:49",
       "08:00-20:00");
  told("accounts:\n  - {id: a, currency: EUR, excluded: [dnc]}\n", "accounts.yaml:2:39", "'@do-not-contact'");
  told("accounts:\n  - {id: a, currency: EUR, recognised_by: {peer: 192.0.2.999}}\n", "accounts.yaml:2:50",
       "192.0.2.0/24");
  told("accounts:\n  - {id: a, currency: EUR}\n  - {id: a, currency: EUR}\n", "accounts.yaml:3:5",
       "line 2 already");
  told(
      "accounts:\n  - {id: a, currency: EUR, recognised_by: {gt: '44'}}\n"
      "  - {id: b, currency: EUR, recognised_by: {gt: '44'}}\n",
      "accounts.yaml:3:5", "`44` tells account `a` (line 2) already");
  told("accounts:\n  - {id: a, currency: EUR, recognised_by: {peer: [192.0.2.1, 192.0.2.1/32]}}\n",
       "accounts.yaml:2:5", "`192.0.2.1` stands twice");
  told(
      "accounts:\n  - {id: a, currency: EUR, recognised_by: {peer: 2001:DB8:0::/32}}\n"
      "  - {id: b, currency: EUR, recognised_by: {peer: '2001:db8::1/32'}}\n",
      "accounts.yaml:3:5", "`2001:db8::/32` tells account `a` (line 2) already");
  told("accounts:\n  - {id: a, currency: EUR, marketing: {zone: recipient}}\n", "accounts.yaml:2:5",
       "between");
  told("prices:\n  - {list: l, amount: 1, currency: EUR, tariff: \"a\\u0085\"}\n", "accounts.yaml:2:49",
       "control characters");
  told("accounts:\n  - {id: a, currency: EUR, senders: [ACME, acme]}\n", "accounts.yaml:2:5", "stands twice");
  told("prices:\n  - {list: l, currency: EUR}\n", "accounts.yaml:2:5", "missing is not zero");
  told("prices:\n  - {list: l, amount: 0.0000001, currency: EUR}\n", "accounts.yaml:2:23", "six places");
  told("prices:\n  - {list: l, amount: -1, currency: EUR}\n", "accounts.yaml:2:23", "found `-1`");
  told("prices:\n  - {list: l, amount: 1000000.000001, currency: EUR}\n", "accounts.yaml:2:23",
       "found `1000000.000001`; expected an amount such as 0.065, of at most six places and at most 1000000");
  told("prices:\n  - {list: l, amount: 1, currency: EUR, fees: {a: 1000000, b: 1}}\n", "accounts.yaml:2:5",
       "together");
  told("accounts:\n  - {id: a, currency: EUR, payment: postpaid, total_limit: 1000000000001}\n",
       "accounts.yaml:2:60", "at most 1000000000000");
  told("prices:\n  - {amount: 1, currency: EUR}\n", "accounts.yaml:2:5", "`list`");
  told("prices:\n  - {list: l, amount: 1, currency: EUR}\n  - {list: l, amount: 2, currency: EUR}\n",
       "accounts.yaml:3:5", "line 2");
  told("prices:\n  - {list: l, amount: 1, currency: EUR, from: 2026-13-01}\n", "accounts.yaml:2:47",
       "2026-12-01");
}

TEST(LedgerAccounts, a_list_without_a_price_is_warned_of) {
  const auto ledger = open_ledger("");
  rules::Findings findings;
  const auto declared = read_accounts(
      "accounts:\n  - {id: a, currency: EUR, price_list: tpyo}\n  - {id: b, currency: EUR}\n"
      "  - {id: c, currency: EUR, price_list: none}\nprices:\n  - {list: standard, amount: 1, currency: "
      "EUR}\n"
      "  - {account: c, amount: 1, currency: EUR}\n",
      "a.yaml", findings);
  ASSERT_TRUE(declared);
  EXPECT_TRUE(ledger->declare(*declared, noon_ns, findings));
  ASSERT_EQ(findings.all().size(), 1U) << text_of(findings);
  EXPECT_NE(text_of(findings).find("a.yaml:2:5: warning: account `a` has the price list `tpyo`"),
            std::string::npos);
}

TEST(LedgerAccounts, a_file_with_an_error_changes_nothing) {
  const auto ledger = open_ledger("");
  declare(*ledger, two_accounts);
  const std::uint64_t version = ledger->version();
  rules::Findings findings;
  const auto declared = read_accounts(R"(
accounts:
  - {id: fresh, currency: EUR}
  - {id: thief, currency: EUR, recognised_by: {system_id: acme}}
)",
                                      "accounts.yaml", findings);
  ASSERT_TRUE(declared.has_value());
  EXPECT_FALSE(ledger->declare(*declared, noon_ns, findings));
  EXPECT_NE(text_of(findings).find("accounts.yaml:4:5: error: system_id `acme` is that of account `acme`"),
            std::string::npos)
      << text_of(findings);
  EXPECT_EQ(ledger->in_force().accounts.size(), 2U);
  EXPECT_EQ(ledger->version(), version);
}

TEST(LedgerAccounts, currency_and_clocks_of_an_account_that_was_used_stay) {
  const auto ledger = open_ledger("");
  declare(*ledger, two_accounts);
  declare(*ledger, "accounts:\n  - {id: acme, currency: USD}\n");
  EXPECT_EQ(ledger->in_force().accounts[0].currency, "USD");
  ledger->credit("acme", unit, "bill 1", {"clerk", noon_ns});
  rules::Findings findings;
  const auto declared =
      read_accounts("accounts:\n  - {id: acme, currency: EUR}\n", "accounts.yaml", findings);
  EXPECT_FALSE(ledger->declare(*declared, noon_ns, findings));
  EXPECT_EQ(ledger->in_force().accounts[0].currency, "USD");
}

TEST(LedgerAccounts, a_price_line_never_changes_but_ends_where_another_begins) {
  const auto ledger = open_ledger("");
  const auto prices = [](const std::string& lines) { return "prices:\n" + lines; };
  const std::string first = "- {list: a, tariff: x, amount: 1, currency: EUR}\n";
  const std::string second = "- {list: a, tariff: y, amount: 2, currency: EUR}\n";
  const std::string other = "- {list: b, tariff: x, amount: 3, currency: EUR}\n";
  declare(*ledger, prices(first + second + other), noon_ns);
  declare(*ledger, prices(first + second), noon_ns + 1);  // as they are
  ASSERT_EQ(ledger->in_force().prices.size(), 3U);
  declare(*ledger, prices("- {list: a, tariff: x, amount: 5, currency: EUR}\n"), noon_ns + 2);
  const auto lines = ledger->in_force().prices;
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].amount, unit);
  EXPECT_EQ(lines[0].from_ns, 0U) << "always, as there was none before";
  EXPECT_EQ(lines[0].until_ns, noon_ns + 2);
  EXPECT_EQ(lines[1].until_ns, noon_ns + 2) << "it is gone from the file";
  EXPECT_EQ(lines[2].until_ns, 0U) << "of a list that the file does not name";
  EXPECT_EQ(lines[3].amount, 5 * unit);
  EXPECT_EQ(lines[3].from_ns, noon_ns + 2);
  EXPECT_EQ(lines[3].until_ns, 0U);
}

TEST(LedgerAccounts, prices_and_senders_come_from_csv) {
  const auto ledger = open_ledger("");
  declare(*ledger, two_accounts);
  rules::Findings findings;
  const auto prices = read_accounts_csv(
      "list,tariff,prefix,amount,currency,fee:termination\n"
      "standard,domestic,4477,0.05,EUR,0.01\n"
      "standard,domestic,,0.07,EUR,\n",
      "prices.csv", findings);
  ASSERT_TRUE(prices.has_value()) << text_of(findings);
  ASSERT_TRUE(ledger->declare(*prices, noon_ns, findings)) << text_of(findings);
  const auto lines = ledger->in_force().prices;
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[2].prefix, "4477");
  EXPECT_EQ(lines[2].amount, 50'000);
  EXPECT_EQ(lines[2].fees, (std::vector<PriceLine::Fee>{{"termination", 10'000}}));
  EXPECT_EQ(lines[3].amount, 70'000);
  EXPECT_TRUE(lines[3].fees.empty());
  const auto senders =
      read_accounts_csv("account,address,since\nacme,ACME,2026-12-01\nacme,4477*,\n", "s.csv", findings);
  ASSERT_TRUE(senders.has_value()) << text_of(findings);
  ASSERT_TRUE(ledger->declare(*senders, noon_ns, findings)) << text_of(findings);
  EXPECT_EQ(ledger->in_force().accounts[0].senders.size(), 2U);
  declare(*ledger, "accounts:\n  - {id: acme, currency: EUR}\n");
  EXPECT_EQ(ledger->in_force().accounts[0].senders.size(), 2U) << "the file does not say senders";
}

TEST(LedgerAccounts, faults_of_csv_are_told_with_their_place) {
  const auto told = [](const std::string& csv, const std::string& place, const std::string& what) {
    rules::Findings findings;
    EXPECT_FALSE(read_accounts_csv(csv, "f.csv", findings).has_value());
    const std::string text = text_of(findings);
    EXPECT_NE(text.find(place), text.npos) << text;
    EXPECT_NE(text.find(what), text.npos) << text;
  };
  told("", "f.csv:1:1", "name the columns");
  told("list,amount,colour\n", "f.csv:1:13", "`colour`");
  told("list,amount,currency\nstandard,0.1\n", "f.csv:2:10", "2 fields");
  told("list,amount,currency\nstandard,x,EUR\n", "f.csv:2:10", "found `x`");
  told("list,amount,currency\nstandard,,EUR\n", "f.csv:2:1", "missing is not zero");
  told("account,address\nacme,*\n", "f.csv:2:6", "found `*`");
}

TEST(LedgerAccounts, amounts_are_decimals_of_six_places) {
  EXPECT_EQ(read_amount("0.065", most_money), 65'000);
  EXPECT_EQ(read_amount("12", most_money), 12 * unit);
  EXPECT_EQ(read_amount("0.000001", most_money), 1);
  EXPECT_EQ(read_amount("1000000000000", most_money), 1'000'000'000'000 * unit);
  EXPECT_EQ(read_amount("1000000000000.000001", most_money), std::nullopt);
  EXPECT_EQ(read_amount("1000000", most_price), 1'000'000 * unit);
  EXPECT_EQ(read_amount("1000000.01", most_price), std::nullopt);
  for (const char* bad : {"", ".", "1.", ".5", "-1", "+1", "1,5", "1e3", "0.0000001", " 1", "1 ", "0x1",
                          "99999999999999", "99999999999999999999999"})
    EXPECT_EQ(read_amount(bad, most_money), std::nullopt) << bad;
  EXPECT_EQ(write_amount(65'000), "0.065");
  EXPECT_EQ(write_amount(12 * unit), "12.00");
  EXPECT_EQ(write_amount(-1), "-0.000001");
  EXPECT_EQ(write_amount(1'500'000), "1.50");
}

}  // namespace
}  // namespace tollgate::charge
