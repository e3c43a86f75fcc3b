#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "control/list_body.hpp"
#include "control/live_book.hpp"
#include "control/metrics.hpp"
#include "rules/live_list.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::control {

/// The lists of an appliance at one moment.
struct ListsNow {
  std::shared_ptr<const rules::Ruleset> ruleset;  ///< in force; null where there is none
  std::shared_ptr<const LiveBook> book;           ///< in force with it, as far as it has these lists
};

/// A list by its name: as the rules in force have it, and what was changed of it.
struct ListNow {
  std::shared_ptr<const rules::List> list;            ///< null where the rules have none, or of another type
  std::shared_ptr<const rules::LiveEntries> entries;  ///< empty where nothing was changed
  rules::ListType type = rules::ListType::number;

  bool is_in_force() const { return list != nullptr; }
};
/// Throws Fault where neither has it.
ListNow list_named(const ListsNow& now, const std::string& name);

/// Of the lists of the rules in force whose entries can be changed.
std::vector<MetricsView::LiveList> live_list_sizes(const ListsNow& now);

/// Until when an entry counts, as it is shown: false where it does not, true where it does for good, or a
/// time.
nlohmann::ordered_json shown_end(std::uint64_t until_ns);

/// The list as it is live.
rules::LiveList live_list(const ListsNow& now, const ListNow& list, const rules::LiveEntries& entries);

/// What is to be written down, done and answered when a list is changed.
struct PlannedListChange {
  nlohmann::ordered_json before;  ///< for the audit log: until when each value counted
  nlohmann::ordered_json after;
  nlohmann::ordered_json answer;
  std::shared_ptr<const LiveBook> book;         ///< with the change
  std::shared_ptr<const rules::LiveList> live;  ///< the list as it is then; null where that is not in force
};

/// Works out what the request makes of the lists at that time. Throws Fault.
PlannedListChange plan(const ListsNow& now, const ListRequest& request, std::uint64_t time_ns);

}  // namespace tollgate::control
