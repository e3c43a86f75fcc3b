#include "control/message_routes.hpp"

#include "control/fault.hpp"
#include "control/message_desk.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

MessageDesk& desk_of(const Call& call) {
  if (call.means.messages == nullptr)
    throw Fault(http::unavailable, "this appliance explains no messages", "one that does");
  return *call.means.messages;
}

}  // namespace

/// Whoever reads what somebody has written is named in the audit log, before it is shown.
Json explain_event(Call& call) {
  const std::string& id = call.texts.at("id");
  const bool with_text = sees_numbers(call.caller.role);
  Json why = desk_of(call).explain(id, with_text);
  if (with_text) call.means.changes.note(call.caller, "text.read", nullptr, {{"event", id}});
  return why;
}

Json try_message(Call& call) { return desk_of(call).judge(call.body); }

}  // namespace tollgate::control
