#include "control/account_notes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "charge/ledger_look.hpp"
#include "charge/standing.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using charge::Account;
using charge::RegisteredSender;

constexpr std::size_t most_listed = 20;
constexpr std::size_t most_octets = 32'768;  // of all that are listed

/// Adds to a list as far as a line has room for it; counts the rest.
class Bounded {
 public:
  void add(Json one) {
    const std::size_t octets = one.dump(-1, ' ', false, Json::error_handler_t::replace).size();
    if (all_.size() == most_listed || octets_ + octets > most_octets) {
      ++more_;
      return;
    }
    octets_ += octets;
    all_.push_back(std::move(one));
  }
  /// `name`: the list, where it has any; `more_NAME`: how many it has not.
  void put_into(Json& object, const std::string& name) const {
    if (!all_.empty()) object[name] = all_;
    if (more_ != 0) object["more_" + name] = more_;
  }

 private:
  Json all_ = Json::array();
  std::size_t octets_ = 0;
  std::size_t more_ = 0;
};

Json sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// What a file says of an account, but for its senders.
Json terms_of(const Account& account) {
  std::vector<std::string> marks;
  for (const auto& mark : account.recognised_by)
    marks.push_back(std::string(charge::name_of(mark.kind)) + " " + mark.value);
  return {{"name", account.name},
          {"recognised_by", sorted(std::move(marks))},
          {"price_list", account.price_list},
          {"currency", account.currency},
          {"payment", charge::name_of(account.payment)},
          {"monthly_limit", or_null(account.monthly_limit)},
          {"total_limit", or_null(account.total_limit)},
          {"warn_at", account.warn_at_percent},
          {"messages_per_second", account.messages_per_second},
          {"time_zone", account.time_zone},
          {"marketing_hours", account.marketing_hours},
          {"marketing_days", account.marketing_days},
          {"marketing_zone", account.marketing_zone},
          {"excluded", sorted(account.excluded)},
          {"labels", sorted(account.labels)}};
}

/// In any order; letters of either case are the same.
bool are_same(std::vector<RegisteredSender> a, std::vector<RegisteredSender> b) {
  const auto order = [](std::vector<RegisteredSender>& senders) {
    for (RegisteredSender& one : senders) {
      for (char& c : one.address) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
      }
    }
    std::sort(senders.begin(), senders.end(), [](const RegisteredSender& x, const RegisteredSender& y) {
      return std::tie(x.address, x.prefix, x.since_ns) < std::tie(y.address, y.prefix, y.since_ns);
    });
  };
  order(a);
  order(b);
  return a == b;
}

/// What a file says of one account.
struct Said {
  const Account* terms = nullptr;  ///< null: nothing
  const std::vector<RegisteredSender>* senders = nullptr;
};

std::map<std::string, Said> by_account(const charge::Declared& declared) {
  std::map<std::string, Said> said;
  for (const auto& one : declared.accounts) said[one.account.id].terms = &one.account;
  for (const auto& one : declared.senders) said[one.account].senders = &one.senders;
  return said;
}

/// What of the account becomes another.
BeforeAndAfter difference(const Account& now, const Said& said) {
  BeforeAndAfter changed{Json::object(), Json::object()};
  if (said.terms != nullptr) {
    const Json before = terms_of(now);
    const Json after = terms_of(*said.terms);
    for (const auto& [name, value] : before.items()) {
      if (value == after.at(name)) continue;
      changed.before[name] = value;
      changed.after[name] = after.at(name);
    }
  }
  if (said.senders != nullptr && !are_same(now.senders, *said.senders)) {
    changed.before["senders"] = now.senders.size();
    changed.after["senders"] = said.senders->size();
  }
  return changed;
}

/// Of the lists of prices, and accounts' own, that the file names.
std::size_t prices_in_force(const charge::Ledger::InForce& now, const charge::Declared& declared,
                            std::uint64_t now_ns) {
  std::set<std::pair<std::string, std::string>> lists;
  for (const auto& one : declared.prices) lists.emplace(one.line.list, one.line.account);
  return static_cast<std::size_t>(
      std::count_if(now.prices.begin(), now.prices.end(), [&](const charge::PriceLine& line) {
        return (line.until_ns == 0 || line.until_ns > now_ns) && lists.contains({line.list, line.account});
      }));
}

}  // namespace

BeforeAndAfter note_import(const charge::Ledger::InForce& now, const charge::Declared& declared,
                           std::uint64_t now_ns) {
  std::map<std::string, const Account*> there;
  for (const Account& account : now.accounts) there.emplace(account.id, &account);
  Bounded before;
  Bounded after;
  std::size_t fresh = 0;
  for (const auto& [id, said] : by_account(declared)) {
    const auto found = there.find(id);
    if (found == there.end()) {
      if (said.terms != nullptr) ++fresh;
      continue;
    }
    const BeforeAndAfter changed = difference(*found->second, said);
    if (changed.before.empty()) continue;
    const auto named = [&id = id](const Json& values) {
      Json one{{"account", id}};
      one.update(values);
      return one;
    };
    before.add(named(changed.before));
    after.add(named(changed.after));
  }
  BeforeAndAfter noted{{{"prices", prices_in_force(now, declared, now_ns)}}, {{"new_accounts", fresh}}};
  before.put_into(noted.before, "changed");
  after.put_into(noted.after, "changed");
  return noted;
}

Json note_movement(charge::LedgerStore& ledger, std::int64_t movement) {
  const auto seen = charge::look_at_movement(ledger.database(), movement);
  if (!seen) return nullptr;
  Json noted{{"account", seen->account},
             {"kind", seen->kind},
             {"amount", seen->amount},
             {"reference", seen->reference}};
  if (seen->undone_by != 0) noted["undone_by"] = seen->undone_by;
  return noted;
}

Json note_aside(charge::LedgerStore& ledger, const std::string& appliance) {
  Bounded aside;
  for (const auto& one : charge::look_at_aside(ledger.database(), appliance))
    aside.add({{"account", one.account}, {"amount", one.amount}});
  Json noted = Json::object();
  aside.put_into(noted, "put_aside");
  return noted;
}

Json note_extent(const std::string& file) {
  const auto extent = charge::look_at_extent_of(file);
  if (!extent) return nullptr;
  return {{"version", extent->version}, {"last_movement", extent->last_movement}};
}

}  // namespace tollgate::control
