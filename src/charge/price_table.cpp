#include "charge/price_table.hpp"

#include <algorithm>
#include <tuple>

#include "charge/label.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t for_ever = ~std::uint64_t{0};

// What a line can say beside its prefix: the first says most.
enum Says : std::uint32_t { tariff = 16, country = 8, sender_type = 4, label = 2, route = 1 };

std::uint32_t says(const PriceLine& line) {
  std::uint32_t said = 0;
  if (!line.tariff.empty()) said |= Says::tariff;
  if (!line.country.empty()) said |= Says::country;
  if (!line.sender_type.empty()) said |= Says::sender_type;
  if (!line.label.empty()) said |= Says::label;
  if (!line.route.empty()) said |= Says::route;
  return said;
}

/// A code of ISO 4217, which has three letters, as one number.
std::uint32_t number_of(std::string_view currency) {
  const auto letter = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(currency[i])}; };
  return currency.size() == 3 ? letter(0) << 16U | letter(1) << 8U | letter(2) : 0;
}

/// What a line says beside its tariff.
bool others_hold(std::uint32_t says, const PriceLine& line, const Priced& priced) {
  const Message& m = priced.message;
  const auto holds = [&](Says what, auto&& condition) { return (says & what) == 0 || condition(); };
  return holds(Says::country, [&] { return line.country == priced.country; }) &&
         holds(Says::sender_type, [&] { return line.sender_type == to_string(m.sender.type); }) &&
         holds(Says::label, [&] { return has_label(m, line.label); }) &&
         holds(Says::route, [&] { return line.route == m.route; });
}

}  // namespace

PriceTable::PriceTable(std::vector<PriceLine> lines) : lines_(std::move(lines)) {
  std::sort(lines_.begin(), lines_.end(), [](const PriceLine& a, const PriceLine& b) {
    return std::tuple(std::string_view(a.prefix), says(b), b.from_ns, b.number) <
           std::tuple(std::string_view(b.prefix), says(a), a.from_ns, a.number);
  });
  for (const PriceLine& line : lines_) {
    terms_.push_back({.from_ns = line.from_ns,
                      .until_ns = line.until_ns == 0 ? for_ever : line.until_ns,
                      .currency = number_of(line.currency),
                      .says = says(line)});
  }
  for (std::uint32_t i = 0; i < lines_.size();) {
    Group group{.begin = i, .end = i};
    while (group.end < lines_.size() && lines_[group.end].prefix == lines_[i].prefix) ++group.end;
    const auto packed = rules::DigitTable::pack(lines_[i].prefix);
    if (lines_[i].prefix.empty()) any_number_ = group;
    else if (packed && prefixes_.insert(*packed, static_cast<std::uint32_t>(groups_.size())))
      groups_.push_back(group);
    i = group.end;
  }
}

Amount PriceTable::dearest() const {
  Amount most = 0;
  for (const PriceLine& line : lines_) most = std::max(most, line.amount + fees_of(line));
  return most;
}

const PriceLine* PriceTable::find(const Priced& priced) const {
  const std::uint32_t currency = number_of(priced.currency);
  const PriceLine* line = nullptr;
  prefixes_.find_prefix(priced.message.recipient.number, [&](std::uint32_t group) {
    line = find_in(groups_[group], priced, currency);
    return line != nullptr;
  });
  return line != nullptr ? line : find_in(any_number_, priced, currency);
}

const PriceLine* PriceTable::find_in(Group group, const Priced& priced, std::uint32_t currency) const {
  for (std::uint32_t i = group.begin; i < group.end; ++i) {
    if (applies(i, priced, currency)) return &lines_[i];
  }
  return nullptr;
}

bool PriceTable::applies(std::uint32_t line, const Priced& priced, std::uint32_t currency) const {
  const Terms& asks = terms_[line];
  const std::uint64_t time_ns = priced.message.time_ns;
  return asks.currency == currency && asks.from_ns <= time_ns && time_ns < asks.until_ns &&
         ((asks.says & Says::tariff) == 0 || lines_[line].tariff == priced.tariff) &&
         ((asks.says & ~Says::tariff) == 0 || others_hold(asks.says, lines_[line], priced));
}

}  // namespace tollgate::charge
