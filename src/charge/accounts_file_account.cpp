#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "charge/accounts_file_values.hpp"
#include "rules/time_window.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::charge {
namespace {

using rules::all_digits;
using rules::whole_number;

constexpr std::array<std::string_view, 7> week{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::string_view mark_columns = "recognised_by.";

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

/// An address or a network as it is written shortest, the host's bits zero: one network has one text. Empty
/// where it is none.
std::string network_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  std::array<std::uint8_t, 16> octets{};
  const int family = inet_pton(AF_INET, address.c_str(), octets.data()) == 1 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && inet_pton(AF_INET6, address.c_str(), octets.data()) != 1) return {};
  const std::uint64_t most = family == AF_INET ? 32 : 128;
  const auto bits = slash == text.npos ? most : whole_number(text.substr(slash + 1)).value_or(most + 1);
  if (bits > most) return {};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const std::uint64_t kept = bits > i * 8 ? std::min<std::uint64_t>(bits - i * 8, 8) : 0;
    octets[i] = static_cast<std::uint8_t>(octets[i] & (0xFF00U >> kept));
  }
  std::array<char, INET6_ADDRSTRLEN> written{};
  inet_ntop(family, octets.data(), written.data(), written.size());
  return bits == most ? written.data() : fmt::format("{}/{}", written.data(), bits);
}

Expected set_mark(Recogniser& mark, std::string_view text) {
  using Kind = Recogniser::Kind;
  mark.value = text;
  switch (mark.kind) {
    case Kind::system_id:
      return text.size() <= 15 && is_shown(text) ? Expected{}
                                                 : "a system_id of at most 15 octets";  // SMPP 3.4 5.2.1
    case Kind::peer:
      mark.value = network_of(text);
      return !mark.value.empty() ? Expected{}
                                 : "an address or a network, such as 192.0.2.0/24 or 2001:db8::7";
    case Kind::gt:
    case Kind::service_centre:
      return all_digits(text) && text.size() <= 17 ? Expected{} : "the first digits of addresses, without +";
    case Kind::link: return is_shown(text) ? Expected{} : "the name of a link";
  }
  return {};
}

Expected add_mark(Account& account, std::string_view kind, std::string_view text) {
  using Kind = Recogniser::Kind;
  Recogniser mark;
  mark.kind = kind == "system_id"        ? Kind::system_id
              : kind == "peer"           ? Kind::peer
              : kind == "gt"             ? Kind::gt
              : kind == "service_centre" ? Kind::service_centre
                                         : Kind::link;
  Expected expected = set_mark(mark, text);
  account.recognised_by.push_back(std::move(mark));
  return expected;
}

Expected set_shown(std::string& to, std::string_view text, std::size_t longest) {
  to = text;
  return text.size() <= longest && is_shown(text)
             ? Expected{}
             : fmt::format("a text without control characters, of at most {} octets", longest);
}

Expected set_money(std::optional<Amount>& to, std::string_view text) {
  to = read_amount(text, most_money);
  return to ? Expected{} : Expected(expected_money);
}

Expected set_zone(std::string& to, std::string_view text, std::string_view or_this) {
  to = text;
  return text == or_this || rules::TimeZone::named(to) != nullptr ? Expected{}
                                                                  : "a time zone, such as Europe/London";
}

/// What can have several values.
Expected add_to(Account& account, std::string_view column, std::string_view text) {
  if (column.starts_with(mark_columns)) return add_mark(account, column.substr(mark_columns.size()), text);
  if (column == "warn_at") {
    const auto percent = whole_number(text);
    const bool good = percent && *percent >= 1 && *percent <= 100;
    if (good) account.warn_at_percent.push_back(static_cast<std::uint8_t>(*percent));
    return good ? Expected{} : "percents from 1 to 100";
  }
  if (column == "marketing.days") {
    const bool good = std::find(week.begin(), week.end(), text) != week.end();
    account.marketing_days += (account.marketing_days.empty() ? "" : " ") + std::string(text);
    return good ? Expected{} : fmt::format("days, of {}", fmt::join(week, ", "));
  }
  if (column == "excluded") {
    const bool good = text.size() > 1 && text[0] == '@' && is_shown(text);
    if (good) account.excluded.emplace_back(text.substr(1));
    return good ? Expected{} : "the name of a list of numbers, such as '@do-not-contact'";
  }
  return set_shown(account.labels.emplace_back(), text, 64);
}

}  // namespace

bool is_list(std::string_view column) {
  return column.starts_with(mark_columns) || column == "warn_at" || column == "marketing.days" ||
         column == "excluded" || column == "labels";
}

bool is_shown(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // Those of ISO 8859 (U+0080 to U+009F), too.
    const bool of_8859 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c < 0x20 || c == 0x7F || of_8859) return false;
  }
  return true;
}

Expected set_account(Account& account, std::string_view column, std::string_view text) {
  if (is_list(column)) return add_to(account, column, text);
  if (column == "id") {
    account.id = text;
    return is_id(text) ? Expected{} : Expected(expected_id);
  }
  if (column == "name") return set_shown(account.name, text, 200);
  if (column == "price_list") return set_shown(account.price_list, text, 64);
  if (column == "currency") {
    account.currency = text;
    return is_currency(text) ? Expected{} : Expected(expected_currency);
  }
  if (column == "payment") {
    account.payment = text == "postpaid" ? Payment::postpaid : Payment::prepaid;
    return text == "postpaid" || text == "prepaid" ? Expected{} : "prepaid or postpaid";
  }
  if (column == "monthly_limit") return set_money(account.monthly_limit, text);
  if (column == "total_limit") return set_money(account.total_limit, text);
  if (column == "messages_per_second") {
    const auto most = whole_number(text);
    const bool good = most && *most >= 1 && *most <= 10'000'000;
    account.messages_per_second = good ? static_cast<std::uint32_t>(*most) : 0;
    return good ? Expected{} : "messages a second, from 1 to 10000000";
  }
  if (column == "time_zone") return set_zone(account.time_zone, text, {});
  if (column == "marketing.zone") return set_zone(account.marketing_zone, text, "recipient");
  account.marketing_hours = text;  // marketing.between
  return is_hours(text) ? Expected{} : "hours such as '08:00-20:00'";
}

std::string missing(const Account& account) {
  if (account.id.empty()) return "an account needs an `id`";
  if (account.currency.empty()) return "an account needs a `currency`";
  if (account.payment == Payment::prepaid && (account.monthly_limit || account.total_limit))
    return "a prepaid account has no limits but its credit; remove them, or write `payment: postpaid`";
  if (!account.marketing_zone.empty() && account.marketing_hours.empty() && account.marketing_days.empty())
    return "`marketing` has a `zone`, but no hours in it; write `between` or `days`, too";
  return {};
}

}  // namespace tollgate::charge
