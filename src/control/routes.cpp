#include "control/routes.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>

#include "control/account_routes.hpp"
#include "control/audit_reader.hpp"
#include "control/bundle_limits.hpp"
#include "control/bundle_manifest.hpp"
#include "control/event_routes.hpp"
#include "control/fault.hpp"
#include "control/hexadecimal.hpp"
#include "control/list_routes.hpp"
#include "control/mark_routes.hpp"
#include "control/message_routes.hpp"
#include "control/openapi_text.hpp"
#include "control/report_routes.hpp"
#include "control/request_body.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds patience{5};

Json health(Call& call) {
  if (!call.means.operations.is_alive())
    throw Fault(http::unavailable, "the appliance does not go on with its work", "that it does");
  return {{"ok", true}};
}

Json me(Call& call) { return {{"name", call.caller.who}, {"role", to_string(call.caller.role)}}; }

Json status(Call& call) {
  Operations& operations = call.means.operations;
  Json all = call.means.errands.run([&operations] { return operations.status(); }, patience);
  // Who is elsewhere has no use for where the ledger is, and as whom it is used.
  if (call.caller.from != "local" && all.contains("ledger")) all["ledger"].erase("name");
  return all;
}

Json bypass(Call& call) {
  Operations& operations = call.means.operations;
  const bool on = read_switch_body(call.body);
  return call.means.changes.make(call.caller, {.what = "bypass",
                                               .before = [&operations]() -> Json {
                                                 return {{"bypass", operations.bypass()}};
                                               },
                                               .after = {{"bypass", on}},
                                               .make = [&operations, on]() -> Json {
                                                 const std::string said = operations.set_bypass(on);
                                                 return {{"bypass", operations.bypass()}, {"said", said}};
                                               }});
}

Json reload_rules(Call& call) {
  Operations& operations = call.means.operations;
  return call.means.changes.make(
      call.caller,
      {.what = "rules.reload",
       .before = [&operations]() -> Json {
         operations.check_reload();
         return {{"ruleset", operations.ruleset()}};
       },
       .after = nullptr,  // another line says what came of it
       .make = [&operations, by = call.caller]() -> Json {
         operations.reload_rules(by);
         return {{"ruleset", operations.ruleset()},
                 {"said", "the rules are read anew; the log and the audit log say what comes of it"}};
       }});
}

Json rules(Call& call) {
  Operations& operations = call.means.operations;
  return call.means.errands.run([&operations] { return operations.rules(); }, patience);
}

Json rules_difference(Call& call) {
  return call.means.operations.rules_difference(call.numbers.at("from"), call.numbers.at("to"));
}

Json push_rules(Call& call) {
  Operations& operations = call.means.operations;
  if (call.body.empty()) throw Fault(http::bad_request, "found no body", "a bundle");
  const auto octets = std::make_shared<const std::string>(std::move(call.body));
  return call.means.changes.make(
      call.caller, {.what = "rules.push",
                    .before = [&operations]() -> Json {
                      operations.check_push();
                      return {{"ruleset", operations.ruleset()}};
                    },
                    .after = {{"octets", octets->size()}, {"blake2b", hexadecimal(hash_of(*octets))}},
                    .make = [&operations, by = call.caller, octets]() -> Json {
                      return {{"push", operations.push_rules(by, octets)},
                              {"said", "the bundle is looked at; GET /v1/rules/push tells what comes of it"}};
                    }});
}

Json push_report(Call& call) { return {{"push", call.means.operations.push_report()}}; }

Json roll_back_rules(Call& call) {
  return call.means.operations.roll_back_rules(call.caller, read_rollback_body(call.body));
}

Json audit(Call& call) {
  constexpr std::size_t most_answer_octets = 4U << 20U;
  const std::uint64_t most = call.numbers.at("most");
  Json entries = Json::array();
  for (const std::string& line :
       audit_lines_after(call.means.audit.path(), call.numbers.at("after"), most, most_answer_octets)) {
    Json entry = Json::parse(line, nullptr, false);
    if (entry.is_object()) entries.push_back(std::move(entry));
  }
  return {{"entries", std::move(entries)}};
}

Json alerts(Call& call) {
  Operations& operations = call.means.operations;
  return {{"alerts", call.means.errands.run([&operations] { return operations.alerts(); }, patience)}};
}

Json metrics(Call& call) {
  Operations& operations = call.means.operations;
  const auto view = std::make_shared<MetricsView>();  // which whoever is too late finds as well
  call.means.errands.run(
      [&operations, view]() -> Json {
        *view = operations.metrics();
        return nullptr;
      },
      patience);
  return metrics_text(*view);
}

