// Prices asked of a book, against what README says of them, written as slowly and plainly as it can be.
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "charge/book.hpp"

namespace tollgate::charge {
namespace {

constexpr std::array<std::string_view, 4> tariffs{"", "domestic", "grey", "letter"};
constexpr std::array<std::string_view, 4> countries{"", "GB", "FR", "DE"};
constexpr std::array<std::string_view, 7> prefixes{"", "4", "44", "4477", "447700900", "33", "336"};
constexpr std::array<std::string_view, 3> sender_types{"", "alphanumeric", "international"};
constexpr std::array<std::string_view, 4> labels{"", "otp", "marketing", "a2p"};
constexpr std::array<std::string_view, 3> routes{"", "international", "national"};
constexpr std::array<std::string_view, 6> numbers{
    "", "447700900123", "447800900123", "33639980001", "4915550001", "4"};

/// The first member that counts is compared first.
struct Rank {
  std::size_t prefix = 0;
  std::array<bool, 5> says{};  ///< tariff, country, sender type, label, route
  std::uint64_t from_ns = 0;
  auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const PriceLine& line) {
  return {.prefix = line.prefix.size(),
          .says = {!line.tariff.empty(), !line.country.empty(), !line.sender_type.empty(),
                   !line.label.empty(), !line.route.empty()},
          .from_ns = line.from_ns};
}

bool applies(const PriceLine& line, const Priced& priced) {
  const Message& m = priced.message;
  if (!line.tariff.empty() && line.tariff != priced.tariff) return false;
  if (!line.country.empty() && line.country != priced.country) return false;
  if (!m.recipient.number.starts_with(line.prefix)) return false;
  if (!line.sender_type.empty() && line.sender_type != to_string(m.sender.type)) return false;
  bool has_label = line.label.empty();
  for (const std::string_view label : m.judgement.labels) has_label = has_label || label == line.label;
  if (!has_label) return false;
  if (!line.route.empty() && line.route != m.route) return false;
  if (m.time_ns < line.from_ns) return false;
  if (line.until_ns != 0 && m.time_ns >= line.until_ns) return false;
  return line.currency == priced.currency;
}

/// Of the account's own lines that apply the best, else of its list's. Null where there is none.
const PriceLine* model_price(const std::vector<PriceLine>& lines, const Account& account,
                             const Priced& priced) {
  for (const bool own : {true, false}) {
    const PriceLine* best = nullptr;
    for (const PriceLine& line : lines) {
      const bool is_its = own ? line.account == account.id : line.list == account.price_list;
      if (!is_its || !applies(line, priced)) continue;
      if (best == nullptr || rank_of(line) > rank_of(*best)) best = &line;
    }
    if (best != nullptr) return best;
  }
  return nullptr;
}

class Chance {
 public:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  template <std::size_t size>
  std::string_view one_of(const std::array<std::string_view, size>& all) {
    return all[below(size)];
  }
  /// As one_of, but mostly the first, which says nothing.
  template <std::size_t size>
  std::string_view maybe(const std::array<std::string_view, size>& all) {
    return below(2) == 0 ? all[0] : one_of(all);
  }

 private:
  std::mt19937_64 random_{20261122};  // NOLINT(cert-msc51-cpp): the same each time
};

PriceLine random_line(Chance& chance, std::uint32_t number) {
  PriceLine line{.number = number};
  if (chance.below(4) == 0) line.account = chance.below(2) == 0 ? "acme" : "bank";
  else line.list = chance.below(3) == 0 ? "special" : "standard";
  line.tariff = chance.maybe(tariffs);
  line.country = chance.maybe(countries);
  line.prefix = chance.maybe(prefixes);
  line.sender_type = chance.maybe(sender_types);
  line.label = chance.maybe(labels);
  line.route = chance.maybe(routes);
  line.from_ns = chance.below(5);
  if (chance.below(2) == 0) line.until_ns = line.from_ns + 1 + chance.below(5);
  line.amount = static_cast<Amount>(chance.below(1'000));
  line.currency = chance.below(5) == 0 ? "USD" : "EUR";
  return line;
}

TEST(PriceModel, a_book_gives_the_prices_that_a_slow_model_gives) {
  constexpr int books = 500;
  constexpr int questions = 240;
  Chance chance;
  const auto quotas = std::make_unique<Quotas>();
  int priced_own = 0;
  int priced_by_list = 0;
  int without = 0;
  for (int n = 0; n < books; ++n) {
    std::vector<PriceLine> lines;
    const std::uint64_t count = chance.below(40);
    for (std::uint32_t i = 1; i <= count; ++i) lines.push_back(random_line(chance, i));
    std::vector<Account> accounts(2);
    accounts[0] = {.number = 1, .id = "acme", .currency = "EUR"};
    accounts[1] = {.number = 2, .id = "bank", .price_list = "special", .currency = "EUR"};
    const Book book({.accounts = accounts, .prices = lines}, *quotas,
                    [](const std::string&) { return nullptr; });
    for (int q = 0; q < questions; ++q) {
      Message m;
      m.recipient.number = m.recipient.address = chance.one_of(numbers);
      m.recipient.present = true;
      m.sender.type = chance.below(2) == 0 ? NumberType::alphanumeric : NumberType::international;
      m.route = chance.one_of(routes);
      m.time_ns = 1 + chance.below(12);
      std::array<std::string_view, 2> has{chance.one_of(labels), chance.one_of(labels)};
      m.judgement.labels = has;
      const Priced priced{m, chance.one_of(tariffs), chance.one_of(countries), "EUR"};
      const Payer& payer = *book.payer(1 + static_cast<std::uint32_t>(chance.below(2)));
      const PriceLine* const expected = model_price(lines, payer.account, priced);
      const PriceLine* const found = payer.price(priced);
      ASSERT_EQ(found == nullptr, expected == nullptr) << "book " << n << ", question " << q;
      if (found == nullptr) {
        ++without;
        continue;
      }
      ++(expected->account.empty() ? priced_by_list : priced_own);
      // Where two say as much from the same time on, it is not said which counts.
      ASSERT_TRUE(applies(*found, priced)) << "book " << n << ", question " << q;
      ASSERT_TRUE(rank_of(*found) == rank_of(*expected)) << "book " << n << ", question " << q;
      ASSERT_EQ(found->account, expected->account);
      ASSERT_EQ(found->list, expected->list);
    }
  }
  EXPECT_EQ(priced_own + priced_by_list + without, books * questions);
  EXPECT_GT(priced_own, 10'000);
  EXPECT_GT(priced_by_list, 20'000);
  EXPECT_GT(without, 10'000);
}

}  // namespace
}  // namespace tollgate::charge
