#include "traffic/scenario_map.hpp"
#include "traffic/texts.hpp"

// What TCAP allows and short messages seldom show: linked operations, results in pieces, global codes, ANSI
// TCAP.
namespace tollgate::traffic {
namespace {

using tcap::ComponentType;
using tcap::MessageType;

tcap::Component result_of(std::int32_t invoke_id) {
  tcap::Component component;
  component.type = ComponentType::return_result_last;
  component.invoke_id = invoke_id;
  component.has_operation = false;
  return component;
}

}  // namespace

void linked_operations(Context& context) {
  const GatewayRecipe recipe = gateway_recipe(context, map::process_unstructured_ss_request);
  Dialogue dialogue(context, recipe.path, map::network_unstructured_ss, 2);
  const map::Number msisdn{mobile_number(context.random)};
  const auto invoke = [&](std::int32_t operation, std::int32_t id, MessageType type, bool from_initiator) {
    tcap::Component component;
    component.invoke_id = id;
    component.code = operation;
    if (id > 1) component.linked_id = id - 1;
    component.parameter = map::signalling_arg(operation, {}, msisdn, {}, recipe.path.lengths);
    const std::uint64_t request = context.truth.next_id();
    dialogue.send(type, from_initiator, dialogue.with(std::move(component), [&] {
      Event made = dialogue.event("signalling", map::name(operation), "invoke", "", from_initiator, id);
      describe_address(made.fields, "recipient", msisdn.digits, msisdn.ton, msisdn.npi);
      made.id = request;
      return made;
    }));
    return request;
  };
  const auto result = [&](std::int32_t operation, std::int32_t id, MessageType type, bool from_initiator,
                          std::uint64_t request) {
    dialogue.send(type, from_initiator, dialogue.with(result_of(id), [&] {
      Event made = dialogue.event("signalling", map::name(operation), "result", "", from_initiator, id);
      made.answers = request;
      return made;
    }));
  };
  const auto asked = invoke(map::process_unstructured_ss_request, 1, MessageType::begin, true);
  const auto menu = invoke(map::unstructured_ss_request, 2, MessageType::continue_, false);
  result(map::unstructured_ss_request, 2, MessageType::continue_, true, menu);
  result(map::process_unstructured_ss_request, 1, MessageType::end, false, asked);
}

void result_in_pieces(Context& context) {
  const GatewayRecipe recipe = gateway_recipe(context, map::send_routing_info_for_sm);
  Dialogue dialogue(context, recipe.path, map::short_msg_gateway, 3);
  const map::Number msisdn{mobile_number(context.random)};
  const map::Number centre{recipe.path.initiator.digits};
  const std::string subscriber = imsi(context.random);
  const std::string_view name = map::name(map::send_routing_info_for_sm);
  const std::uint64_t request = context.truth.next_id();
  ++context.messages;
  tcap::Component asked;
  asked.code = map::send_routing_info_for_sm;
  asked.parameter = map::routing_info_for_sm_arg(msisdn, centre, 3, recipe.path.lengths);
  dialogue.send(MessageType::begin, true, dialogue.with(std::move(asked), [&] {
    Event made = dialogue.event("message", name, "invoke", "mt", true, 1);
    made.fields["service_centre"] = {{"address", centre.digits}};
    describe_address(made.fields, "recipient", msisdn.digits, msisdn.ton, msisdn.npi);
    made.id = request;
    return made;
  }));
  for (const bool last : {false, true}) {
    tcap::Component piece;
    piece.type = last ? ComponentType::return_result_last : ComponentType::return_result_not_last;
    piece.code = map::send_routing_info_for_sm;
    piece.parameter = map::routing_info_for_sm_res(subscriber, {global_title(55)}, recipe.path.lengths);
    dialogue.send(last ? MessageType::end : MessageType::continue_, false,
                  dialogue.with(std::move(piece), [&] {
                    Event made = dialogue.event("response", name, "result", "mt", false, 1);
                    made.fields["imsi"] = subscriber;
                    made.fields["map"]["network_node"]["address"] = global_title(55);
                    made.answers = request;
                    return made;
                  }));
  }
}

void global_codes(Context& context) {
  // 1.3.6.1.4.1.32473: the enterprise number for examples (RFC 5612).
  const Bytes operation{0x2b, 6, 1, 4, 1, 0x81, 0xfd, 0x59, 1};
  const Bytes error{0x2b, 6, 1, 4, 1, 0x81, 0xfd, 0x59, 2};
  const GatewayRecipe recipe = gateway_recipe(context, map::update_location);
  Dialogue dialogue(context, recipe.path, map::network_loc_up, 3);
  const std::uint64_t request = context.truth.next_id();
  tcap::Component asked;
  asked.global_code = operation;
  dialogue.send(MessageType::begin, true, dialogue.with(std::move(asked), [&] {
    Event made = dialogue.event("signalling", "1.3.6.1.4.1.32473.1", "invoke", "", true, 1);
    made.id = request;
    return made;
  }));
  tcap::Component refused;
  refused.type = ComponentType::return_error;
  refused.global_code = error;
  dialogue.send(MessageType::end, false, dialogue.with(std::move(refused), [&] {
    Event made = dialogue.event("signalling", "", "error", "", false, 1);
    made.fields["error"] = "1.3.6.1.4.1.32473.2";
    made.answers = request;
    return made;
  }));
}

void ansi_query(Context& context) {
  SmRecipe recipe = sm_recipe(context, false);
  recipe.content = text_content("unused", context.random);
  recipe.path.unread = "unread_ansi_tcap";
  recipe.spoil = [](Bytes& message) {  // T1.114.3: QueryWithPermission, InvokeLast
    message.clear();
    Ber ber(message);
    ber.constructed(0xe2, [&] {
      ber.primitive(0xc7, Bytes{0, 0, 0, 1}.span());
      ber.constructed(0xe8, [&] {
        ber.constructed(0xe9, [&] {
          ber.primitive(0xcf, Bytes{1}.span());
          ber.primitive(0xd1, Bytes{9, 0x35}.span());
          ber.constructed(0xf2, [&] {  // SMSDeliveryPointToPoint: bearer data and teleservice (TIA-41)
            ber.raw(Bytes{0x9f, 0x69, 5, 0x00, 3, 0x10, 0x00, 0x10}.span());
            ber.raw(Bytes{0x9f, 0x74, 2, 0x10, 0x02}.span());
          });
        });
      });
    });
  };
  short_message(context, recipe);
}

void sent_together(Context& context, std::size_t messages, unsigned pieces) {
  std::vector<Unit> units;
  context.held = &units;
  Ss7Path path;
  for (std::size_t i = 0; i < messages; ++i) {
    SmRecipe recipe = sm_recipe(context, false);
    recipe.content = text_content(application_text(context.random), context.random);
    recipe.answer = Answer::none;
    path = recipe.path;
    short_message(context, recipe);
  }
  context.held = nullptr;
  Step step;
  step.time_ns = context.now_ns;
  step.carrier = context.ss7(path.adaptation, path.v6);
  step.from_client = path.from_client;
  step.units = std::move(units);
  step.handling.pieces = pieces;
  step.handling.interleaved = pieces > 1;
  context.timeline.add(std::move(step));
}

}  // namespace tollgate::traffic
