#include "cli/message_inquiry.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "cli/kept_signals.hpp"
#include "cli/message_lines.hpp"
#include "cli/now.hpp"
#include "cli/price_quote.hpp"
#include "cli/rules_folder.hpp"
#include "cli/tried_message.hpp"
#include "control/fault.hpp"
#include "record/event_json.hpp"
#include "record/privacy.hpp"
#include "rules/blame.hpp"
#include "rules/evaluate.hpp"
#include "rules/sample.hpp"
#include "rules/spans.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;
using control::Fault;
namespace http = control::http;

constexpr std::chrono::seconds patience{5};

/// Of the event, which tells what the message said, and to whom.
Json event_of(const Message& message, bool with_text) {
  std::string line;
  if (with_text) {
    record::append_event(line, message);
  } else {
    record::Privacy privacy{record::PrivacySettings{}};
    record::append_event(line, privacy.filter(message));
  }
  return Json::parse(line);
}

/// Takes out of an explanation what quotes the message.
void take_out_text(Json& event) {
  event.erase("folded");
  event.erase("price_lines");
  if (event.contains("policy_line")) event["policy_line"].erase("conditions");
  if (event.contains("rules"))
    for (Json& rule : event["rules"]) rule.erase("spans");
}

}  // namespace

MessageInquiry::InForce MessageInquiry::in_force_or_none() const {
  const auto now = std::make_shared<InForce>();  // which whoever is too late finds as well
  errands_.run(
      [now, ask = in_force_]() -> Json {
        *now = ask();
        return nullptr;
      },
      patience);
  return std::move(*now);
}

MessageInquiry::InForce MessageInquiry::in_force() const {
  InForce now = in_force_or_none();
  if (now.ruleset == nullptr) throw Fault(http::conflict, "this appliance has no rules", "rules");
  return now;
}

Json MessageInquiry::explained(Message& message, const Signals& signals, bool with_text) const {
  const InForce now = in_force();
  rules::Evaluator evaluator(now.ruleset);
  evaluator.use(now.lists.get());
  rules::SpanFinder spans(now.ruleset, pattern_cache());
  PriceQuote prices(now.book, settings_);
  prices.recognise(*now.ruleset, message);
  evaluator.judge(message, signals(now.ruleset->signals));
  Explanation why = explanation_of(message, evaluator, spans, nullptr);
  why.price = prices.quote(message, evaluator);
  Json event = event_of(message, with_text);
  add_to(event, why);
  if (!with_text) take_out_text(event);
  return event;
}

Json MessageInquiry::explain(const std::string& id, bool with_text) {
  const std::optional<MessageId> wanted = read_message_id(id);
  if (!wanted)
    throw Fault(http::bad_request, "found another value for `id`", "that of an event: 32 hexadecimal digits");
  const auto kept = kept_.find(*wanted);
  if (kept == nullptr) {
    if (kept_.most() == 0)
      throw Fault(http::not_found, "this appliance keeps no messages",
                  "`control: {trial_messages: NUMBER}` in its configuration");
    throw Fault(http::not_found,
                fmt::format("found no such message among the last {} that are kept", kept_.most()),
                "the id of one of them; `control: {trial_messages: NUMBER}` says how many there are");
  }
  Message message = kept->message();
  return explained(
      message, [&](const std::vector<std::string>& names) { return values_of(*kept, names); }, with_text);
}

Json MessageInquiry::judge(std::string_view body) {
  rules::Sample sample(settings_.home);
  const TriedMessage tried = read_tried_message(body, sample);
  Message& message = sample.message();
  if (!tried.fields.contains("time")) message.time_ns = now_ns();
  if (!tried.fields.contains("protocol") && tried.fields.contains("smpp")) message.protocol = Protocol::smpp;
  Json event = explained(
      message,
      [&](const std::vector<std::string>& names) {
        std::vector<double> values(names.size(), std::numeric_limits<double>::quiet_NaN());
        for (std::size_t i = 0; i < names.size(); ++i)
          if (tried.signals.contains(names[i])) values[i] = tried.signals.at(names[i]).get<double>();
        return values;
      },
      true);
  // What a message has that came over a wire, and this one only where it was given.
  for (const char* name : {"id", "frame", "item", "protocol", "operation", "component", "direction"})
    if (!tried.fields.contains(name)) event.erase(name);
  return event;
}

std::vector<std::uint32_t> MessageInquiry::to_blame(const Verdict& verdict) {
  const InForce now = in_force_or_none();
  if (now.ruleset == nullptr || now.ruleset->name != verdict.ruleset) return verdict.rules;
  return rules::to_blame(*now.ruleset, verdict.policy, verdict.rules);
}

bool MessageInquiry::has_rule(std::uint32_t id) {
  const InForce now = in_force_or_none();
  return now.ruleset != nullptr && rules::find_rule(*now.ruleset, id) != nullptr;
}

}  // namespace tollgate::cli
