#include "charge/ledger_appliances.hpp"

#include <map>
#include <utility>

namespace tollgate::charge {

std::vector<Appliance> read_appliances(sql::Database& database) {
  std::map<std::string, Appliance> appliances;
  const auto seen = database.prepare("SELECT name, seen_ns FROM appliance");
  for (auto rows = seen->on(); rows.next();) appliances[rows.text(0)].seen_ns = rows.as<std::uint64_t>(1);
  const auto aside = database.prepare(
      "SELECT detail, currency, CAST(sum(balance) AS BIGINT) FROM book WHERE role = 'reserved' "
      "GROUP BY detail, currency ORDER BY detail, currency");
  for (auto rows = aside->on(); rows.next();) {
    Appliance& appliance = appliances[rows.text(0)];
    if (rows.integer(2) != 0) appliance.aside.push_back({rows.text(1), rows.integer(2)});
  }
  std::vector<Appliance> all;
  for (auto& [name, appliance] : appliances) {
    appliance.name = name;
    all.push_back(std::move(appliance));
  }
  return all;
}

ApplianceEpoch::ApplianceEpoch(sql::Database& database, std::string name)
    : name_(std::move(name)),
      beat_(database.prepare("UPDATE appliance SET seen_ns = $1 WHERE name = $2 AND epoch = $3")),
      renew_(database.prepare(
          "INSERT INTO appliance (name, epoch, seen_ns) VALUES ($1, 1, $2) ON CONFLICT (name) "
          "DO UPDATE SET epoch = appliance.epoch + 1, seen_ns = excluded.seen_ns")),
      find_(database.prepare("SELECT epoch FROM appliance WHERE name = $1")),
      accounts_(database.prepare(
          "SELECT account FROM book WHERE role = 'reserved' AND detail = $1 ORDER BY account")) {}

bool ApplianceEpoch::beat(std::uint64_t time_ns) {
  if (beat_->run(time_ns, name_, epoch_) != 0) return false;
  const std::int64_t before = std::exchange(epoch_, read_epoch());
  if (epoch_ == 0) renew(time_ns);
  else beat_->run(time_ns, name_, epoch_);
  return before != 0;
}

void ApplianceEpoch::renew(std::uint64_t time_ns) {
  renew_->run(name_, time_ns);
  epoch_ = read_epoch();
}

std::vector<std::uint32_t> ApplianceEpoch::accounts() {
  std::vector<std::uint32_t> all;
  for (auto rows = accounts_->on(name_); rows.next();) all.push_back(rows.as<std::uint32_t>(0));
  return all;
}

std::int64_t ApplianceEpoch::read_epoch() {
  auto rows = find_->on(name_);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace tollgate::charge
