#include "traffic/mixes.hpp"
#include "traffic/texts.hpp"

// What people and programs send: the mixes of the sample.
namespace tollgate::traffic {
namespace {

void over_map(Generator& g, bool mobile_originated, Content content, TpAddress address) {
  SmRecipe recipe = sm_recipe(g.context, mobile_originated);
  recipe.content = std::move(content);
  if (!address.value.empty()) recipe.address = std::move(address);
  if (g.context.random.one_in(20)) {
    recipe.answer = Answer::error;
    recipe.error = mobile_originated ? 32 : 6;
  }
  recipe.shuffled = recipe.content.parts.size() > 1 && g.context.random.one_in(3);
  short_message(g.context, std::move(recipe));
}

void over_smpp(Generator& g, Content content, const smpp::Address& source) {
  SmppRecipe recipe = smpp_recipe(g.context, smpp::submit_sm, true, std::move(content));
  if (!source.value.empty()) recipe.message.source = source;
  if (g.context.random.one_in(20)) recipe.status = 0x58;
  recipe.shuffled = recipe.content.parts.size() > 1 && g.context.random.one_in(3);
  smpp_message(g.session(), std::move(recipe));
}

TpAddress alphanumeric(Random& random) { return {brand(random), ton_alphanumeric, 0}; }

void person(Generator& g) {
  Random& random = g.context.random;
  Content content = text_content(person_text(random), random);
  over_map(g, random.one_in(2), std::move(content), {});
}

void application(Generator& g, std::string text) {
  Random& random = g.context.random;
  Content content = text_content(std::move(text), random);
  if (random.one_in(2)) {
    over_map(g, false, std::move(content), alphanumeric(random));
  } else {
    over_smpp(g, std::move(content), {});
  }
}

void concatenated(Generator& g) {
  Random& random = g.context.random;
  const std::size_t length = 153 * random.between(1, 9) + 20;
  Content content = text_content(long_text(length, random), random, random.one_in(2));
  if (random.one_in(2)) {
    over_map(g, random.one_in(2), std::move(content), {});
  } else {
    over_smpp(g, std::move(content), {});
  }
}

void unicode(Generator& g) {
  Random& random = g.context.random;
  std::string text = unicode_text(random);
  if (random.one_in(4)) text += " " + unicode_text(random) + " " + unicode_text(random);
  Content content = text_content(std::move(text), random);
  if (random.one_in(2)) {
    over_map(g, random.one_in(2), std::move(content), {});
  } else {
    over_smpp(g, std::move(content), {});
  }
}

void spam(Generator& g) {
  Random& random = g.context.random;
  Content content = text_content(spam_text(random), random);
  if (random.one_in(2)) {
    over_map(g, false, std::move(content), {});
  } else {
    over_smpp(g, std::move(content), {mobile_number(random), ton_international, 1});
  }
}

void without_messages(Generator& g) {
  static constexpr std::array<std::int32_t, 6> operations{
      map::update_location, map::send_authentication_info,        map::insert_subscriber_data,
      map::cancel_location, map::process_unstructured_ss_request, map::purge_ms};
  signalling(g.context, g.context.random.pick(operations));
}

void routing(Generator& g) { gateway(g.context, gateway_recipe(g.context, map::send_routing_info_for_sm)); }

}  // namespace

void add_content_mixes(MixList& list) {
  Mix& p2p = list.add("p2p", "person to person, both directions, over MAP", person);
  p2p.weight = 30;
  p2p.needs_ip = false;
  list.add("a2p", "applications with alphanumeric senders, over MAP and SMPP",
           [](Generator& g) { application(g, application_text(g.context.random)); })
      .weight = 20;
  list.add("otp", "one-time passwords, over MAP and SMPP",
           [](Generator& g) { application(g, otp_text(g.context.random)); })
      .weight = 15;
  list.add("spam", "unwanted messages, over MAP and SMPP", spam).weight = 5;
  list.add("concatenated", "2 to 10 parts, some in another order, over MAP and SMPP", concatenated).weight =
      5;
  list.add("ucs2", "texts beyond the default alphabet, with emoji, over MAP and SMPP", unicode).weight = 10;
  Mix& asked = list.add("routing", "sendRoutingInfoForSM and its result", routing);
  asked.weight = 10;
  asked.needs_ip = false;
  Mix& others = list.add("signalling", "location, authentication, USSD: no messages", without_messages);
  others.weight = 10;
  others.needs_ip = false;
}

}  // namespace tollgate::traffic
