#include "traffic/scenario_map.hpp"
#include "traffic/texts.hpp"

// The operations around short messages, and the signalling that has nothing to do with them.
namespace tollgate::traffic {
namespace {

using tcap::ComponentType;
using tcap::MessageType;

std::uint8_t context_of(std::int32_t operation, std::uint8_t version) {
  switch (operation) {
    case map::send_routing_info_for_sm:
    case map::report_sm_delivery_status: return map::short_msg_gateway;
    case map::alert_service_centre:
    case map::alert_service_centre_without_result: return map::short_msg_alert;
    case map::ready_for_sm: return version == 1 ? map::network_loc_up : map::mwd_mngt;
    case map::update_location: return map::network_loc_up;
    case map::cancel_location: return map::location_cancellation;
    case map::purge_ms: return map::ms_purging;
    case map::insert_subscriber_data: return map::subscriber_data_mngt;
    case map::send_authentication_info: return map::info_retrieval;
    case map::send_routing_info: return map::location_info_retrieval;
    case map::provide_roaming_number: return map::roaming_number_enquiry;
    case map::provide_subscriber_info: return map::subscriber_info_enquiry;
    case map::any_time_interrogation: return map::any_time_info_enquiry;
    case map::update_gprs_location: return map::gprs_location_update;
    default: return map::network_unstructured_ss;
  }
}

struct Parties {
  map::Number msisdn;
  map::Number centre;
  std::string imsi;
};

Bytes argument(const GatewayRecipe& r, const Parties& p) {
  const LengthForm form = r.path.lengths;
  switch (r.operation) {
    case map::send_routing_info_for_sm:
      return map::routing_info_for_sm_arg(p.msisdn, p.centre, r.version, form);
    case map::report_sm_delivery_status:
      return map::report_sm_delivery_status_arg(p.msisdn, p.centre, r.version, form);
    case map::alert_service_centre:
    case map::alert_service_centre_without_result:
      return map::alert_service_centre_arg(p.msisdn, p.centre, form);
    case map::inform_service_centre: return map::inform_service_centre_arg(p.msisdn, form);
    case map::ready_for_sm: return map::ready_for_sm_arg(p.imsi, form);
    default: return map::signalling_arg(r.operation, p.imsi, p.msisdn, p.centre, form);
  }
}

bool carries_service_centre(std::int32_t operation) {
  return operation == map::send_routing_info_for_sm || operation == map::report_sm_delivery_status ||
         operation == map::alert_service_centre || operation == map::alert_service_centre_without_result;
}

bool carries_imsi(std::int32_t operation) {
  switch (operation) {
    case map::ready_for_sm:
    case map::update_location:
    case map::update_gprs_location:
    case map::send_authentication_info:
    case map::insert_subscriber_data:
    case map::cancel_location:
    case map::purge_ms:
    case map::provide_roaming_number:
    case map::provide_subscriber_info: return true;
    default: return false;
  }
}

/// Whom an operation is about, by number.
bool carries_msisdn(std::int32_t operation) {
  switch (operation) {
    case map::inform_service_centre:
    case map::insert_subscriber_data:
    case map::send_routing_info:
    case map::provide_roaming_number:
    case map::any_time_interrogation:
    case map::process_unstructured_ss_request:
    case map::unstructured_ss_request: return true;
    default: return carries_service_centre(operation);
  }
}

/// The nodes that an operation names: in the generator's arguments all are the initiator.
Json nodes_of(std::int32_t operation, const std::string& initiator) {
  const Json node = {{"address", initiator}};
  switch (operation) {
    case map::update_location: return {{"network_node", node}, {"additional_node", node}};
    case map::update_gprs_location:
    case map::purge_ms:
    case map::provide_roaming_number: return {{"network_node", node}};
    case map::send_routing_info:
    case map::any_time_interrogation: return {{"other_address", node}};
    default: return {};
  }
}

Event request_event(const Dialogue& dialogue, std::int32_t operation, const Parties& p, bool from_initiator,
                    std::int32_t invoke_id) {
  const bool routes = operation == map::send_routing_info_for_sm;
  Event made = dialogue.event(routes ? "message" : "signalling", map::name(operation), "invoke",
                              routes ? "mt" : "", from_initiator, invoke_id);
  if (carries_service_centre(operation)) made.fields["service_centre"] = {{"address", p.centre.digits}};
  if (carries_msisdn(operation)) {
    describe_address(made.fields, "recipient", p.msisdn.digits, p.msisdn.ton, p.msisdn.npi);
  }
  if (carries_imsi(operation)) made.fields["imsi"] = p.imsi;
  Json nodes = nodes_of(operation, p.centre.digits);
  if (!nodes.is_null()) made.fields["map"] = std::move(nodes);
  return made;
}

void answer(Dialogue& dialogue, const GatewayRecipe& r, const Parties& p, std::uint64_t request) {
  const bool routes = r.operation == map::send_routing_info_for_sm;
  const auto answer_event = [&](std::string_view component, std::string_view operation) {
    Event made = dialogue.event(routes ? "response" : "signalling", operation, component, routes ? "mt" : "",
                                false, 1);
    made.answers = request;
    return made;
  };
  tcap::Component component;
  if (r.answer == Answer::error) {
    component.type = ComponentType::return_error;
    component.code = r.error;
    component.parameter = map::error_parameter(r.error, r.version, {}, r.path.lengths);
    dialogue.send(MessageType::end, false, dialogue.with(std::move(component), [&] {
      Event made = answer_event("error", map::name(r.operation));
      made.fields["error"] = map::error_name(r.error);
      return made;
    }));
    return;
  }
  component.type = ComponentType::return_result_last;
  component.code = r.operation;
  component.has_operation = routes;
  if (routes) {
    component.parameter = map::routing_info_for_sm_res(p.imsi, {global_title(55)}, r.path.lengths);
  }
  Dialogue::Contents contents = dialogue.with(std::move(component), [&] {
    Event made = answer_event("result", map::name(r.operation));
    if (routes) {
      made.fields["imsi"] = p.imsi;
      made.fields["map"]["network_node"]["address"] = global_title(55);
    }
    return made;
  });
  if (r.with_inform) {
    tcap::Component inform;
    inform.invoke_id = 2;
    inform.code = map::inform_service_centre;
    inform.parameter = map::inform_service_centre_arg(p.msisdn, r.path.lengths);
    contents.components.push_back(std::move(inform));
    if (dialogue.events_wanted()) {
      contents.events.push_back(request_event(dialogue, map::inform_service_centre, p, false, 2));
    }
  }
  dialogue.send(MessageType::end, false, std::move(contents));
}

}  // namespace

void gateway(Context& context, const GatewayRecipe& r) {
  Dialogue dialogue(context, r.path, context_of(r.operation, r.version), r.version);
  const Parties p{{mobile_number(context.random)}, {r.path.initiator.digits}, imsi(context.random)};
  tcap::Component component;
  component.code = r.operation;
  component.parameter = argument(r, p);
  const std::uint64_t id = context.truth.next_id();
  if (r.operation == map::send_routing_info_for_sm) ++context.messages;
  dialogue.send(MessageType::begin, true,
                dialogue.with(std::move(component),
                              [&] {
                                Event made = request_event(dialogue, r.operation, p, true, 1);
                                made.id = id;
                                return made;
                              }),
                r.path.handling);
  const bool unanswered = r.operation == map::alert_service_centre_without_result || r.answer == Answer::none;
  if (!unanswered) answer(dialogue, r, p, id);
}

void signalling(Context& context, std::int32_t operation) {
  GatewayRecipe recipe = gateway_recipe(context, operation);
  const bool two =
      operation == map::process_unstructured_ss_request || operation == map::unstructured_ss_request;
  recipe.version = two ? 2 : 3;
  gateway(context, recipe);
}

}  // namespace tollgate::traffic