Route account_view(std::string_view path, std::vector<TextParameter> texts, Json (*answer)(Call&)) {
  return {.method = "GET",
          .path = path,
          .roles = Roles::any(),
          .other_statuses = {http::conflict, http::unavailable},
          .texts = std::move(texts),
          .answer = answer};
}

Route account_change(std::string_view path, Json (*answer)(Call&),
                     std::uint64_t most_body_octets = most_json_octets) {
  return {.method = "POST",
          .path = path,
          .roles = Roles{Role::commercial},
          .audited = true,
          .most_body_octets = most_body_octets,
          .other_statuses = {http::conflict, http::unavailable},
          .answer = answer};
}

Json description(Call&) { return Json::parse(openapi()); }

}  // namespace

std::span<const Route> routes() {
  constexpr std::size_t longest_list_name = 255;  // that of a file
  constexpr std::size_t longest_name = 255;       // of what events are asked for by
  constexpr std::uint64_t any_rule = std::numeric_limits<std::uint32_t>::max();
  constexpr std::uint64_t any_number = std::numeric_limits<std::int64_t>::max();
  static const std::vector<Route> all{
      {.method = "GET", .path = "/v1/health", .other_statuses = {http::unavailable}, .answer = health},
      {.method = "GET", .path = "/v1/me", .roles = Roles::any(), .answer = me},
      {.method = "GET",
       .path = "/v1/status",
       .roles = Roles::any(),
       .other_statuses = {http::unavailable},
       .answer = status},
      {.method = "GET",
       .path = "/v1/alerts",
       .roles = Roles::any(),
       .other_statuses = {http::unavailable},
       .answer = alerts},
      {.method = "PUT",
       .path = "/v1/bypass",
       .roles = Roles{Role::admin},
       .audited = true,
       .most_body_octets = most_json_octets,
       .other_statuses = {http::unavailable},
       .answer = bypass},
      {.method = "POST",
       .path = "/v1/rules/reload",
       .roles = Roles{Role::security},
       .audited = true,
       .status = http::accepted,
       .other_statuses = {http::conflict, http::unavailable},
       .answer = reload_rules},
      {.method = "GET",
       .path = "/v1/rules",
       .roles = Roles::any(),
       .other_statuses = {http::unavailable},
       .answer = rules},
      {.method = "GET",
       .path = "/v1/rules/difference",
       .roles = Roles{Role::analyst, Role::security},  // it quotes rules
       .other_statuses = {http::not_found, http::conflict, http::unavailable},
       .parameters = {{"from", 0, any_number, 0}, {"to", 0, any_number, 0}},
       .answer = rules_difference},
      {.method = "POST",
       .path = "/v1/rules/push",
       .roles = Roles{Role::security},
       .audited = true,
       .most_body_octets = most_bundle_octets,
       .status = http::accepted,
       .other_statuses = {http::conflict, http::unavailable},
       .answer = push_rules},
      {.method = "GET",
       .path = "/v1/rules/push",
       .roles = Roles{Role::analyst, Role::security},  // it may quote rules, and lists of numbers
       .answer = push_report},
      {.method = "POST",
       .path = "/v1/rules/rollback",
       .roles = Roles{Role::security},
       .audited = true,
       .most_body_octets = most_json_octets,
       .other_statuses = {http::conflict, http::unavailable},
       .answer = roll_back_rules},
      {.method = "GET",
       .path = "/v1/accounts",
       .roles = Roles::any(),
       .other_statuses = {http::conflict, http::unavailable},
       .answer = list_accounts},
      {.method = "GET",
       .path = "/v1/accounts/show",
       .roles = Roles::any(),
       .other_statuses = {http::conflict, http::unavailable},
       .parameters = {{"movements", 0, 10'000, 10}},
       .texts = {{"account", longest_name, true}},
       .answer = show_account},
      account_view("/v1/accounts/statement", {{"account", longest_name, true}, {"month", 20}, {"form", 10}},
                   show_statement),
      account_view("/v1/accounts/invoice",
                   {{"account", longest_name, true}, {"month", 20, true}, {"form", 10}}, show_invoice),
      account_change("/v1/accounts/credit", credit_account),
      account_change("/v1/accounts/pay", pay_account),
      account_change("/v1/accounts/suspend", suspend_account),
      account_change("/v1/accounts/resume", resume_account),
      account_change("/v1/accounts/correct", correct_movement),
      account_change("/v1/accounts/interest", book_interest),
      account_change("/v1/accounts/release", release_appliance),
      account_change("/v1/accounts/import", import_accounts, most_import_octets),
      {.method = "GET",
       .path = "/v1/lists",
       .roles = Roles::any(),
       .other_statuses = {http::unavailable},
       .answer = show_lists},
      {.method = "GET",
       .path = "/v1/lists/entries",
       .roles = Roles::any(),
       .other_statuses = {http::not_found, http::unavailable},
       .parameters = {{"after", 0, any_number, 0}, {"most", 1, 1000, 100}},
       .texts = {{"list", longest_list_name, true}, {"value", longest_changed_value}},
       .answer = show_list_entries},
      {.method = "POST",
       .path = "/v1/lists",
       .roles = Roles{Role::security},
       .audited = true,
       .most_body_octets = most_json_octets,
       .other_statuses = {http::not_found, http::conflict, http::unavailable},
       .answer = change_list},
      {.method = "GET",
       .path = "/v1/report",
       .roles = Roles::any(),
       .other_statuses = {http::conflict, http::unavailable},
       .texts = {{"name", 20, true},
                 {"since", 40},
                 {"until", 40},
                 {"step", 10},
                 {"by", 200},
                 {"where", 2000},
                 {"top", 10}},
       .answer = show_report},
      {.method = "GET",
       .path = "/v1/events",
       .roles = Roles::any(),
       .other_statuses = {http::unavailable},
       .parameters = {{"after", 0, any_number, 0}, {"most", 1, 1000, 100}},
       .texts = {{"kind", longest_name},
                 {"verdict", longest_name},
                 {"label", longest_name},
                 {"sender", longest_name},
                 {"account", longest_name}},
       .answer = show_events},
      {.method = "GET",
       .path = "/v1/events/explain",
       .roles = Roles::any(),
       .audited = true,
       .other_statuses = {http::not_found, http::conflict, http::unavailable},
       .texts = {{"id", longest_name, true}},
       .answer = explain_event},
      {.method = "POST",
       .path = "/v1/try",
       .roles = Roles{Role::analyst, Role::security},
       .most_body_octets = most_json_octets,
       .other_statuses = {http::conflict, http::unavailable},
       .answer = try_message},
      {.method = "GET",
       .path = "/v1/marks",
       .roles = Roles::any(),
       .other_statuses = {http::unavailable},
       .parameters = {{"after", 0, any_number, 0}, {"most", 1, 1000, 100}, {"rule", 0, any_rule, 0}},
       .texts = {{"since", longest_name}},
       .answer = show_marks},
      {.method = "POST",
       .path = "/v1/marks",
       .roles = Roles{Role::analyst, Role::security},
       .audited = true,
       .most_body_octets = most_json_octets,
       .other_statuses = {http::not_found, http::conflict, http::unavailable},
       .answer = add_mark},
      {.method = "POST",
       .path = "/v1/marks/remove",
       .roles = Roles{Role::analyst, Role::security},
       .audited = true,
       .most_body_octets = most_json_octets,
       .other_statuses = {http::not_found, http::unavailable},
       .answer = remove_mark},
      {.method = "GET",
       .path = "/v1/marks/tests",
       .roles = Roles{Role::analyst, Role::security},
       .other_statuses = {http::unavailable},
       .parameters = {{"rule", 0, any_rule, 0}},
       .texts = {{"since", longest_name}},
       .media = yaml_media,
       .answer = show_mark_tests},
      {.method = "GET",
       .path = "/v1/audit",
       .roles = Roles{Role::security},
       .other_statuses = {http::unavailable},
       .parameters = {{"after", 0, any_number, 0}, {"most", 1, 1000, 100}},
       .answer = audit},
      {.method = "GET",
       .path = "/metrics",
       .roles = Roles::any(),
       .other_statuses = {http::unavailable},
       .media = metrics_media,
       .answer = metrics},
      {.method = "GET", .path = "/v1/openapi.json", .roles = Roles::any(), .answer = description},
  };
  return all;
}

std::vector<int> statuses(const Route& route) {
  std::vector<int> all = route.other_statuses;
  all.insert(all.end(), {route.status, http::bad_request, http::too_large, http::internal_error});
  if (route.roles) all.insert(all.end(), {http::unauthorized, http::forbidden, http::too_many});
  std::sort(all.begin(), all.end());
  return all;
}

std::string_view openapi() { return openapi_text; }

}  // namespace tollgate::control
