#include "charge/standing.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "charge/ledger_month.hpp"
#include "rules/time_window.hpp"

namespace tollgate::charge {
namespace {

using Json = nlohmann::ordered_json;

void read_movements(LedgerStore& ledger, const Account& account, std::int64_t most, Standing& standing) {
  const auto select = ledger.database().prepare(
      "SELECT number, time_ns, kind, amount, reference, made_by FROM movement WHERE account = $1 AND kind = "
      "$2 "
      "ORDER BY number DESC LIMIT $3");
  for (const std::string_view kind : {"credit", "payment", "spend", "fee", "interest", "correction"}) {
    for (auto rows = select->on(account.number, kind, most); rows.next();)
      standing.movements.push_back({rows.integer(0), rows.as<std::uint64_t>(1), rows.text(2), rows.integer(3),
                                    rows.text(4), rows.text(5)});
  }
  std::sort(standing.movements.begin(), standing.movements.end(),
            [](const auto& a, const auto& b) { return a.number > b.number; });
  if (standing.movements.size() > static_cast<std::size_t>(most))
    standing.movements.resize(static_cast<std::size_t>(most));
}

std::string utc_day_of(std::uint64_t time_ns) {
  Account utc;
  utc.time_zone = "UTC";
  return day_of(utc, time_ns);
}

}  // namespace

std::string month_of(const Account& account, std::uint64_t time_ns) {
  const auto zone = rules::TimeZone::named(account.time_zone);
  return zone == nullptr ? "" : month_at(*zone, time_ns).name;
}

std::string day_of(const Account& account, std::uint64_t time_ns) {
  const auto zone = rules::TimeZone::named(account.time_zone);
  return zone == nullptr ? "" : day_at(*zone, time_ns);
}

Standing standing_of(LedgerStore& ledger, const Account& account, std::uint64_t now_ns,
                     std::int64_t most_movements) {
  Standing standing;
  const auto books =
      ledger.database().prepare("SELECT role, detail, balance FROM book WHERE account = $1 ORDER BY detail");
  for (auto rows = books->on(account.number); rows.next();) {
    if (rows.view(0) == "credit") standing.credit = rows.integer(2);
    else if (rows.integer(2) != 0) standing.reserved.push_back({rows.text(1), rows.integer(2)});
  }
  const auto used =
      ledger.database().prepare("SELECT used - undone FROM month WHERE account = $1 AND month = $2");
  const std::string month = month_of(account, now_ns);
  if (auto rows = used->on(account.number, month); rows.next()) standing.used_this_month = rows.integer(0);
  if (most_movements != 0) read_movements(ledger, account, most_movements, standing);
  return standing;
}

std::string_view name_of(Recogniser::Kind kind) {
  constexpr std::string_view names[] = {"system_id", "peer", "gt", "service_centre", "link"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Payment payment) { return payment == Payment::prepaid ? "prepaid" : "postpaid"; }

Json summary_json(const Account& account, const Standing& standing) {
  Json out{{"id", account.id},
           {"name", account.name},
           {"payment", name_of(account.payment)},
           {"status", account.status == Status::active ? "active" : "suspended"},
           {"currency", account.currency},
           {"balance", standing.balance()},
           {"used_this_month", standing.used_this_month}};
  if (!account.reason.empty()) out["reason"] = account.reason;
  return out;
}

Json details_json(const Account& account, const Standing& standing) {
  Json out = summary_json(account, standing);
  out["price_list"] = account.price_list;
  out["time_zone"] = account.time_zone;
  if (account.monthly_limit) out["monthly_limit"] = *account.monthly_limit;
  if (account.total_limit) out["total_limit"] = *account.total_limit;
  out["warn_at"] = account.warn_at_percent;
  if (account.messages_per_second != 0) out["messages_per_second"] = account.messages_per_second;
  out["recognised_by"] = Json::array();
  for (const auto& mark : account.recognised_by)
    out["recognised_by"].push_back({{"by", name_of(mark.kind)}, {"value", mark.value}});
  out["senders"] = Json::array();
  for (const auto& sender : account.senders) {
    Json one{{"address", sender.address}, {"prefix", sender.prefix}};
    if (sender.since_ns != 0) one["since"] = utc_day_of(sender.since_ns);
    out["senders"].push_back(one);
  }
  if (!account.marketing_hours.empty() || !account.marketing_days.empty())
    out["marketing"] = {{"between", account.marketing_hours},
                        {"days", account.marketing_days},
                        {"zone", account.marketing_zone}};
  out["excluded"] = account.excluded;
  out["labels"] = account.labels;
  out["credit"] = standing.credit;
  out["put_aside"] = Json::array();
  for (const auto& one : standing.reserved)
    out["put_aside"].push_back({{"appliance", one.appliance}, {"amount", one.amount}});
  out["movements"] = Json::array();
  for (const auto& one : standing.movements)
    out["movements"].push_back({{"number", one.number},
                                {"day", day_of(account, one.time_ns)},
                                {"kind", one.kind},
                                {"amount", one.amount},
                                {"reference", one.reference},
                                {"made_by", one.made_by}});
  return out;
}

}  // namespace tollgate::charge
