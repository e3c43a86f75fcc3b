#include "cli/health.hpp"

#include <cmath>

#include "control/utc.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;

/// As many digits as mean something.
double rounded(double value) { return std::round(value * 1000) / 1000; }

Json to_json(const dpdk::PortLink& link) {
  Json out{{"up", link.up}};
  if (link.mbps) out["mbps"] = *link.mbps;
  if (link.full_duplex) out["duplex"] = *link.full_duplex ? "full" : "half";
  return out;
}

}  // namespace

Json to_json(const std::vector<dpdk::Appliance::PortHealth>& ports) {
  Json all = Json::array();
  for (const auto& [device, losses, works, link] : ports) {
    all.push_back(
        {{"device", device},
         {"works", works},
         {"link", to_json(link)},
         {"lost", {{"full", losses.full}, {"no_buffer", losses.no_buffer}, {"errors", losses.errors}}}});
  }
  return all;
}

Json to_json(const RecentRates::Rates& rates) {
  Json busy = Json::array();
  for (const double share : rates.busy) busy.push_back(rounded(share));
  return {{"seconds", rounded(rates.seconds)}, {"packets", rounded(rates.packets)},
          {"octets", rounded(rates.octets)},   {"messages", rounded(rates.messages)},
          {"events", rounded(rates.events)},   {"busy", std::move(busy)}};
}

Json to_json(const EventWriter::Health& events) {
  Json rings = Json::array();
  for (const EventWriter::Health::Ring& ring : events.rings)
    rings.push_back({{"octets", ring.octets}, {"capacity", ring.capacity}});
  return {{"taken", events.taken}, {"lost", events.lost}, {"rings", std::move(rings)}};
}

Json to_json(const std::vector<record::Sinks::Health>& sinks) {
  Json all = Json::array();
  for (const auto& [name, sink, queued, silent_seconds] : sinks) {
    Json one{{"name", name},
             {"sent", sink.sent},
             {"lost", sink.lost},
             {"waiting", sink.waiting},
             {"queued_octets", queued},
             {"spooled_octets", sink.spooled},
             {"refused", sink.refused},
             {"refused_octets", sink.refused_octets},
             {"silent_seconds", rounded(silent_seconds)}};
    if (!sink.error.empty()) one["error"] = sink.error;
    if (!sink.refusal.empty()) one["refusal"] = sink.refusal;
    all.push_back(std::move(one));
  }
  return all;
}

Json to_json(const ApplianceCharges::Health& ledger) {
  return {{"usable", ledger.usable},
          {"waiting", ledger.waiting},
          {"settled_seconds_ago", rounded(ledger.settled_seconds_ago)}};
}

Json to_json(const engine::TableUses& tables) {
  Json all;
  for (const engine::Table table : engine::all_tables)
    all[to_string(table)] = {{"entries", tables.of(table).entries}, {"capacity", tables.of(table).capacity}};
  return all;
}

Json to_json(const std::list<LastTroubles::Trouble>& troubles) {
  Json all = Json::array();
  for (const LastTroubles::Trouble& trouble : troubles) {
    all.push_back({{"time", control::to_utc_ms(trouble.last_ns)},
                   {"level", to_string(trouble.level)},
                   {"what", trouble.what},
                   {"count", trouble.count},
                   {"first", control::to_utc_ms(trouble.first_ns)}});
  }
  return all;
}

}  // namespace tollgate::cli
