#include <array>

#include "traffic/mixes.hpp"
#include "traffic/texts.hpp"

// M3UA and its siblings, SCCP, TCAP.
namespace tollgate::traffic {
namespace {

template <class Change>
auto message_with(Change change) {
  return [change](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, g.context.random.one_in(2));
    recipe.content = text_content(person_text(g.context.random), g.context.random);
    change(recipe);
    short_message(g.context, std::move(recipe));
  };
}

void add_adaptation_mixes(MixList& list) {
  struct Named {
    const char* name;
    Adaptation adaptation;
  };
  for (const Named& one : {Named{"m3ua", Adaptation::m3ua},
                           {"m2pa", Adaptation::m2pa},
                           {"m2ua", Adaptation::m2ua},
                           {"sua", Adaptation::sua}}) {
    const Adaptation adaptation = one.adaptation;
    list.add(std::string{one.name}, "a message over it",
             message_with([adaptation](SmRecipe& r) { r.path.adaptation = adaptation; }));
    list.add(std::string{one.name} + "-error", "a message and its error over it",
             message_with([adaptation](SmRecipe& r) {
               r.path.adaptation = adaptation;
               r.answer = Answer::error;
               r.error = 34;
             }));
  }
  for (const Named& one : {Named{"ansi-mtp3-m2pa", Adaptation::m2pa}, {"ansi-mtp3-m2ua", Adaptation::m2ua}}) {
    const Adaptation adaptation = one.adaptation;
    list.add(one.name, "MTP3 with point codes of 24 bits: recognised and counted",
             message_with([adaptation](SmRecipe& r) {
               r.path.adaptation = adaptation;
               r.path.ansi_mtp3 = true;
               r.path.unread = "unread_mtp3_variant";
             }));
  }
  list.add("sua-ssn", "SUA, routed on the subsystem number", message_with([](SmRecipe& r) {
             r.path.adaptation = Adaptation::sua;
             for (SccpAddress* party : {&r.path.initiator, &r.path.responder}) {
               party->global_title_indicator = 0;
               party->route_on_ssn = true;
               party->pc = party == &r.path.initiator ? std::uint16_t{11} : std::uint16_t{22};
             }
           }));
  list.add("sua-segmented", "SUA CLDT in segments", message_with([](SmRecipe& r) {
             r.path.adaptation = Adaptation::sua;
             r.path.form = sccp::Form::xudt;
             r.path.segmented = true;
           }));
  list.add("sua-returned", "SUA CLDR", message_with([](SmRecipe& r) {
             r.path.adaptation = Adaptation::sua;
             r.path.return_on_error = true;
             r.path.returned = std::uint8_t{1};
           }));
}

void add_sccp_mixes(MixList& list) {
  struct Named {
    const char* name;
    sccp::Form form;
  };
  for (const Named& one :
       {Named{"udt", sccp::Form::udt}, {"xudt", sccp::Form::xudt}, {"ludt", sccp::Form::ludt}}) {
    const sccp::Form form = one.form;
    const std::string name = std::string{"sccp-"} + one.name;
    list.add(name, "user data in one message", message_with([form](SmRecipe& r) { r.path.form = form; }));
    list.add(name + "s", "user data that comes back, with a return cause", message_with([form](SmRecipe& r) {
               r.path.form = form;
               r.path.return_on_error = true;
               r.path.returned = std::uint8_t{1};  // no translation for this specific address
             }));
    if (form == sccp::Form::udt) continue;
    list.add(name + "-segmented", "user data in segments", message_with([form](SmRecipe& r) {
               r.path.form = form;
               r.path.segmented = true;
             }));
  }
  for (const unsigned indicator : {1U, 2U, 3U, 4U}) {
    list.add("sccp-gt-" + std::to_string(indicator), "global titles of this indicator",
             message_with([indicator](SmRecipe& r) {
               r.path.initiator.global_title_indicator = indicator;
               r.path.responder.global_title_indicator = indicator;
             }));
  }
  list.add("sccp-gt-odd", "global titles with an odd number of digits", message_with([](SmRecipe& r) {
             r.path.initiator.digits += "5";
             r.path.responder.digits += "7";
           }));
  list.add("sccp-gt-imsi", "called by an E.214 title",
           message_with([](SmRecipe& r) { r.path.responder.numbering_plan = 7; }));
  list.add("sccp-pc-ssn", "routed on point code and subsystem number", message_with([](SmRecipe& r) {
             for (SccpAddress* party : {&r.path.initiator, &r.path.responder}) {
               party->global_title_indicator = 0;
               party->route_on_ssn = true;
               party->pc = party == &r.path.initiator ? std::uint16_t{1234} : std::uint16_t{5678};
             }
           }));
  list.add("sccp-gt-pc", "a global title, point code and subsystem number", message_with([](SmRecipe& r) {
             r.path.initiator.pc = r.path.from_client ? std::uint16_t{1234} : std::uint16_t{5678};
           }));
  list.add("sccp-long", "a message that must be segmented: 160 characters", message_with([](SmRecipe& r) {
             UserData& data = r.content.parts[0];
             data.text = std::string(160, 'x');
             r.content.whole = data.text;
             r.content.dcs = 0;
             r.content.coding = "gsm7";
             data.alphabet = Alphabet::gsm7;
             r.path.lengths = LengthForm::long_form;
           }));
}

void add_tcap_mixes(MixList& list) {
  struct Named {
    const char* name;
    const char* help;
    LengthForm form;
  };
  for (const Named& one : {Named{"tcap-definite", "shortest lengths", LengthForm::definite},
                           {"tcap-long-form", "lengths longer than needed", LengthForm::long_form},
                           {"tcap-indefinite", "indefinite lengths", LengthForm::indefinite}}) {
    const LengthForm form = one.form;
    list.add(one.name, one.help, message_with([form](SmRecipe& r) { r.path.lengths = form; }));
    list.add(std::string{one.name} + "-error", one.help, message_with([form](SmRecipe& r) {
               r.path.lengths = form;
               r.answer = Answer::error;
             }));
  }
  for (const unsigned octets : {1U, 2U, 3U}) {
    list.add("tcap-id-" + std::to_string(octets), "transaction identifiers of this many octets",
             message_with([octets](SmRecipe& r) { r.path.identifier_octets = octets; }));
  }
  list.add("tcap-empty-begin", "an empty Begin; the invoke comes in a Continue",
           message_with([](SmRecipe& r) { r.empty_begin = true; }));
  list.add("tcap-two-invokes", "several components in a message", [](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, false);
    recipe.content = text_content(long_text(200, g.context.random), g.context.random);
    recipe.two_components = true;
    recipe.path.form = sccp::Form::ludt;
    short_message(g.context, std::move(recipe));
  });
  struct Answered {
    const char* name;
    const char* help;
    Answer answer;
  };
  for (const Answered& one : {Answered{"tcap-reject", "answered by a Reject", Answer::reject},
                              {"tcap-u-abort", "answered by a user Abort", Answer::user_abort},
                              {"tcap-p-abort", "answered by a provider Abort", Answer::provider_abort},
                              {"tcap-no-answer", "not answered", Answer::none}}) {
    const Answer answer = one.answer;
    list.add(one.name, one.help, message_with([answer](SmRecipe& r) { r.answer = answer; }));
  }
  const auto alone = [&](const char* name, const char* help, void (*scenario)(Context&)) {
    list.add(name, help, [scenario](Generator& g) { scenario(g.context); });
  };
  alone("tcap-linked", "an operation linked to another", linked_operations);
  alone("tcap-result-not-last", "a result in two pieces", result_in_pieces);
  alone("tcap-global-codes", "global operation and error codes", global_codes);
  alone("tcap-ansi", "ANSI TCAP", ansi_query);
  list.add("tcap-inform", "a result and an invoke in one End", [](Generator& g) {
    GatewayRecipe recipe = gateway_recipe(g.context, map::send_routing_info_for_sm);
    recipe.with_inform = true;
    gateway(g.context, recipe);
  });
}

}  // namespace

void add_ss7_mixes(MixList& list) {
  add_adaptation_mixes(list);
  add_sccp_mixes(list);
  add_tcap_mixes(list);
}

}  // namespace tollgate::traffic
