#include "control/report_routes.hpp"

#include <string>

#include <fmt/format.h>

#include "charge/ledger_error.hpp"
#include "control/fault.hpp"
#include "control/http_threads.hpp"
#include "control/marks.hpp"
#include "control/routes.hpp"
#include "control/utc.hpp"
#include "record/report.hpp"

namespace tollgate::control {
namespace {

/// Of an answer, which is held in memory whole. Those who want more of it read the file.
constexpr std::size_t most_rows = 50'000;

[[noreturn]] void refuse_for_now() {
  Fault fault(http::unavailable, fmt::format("{} other reports are made now", report_threads_a_way),
              "fewer at once: ask again");
  fault.retry_after_seconds = 1;
  throw fault;
}

record::ReportWords words_of(const Call& call) {
  const auto word = [&](const char* name) {
    const auto found = call.texts.find(name);
    return found == call.texts.end() ? std::string() : found->second;
  };
  return {.name = word("name"),
          .since = word("since"),
          .until = word("until"),
          .step = word("step"),
          .by = word("by"),
          .where = word("where"),
          .top = word("top")};
}

record::ReportQuery query_of(const Call& call, const record::RollupTime& time) {
  try {
    record::ReportQuery query =
        record::read_query(words_of(call), time, static_cast<std::int64_t>(utc_now_ns() / second_ns));
    query.most_rows = most_rows;
    return query;
  } catch (const record::ReportError& error) {
    throw Fault(http::bad_request, error.found(), error.expected());
  }
}

/// Those of all times: what was wrong with a rule is so until it is changed.
std::optional<record::Reports::Marks> marks_for(const Call& call, const record::ReportQuery& query) {
  if (query.name != record::ReportName::rules || call.means.marks == nullptr) return std::nullopt;
  try {
    return call.means.marks->counts();
  } catch (const charge::LedgerError& error) {
    throw Fault(http::unavailable, error.what(), "that marks can be read");
  }
}

}  // namespace

nlohmann::ordered_json show_report(Call& call) {
  if (call.means.reports == nullptr)
    throw Fault(http::conflict, "this appliance keeps no reports", "`reports` in its configuration, not off");
  const Turns::Turn turn(call.report_turns);
  if (!turn) refuse_for_now();
  const bool in_full = sees_numbers(call.caller.role);
  try {
    const record::Reports reports(*call.means.reports);
    const record::ReportQuery query = query_of(call, reports.time());
    if (!in_full && record::asks_for_a_number(query))
      throw Fault(http::forbidden, "found a filter by somebody's number", "a role that sees numbers");
    record::Report report = reports.make(query, marks_for(call, query));
    if (!in_full) record::mask_senders(report);
    return record::to_json(report);
  } catch (const record::ReportError& error) {
    throw Fault(http::bad_request, error.found(), error.expected());
  } catch (const record::RollupError& error) {
    throw Fault(http::unavailable, error.what(), "that reports can be read");
  }
}

}  // namespace tollgate::control
