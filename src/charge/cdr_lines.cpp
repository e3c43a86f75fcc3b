#include "charge/cdr_lines.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "charge/csv_field.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

/// Up to the second: most of a group's charges are of the same one.
class Seconds {
 public:
  std::string_view text_of(std::uint64_t seconds) {
    if (seconds != seconds_ || text_.empty()) {
      seconds_ = seconds;
      text_ = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
    }
    return text_;
  }

 private:
  std::uint64_t seconds_ = 0;
  std::string text_;
};

}  // namespace

void CdrLines::add(const Book& book, std::span<const Charge> charges) {
  Seconds seconds;
  for (const Charge& charge : charges) {
    if (!charge.paid()) continue;
    const Payer* const payer = book.payer(charge.account);
    const bool one_part = charge.parts == 0;
    const std::string_view country(charge.country.data(), charge.country[0] == '\0' ? 0 : 2);
    fmt::format_to(std::back_inserter(text_), "{:016x}{:016x},{}.{:06}Z,{},{},{},{},{},{},{},{},{},{},{}\n",
                   charge.id.high, charge.id.low, seconds.text_of(charge.time_ns / second_ns),
                   charge.time_ns % second_ns / 1'000,
                   payer == nullptr ? std::to_string(charge.account) : csv_field(payer->account.id),
                   csv_field(charge.tariff.view()), charge.price, one_part ? 1 : charge.part,
                   one_part ? 1 : charge.parts, csv_field(country),
                   csv_field(charge.recipient_operator.view()), csv_field(charge.route.view()),
                   write_amount(charge.amount, amount_places), write_amount(charge.fees, amount_places),
                   payer == nullptr ? "" : csv_field(payer->account.currency));
    ends_.push_back(text_.size());
  }
}

CdrLines::First CdrLines::first_within(std::uint64_t octets) const {
  if (ends_.empty()) return {};
  const auto fitting = std::upper_bound(ends_.begin(), ends_.end(), octets) - ends_.begin();
  const auto count = std::max<std::size_t>(1, static_cast<std::size_t>(fitting));
  return {.text = std::string_view(text_).substr(0, ends_[count - 1]), .count = count};
}

void CdrLines::drop_first(std::size_t count) {
  if (count == 0) return;
  const std::size_t octets = ends_[count - 1];
  text_.erase(0, octets);
  ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t& end : ends_) end -= octets;
}

}  // namespace tollgate::charge
