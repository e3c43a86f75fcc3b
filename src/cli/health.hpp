#pragma once

#include <list>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/charging.hpp"
#include "cli/event_writer.hpp"
#include "cli/last_troubles.hpp"
#include "cli/recent_rates.hpp"
#include "dpdk/appliance.hpp"
#include "engine/tables.hpp"

namespace tollgate::cli {

// How parts of an appliance do, in the words of `tollgate status`.

nlohmann::ordered_json to_json(const std::vector<dpdk::Appliance::PortHealth>& ports);
nlohmann::ordered_json to_json(const RecentRates::Rates& rates);
nlohmann::ordered_json to_json(const EventWriter::Health& events);
nlohmann::ordered_json to_json(const std::vector<record::Sinks::Health>& sinks);
nlohmann::ordered_json to_json(const ApplianceCharges::Health& ledger);
/// Of all workers together.
nlohmann::ordered_json to_json(const engine::TableUses& tables);
nlohmann::ordered_json to_json(const std::list<LastTroubles::Trouble>& troubles);

}  // namespace tollgate::cli
