#include "charge/accounts_file_values.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <unicode/ucurr.h>
#include <unicode/unistr.h>

#include "charge/ledger_hash.hpp"
#include "message/countries.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::charge {
namespace {

using rules::all_digits;
using rules::whole_number;

constexpr std::size_t longest_number = 15;  // E.164 6.1
constexpr std::size_t longest_tariff = 32;  // as a record has it
constexpr std::string_view expected_time =
    "a date such as 2026-12-01, or a time such as 2026-12-01T08:00:00, in UTC or with +01:00 behind it";

constexpr std::array<std::string_view, 7> sender_types{"unknown",    "international", "national",   "network",
                                                       "subscriber", "alphanumeric",  "abbreviated"};

Expected set_text(std::string& to, std::string_view text, std::size_t longest) {
  to = text;
  return text.size() <= longest && is_shown(text)
             ? Expected{}
             : fmt::format("at most {} octets, without control characters", longest);
}

/// `+01:00`, `-05:30`, `Z` or nothing, in seconds.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
  const auto hours = whole_number(text.substr(1, 2));
  const auto minutes = whole_number(text.substr(4));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return {};
  const auto seconds = static_cast<std::int64_t>(*hours * 3600 + *minutes * 60);
  return text[0] == '-' ? -seconds : seconds;
}

std::string lower(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return small;
}

std::string place_of(const rules::Place& place) { return fmt::format("line {}", place.line); }

}  // namespace

std::optional<Amount> read_amount(std::string_view text, Amount most) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto units = whole_number(text.substr(0, point));
  if (!units || *units > static_cast<std::uint64_t>(most / unit) || !all_digits(text.substr(0, point)))
    return {};
  std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (point < text.size() && (fraction.empty() || fraction.size() > amount_places || !all_digits(fraction)))
    return {};
  Amount millionths = 0;
  for (std::size_t i = 0; i < amount_places; ++i)
    millionths = millionths * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  const Amount whole = static_cast<Amount>(*units) * unit;
  if (millionths > most - whole) return {};
  return whole + millionths;
}

std::optional<std::uint64_t> read_time(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return {};
  const auto y = whole_number(text.substr(0, 4));
  const auto m = whole_number(text.substr(5, 2));
  const auto d = whole_number(text.substr(8, 2));
  if (!y || !m || !d || *y < 1970 || *y > 2200) return {};
  const year_month_day date(year(static_cast<int>(*y)), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d)));
  if (!date.ok()) return {};
  std::int64_t at = sys_days(date).time_since_epoch().count() * 86'400;
  text.remove_prefix(10);
  if (!text.empty()) {
    if (text.size() < 9 || (text[0] != 'T' && text[0] != ' ') || text[3] != ':' || text[6] != ':') return {};
    const auto hour = whole_number(text.substr(1, 2));
    const auto minute = whole_number(text.substr(4, 2));
    const auto second = whole_number(text.substr(7, 2));
    const auto offset = offset_of(text.substr(9));
    if (!hour || !minute || !second || !offset || *hour > 23 || *minute > 59 || *second > 59) return {};
    at += static_cast<std::int64_t>(*hour * 3600 + *minute * 60 + *second) - *offset;
  }
  if (at < 0) return {};
  return static_cast<std::uint64_t>(at) * 1'000'000'000;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool is_currency(std::string_view text) {
  if (text.size() != 3 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return false;
  const auto code = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), 3));
  UErrorCode error = U_ZERO_ERROR;
  constexpr double ever = std::numeric_limits<double>::max();
  return ucurr_isAvailable(icu::UnicodeString(code).getTerminatedBuffer(), -ever, ever, &error) != 0 &&
         U_SUCCESS(error) != 0;
}

Expected set_price(PriceLine& line, std::string_view column, std::string_view text) {
  if (column == "list") return set_text(line.list, text, 64);
  if (column == "account") {
    line.account = text;
    return is_id(text) ? Expected{} : Expected(expected_id);
  }
  if (column == "tariff") return set_text(line.tariff, text, longest_tariff);
  if (column == "country") {
    line.country = text;
    return country_code_of(text).empty() ? "a country's two letters of ISO 3166, such as GB" : Expected{};
  }
  if (column == "prefix") {
    line.prefix = text;
    const bool good = all_digits(text) && text.size() <= longest_number;
    return good ? Expected{} : "the first digits of numbers, with the country code and without +";
  }
  if (column == "sender_type") {
    line.sender_type = text;
    const bool good = std::find(sender_types.begin(), sender_types.end(), text) != sender_types.end();
    return good ? Expected{} : fmt::format("one of {}", fmt::join(sender_types, ", "));
  }
  if (column == "label") return set_text(line.label, text, 64);
  if (column == "route") return set_text(line.route, text, 32);
  if (column == "from" || column == "until") {
    const auto time = read_time(text);
    (column == "from" ? line.from_ns : line.until_ns) = time.value_or(0);
    return time ? Expected{} : Expected(expected_time);
  }
  if (column == "per") {
    line.per = text == "message" ? PriceLine::Per::message : PriceLine::Per::part;
    return text == "message" || text == "part" ? Expected{} : "part or message";
  }
  if (column == "amount") {
    const auto amount = read_amount(text, most_price);
    line.amount = amount.value_or(0);
    return amount ? Expected{} : Expected(expected_price);
  }
  line.currency = text;
  return is_currency(text) ? Expected{} : Expected(expected_currency);
}

