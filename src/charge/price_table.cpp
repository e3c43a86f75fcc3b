#include "charge/price_table.hpp"

#include <algorithm>
#include <tuple>

namespace tollgate::charge {
namespace {

unsigned says(const PriceLine& line) {
  const std::string* const members[]{&line.tariff, &line.country, &line.sender_type, &line.label,
                                     &line.route};
  unsigned bits = 0;
  for (const std::string* member : members) bits = bits << 1U | (member->empty() ? 0U : 1U);
  return bits;
}

bool is_any_or(std::string_view wanted, std::string_view value) { return wanted.empty() || wanted == value; }

bool applies(const PriceLine& line, const Priced& priced) {
  const Message& m = priced.message;
  const auto& labels = m.judgement.labels;
  return is_any_or(line.tariff, priced.tariff) && is_any_or(line.country, priced.country) &&
         is_any_or(line.sender_type, to_string(m.sender.type)) && is_any_or(line.route, m.route) &&
         line.currency == priced.currency &&
         (line.label.empty() || std::find(labels.begin(), labels.end(), line.label) != labels.end()) &&
         line.from_ns <= m.time_ns && (line.until_ns == 0 || m.time_ns < line.until_ns);
}

}  // namespace

PriceTable::PriceTable(std::vector<PriceLine> lines) : lines_(std::move(lines)) {
  std::sort(lines_.begin(), lines_.end(), [](const PriceLine& a, const PriceLine& b) {
    return std::tuple(std::string_view(a.prefix), says(b), b.from_ns, b.number) <
           std::tuple(std::string_view(b.prefix), says(a), a.from_ns, a.number);
  });
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
  if (lines_.empty()) return nullptr;
  const PriceLine* line = nullptr;
  prefixes_.find_prefix(priced.message.recipient.number, [&](std::uint32_t group) {
    line = find_in(groups_[group], priced);
    return line != nullptr;
  });
  return line != nullptr ? line : find_in(any_number_, priced);
}

const PriceLine* PriceTable::find_in(Group group, const Priced& priced) const {
  for (std::uint32_t i = group.begin; i < group.end; ++i) {
    if (applies(lines_[i], priced)) return &lines_[i];
  }
  return nullptr;
}

}  // namespace tollgate::charge
