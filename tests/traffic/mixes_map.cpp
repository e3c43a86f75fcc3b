#include <array>

#include "traffic/mixes.hpp"
#include "traffic/texts.hpp"

// MAP's operations, versions and answers.
namespace tollgate::traffic {
namespace {

template <class Change>
auto forward_with(bool mobile_originated, Change change) {
  return [mobile_originated, change](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, mobile_originated);
    recipe.content = text_content(person_text(g.context.random), g.context.random);
    change(recipe);
    short_message(g.context, std::move(recipe));
  };
}

void add_forward_mixes(MixList& list) {
  for (const bool mobile_originated : {false, true}) {
    for (const std::uint8_t version : std::initializer_list<std::uint8_t>{1, 2, 3}) {
      const std::string name =
          std::string{"map-"} + (mobile_originated ? "mo" : "mt") + "-v" + static_cast<char>('0' + version);
      list.add(name, "forwardSM of this direction and version and its result",
               forward_with(mobile_originated, [version](SmRecipe& r) { r.version = version; }));
      list.add(name + "-failure", "the same, answered by sm-DeliveryFailure",
               forward_with(mobile_originated, [version](SmRecipe& r) {
                 r.version = version;
                 r.answer = Answer::error;
                 r.error = 32;
               }));
    }
    const std::string name = std::string{"map-"} + (mobile_originated ? "mo" : "mt");
    list.add(name + "-report", "the result carries a report",
             forward_with(mobile_originated, [](SmRecipe& r) { r.answer = Answer::result_with_report; }));
    list.add(name + "-failure-report", "sm-DeliveryFailure carries a report",
             forward_with(mobile_originated, [](SmRecipe& r) {
               r.answer = Answer::error_with_report;
               r.error = 32;
             }));
  }
  for (const std::int32_t error : {1, 5, 6, 9, 11, 12, 13, 21, 27, 31, 33, 34, 35, 36}) {
    list.add("map-error-" + std::string{map::error_name(error)}, "mt-forwardSM answered by this error",
             forward_with(false, [error](SmRecipe& r) {
               r.answer = Answer::error;
               r.error = error;
             }));
  }
  list.add("map-more-messages", "parts in one dialogue, with moreMessagesToSend", [](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, false);
    recipe.content = text_content(long_text(400, g.context.random), g.context.random);
    recipe.one_dialogue = true;
    short_message(g.context, std::move(recipe));
  });
  list.add("map-lmsi", "mt-forwardSM to an LMSI", forward_with(false, [](SmRecipe& r) { r.by_lmsi = true; }));
}

void add_gateway_mixes(MixList& list) {
  struct Named {
    std::int32_t operation;
    std::uint8_t version;
  };
  for (const Named& one : {Named{map::send_routing_info_for_sm, 1},
                           {map::send_routing_info_for_sm, 2},
                           {map::send_routing_info_for_sm, 3},
                           {map::report_sm_delivery_status, 1},
                           {map::report_sm_delivery_status, 2},
                           {map::report_sm_delivery_status, 3},
                           {map::alert_service_centre, 2},
                           {map::alert_service_centre_without_result, 1},
                           {map::ready_for_sm, 2},
                           {map::ready_for_sm, 3}}) {
    const std::int32_t operation = one.operation;
    const std::uint8_t version = one.version;
    const std::string name =
        "map-" + std::string{map::name(operation)} + "-v" + static_cast<char>('0' + version);
    list.add(name, "the operation and its result", [=](Generator& g) {
      GatewayRecipe recipe = gateway_recipe(g.context, operation);
      recipe.version = version;
      gateway(g.context, recipe);
    });
    list.add(name + "-error", "the operation answered by an error", [=](Generator& g) {
      GatewayRecipe recipe = gateway_recipe(g.context, operation);
      recipe.version = version;
      recipe.answer = Answer::error;
      recipe.error = operation == map::send_routing_info_for_sm ? 1 : 34;
      gateway(g.context, recipe);
    });
  }
}

void add_signalling_mixes(MixList& list) {
  for (const std::int32_t operation :
       {map::update_location, map::update_gprs_location, map::cancel_location, map::purge_ms,
        map::insert_subscriber_data, map::send_authentication_info, map::send_routing_info,
        map::provide_roaming_number, map::provide_subscriber_info, map::any_time_interrogation,
        map::process_unstructured_ss_request, map::unstructured_ss_request}) {
    list.add("map-" + std::string{map::name(operation)}, "an operation without short messages",
             [operation](Generator& g) { signalling(g.context, operation); });
  }
}

}  // namespace

void add_map_mixes(MixList& list) {
  add_forward_mixes(list);
  add_gateway_mixes(list);
  add_signalling_mixes(list);
}

}  // namespace tollgate::traffic