Expected set_fee(PriceLine& line, const std::string& name, std::string_view text) {
  const auto amount = read_amount(text, most_price);
  if (!amount) return Expected(expected_price);
  if (name.empty() || name.size() > 64 || !is_shown(name))
    return "a name of at most 64 octets, without control characters, before the amount";
  if (*amount != 0) line.fees.push_back({name, *amount});
  return {};
}

std::string missing(const PriceLine& line, bool has_amount) {
  if (line.list.empty() == line.account.empty())
    return "a price is of a `list`, or an `account`'s own: it needs one of these keys, and not both";
  if (!has_amount) return "a price needs an `amount`; one that is missing is not zero";
  if (line.currency.empty()) return "a price needs a `currency`";
  if (fees_of(line) > most_price) return "the fees of a price must not be above 1000000 together";
  if (line.until_ns != 0 && line.until_ns <= line.from_ns) return "`until` must be after `from`";
  return {};
}

Expected set_sender(RegisteredSender& sender, std::string_view text) {
  sender.prefix = text.ends_with('*');
  if (sender.prefix) text.remove_suffix(1);
  sender.address = text;
  const bool good = !text.empty() && text.find('*') == text.npos && text.size() <= 64 && is_shown(text);
  return good ? Expected{}
              : "a sender as it is sent, such as ACME, or the first of one with * behind it: '4477009*'";
}

Expected set_since(RegisteredSender& sender, std::string_view text) {
  const auto time = read_time(text);
  sender.since_ns = time.value_or(0);
  return time ? Expected{} : Expected(expected_time);
}

void find_conflicts(const Declared& declared, rules::Findings& findings) {
  std::map<std::string, const Declared::OneAccount*> ids;
  std::map<std::pair<Recogniser::Kind, std::string>, const Declared::OneAccount*> marks;
  for (const auto& one : declared.accounts) {
    if (const auto [first, is_new] = ids.emplace(one.account.id, &one); !is_new)
      findings.error(one.place, fmt::format("account `{}` stands in {} already", one.account.id,
                                            place_of(first->second->place)));
    for (const Recogniser& mark : one.account.recognised_by) {
      const auto [first, is_new] = marks.emplace(std::pair(mark.kind, mark.value), &one);
      if (!is_new && first->second == &one)
        findings.error(one.place,
                       fmt::format("`{}` stands twice in account `{}`", mark.value, one.account.id));
      else if (!is_new)
        findings.error(
            one.place,
            fmt::format("`{}` tells account `{}` ({}) already; an account must be told from all others",
                        mark.value, first->second->account.id, place_of(first->second->place)));
    }
  }
  for (const auto& one : declared.senders) {
    std::map<std::pair<std::string, bool>, const RegisteredSender*> seen;
    for (const RegisteredSender& sender : one.senders) {
      if (!seen.emplace(std::pair(lower(sender.address), sender.prefix), &sender).second)
        findings.error(one.place, fmt::format("sender `{}{}` of account `{}` stands twice", sender.address,
                                              sender.prefix ? "*" : "", one.account));
    }
  }
  std::map<std::string, std::vector<const Declared::OnePrice*>> prices;
  for (const auto& one : declared.prices) {
    const PriceLine& line = one.line;
    CanonicalLine key;
    key.text(line.list).text(line.account).text(line.tariff).text(line.country).text(line.prefix);
    key.text(line.sender_type).text(line.label).text(line.route);
    auto& others = prices[std::string(key.line())];
    for (const Declared::OnePrice* other : others) {
      const bool before = line.until_ns != 0 && line.until_ns <= other->line.from_ns;
      const bool after = other->line.until_ns != 0 && other->line.until_ns <= line.from_ns;
      if (before || after) continue;
      findings.error(
          one.place,
          fmt::format("this price and that of {} are for the same at the same time; end one with `until`",
                      place_of(other->place)));
      break;
    }
    others.push_back(&one);
  }
}

}  // namespace tollgate::charge
