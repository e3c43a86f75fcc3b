#include "traffic/mixes.hpp"
#include "traffic/texts.hpp"

// How packets carry messages: link, IP, SCTP, TCP.
namespace tollgate::traffic {
namespace {

/// One mt-forwardSM of plain text, carried as `change` says.
template <class Change>
auto map_with(Change change) {
  return [change](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, false);
    recipe.content = text_content(application_text(g.context.random), g.context.random);
    change(recipe.path);
    short_message(g.context, std::move(recipe));
  };
}

/// One submit_sm on a connection of its own, carried as `change` says.
template <class Change>
auto smpp_with(Change change, SmppSession::Options options = {}) {
  return [change, options](Generator& g) {
    SmppSession session(g.context, options);
    for (int i = 0; i < 2; ++i) {
      SmppRecipe recipe = smpp_recipe(g.context, smpp::submit_sm, true,
                                      text_content(application_text(g.context.random), g.context.random));
      change(recipe);
      smpp_message(session, std::move(recipe));
    }
    session.finish();
  };
}

void add_link_mixes(MixList& list) {
  struct Named {
    const char* name;
    const char* help;
    Tags tags;
  };
  for (const Named& one : {Named{"link-vlan", "an 802.1Q tag", Tags::vlan},
                           {"link-qinq", "an 802.1ad and an 802.1Q tag", Tags::qinq},
                           {"link-mpls", "one MPLS label", Tags::mpls},
                           {"link-mpls-stack", "three MPLS labels", Tags::mpls_stack},
                           {"link-vlan-mpls", "an 802.1Q tag and an MPLS label", Tags::vlan_mpls}}) {
    const Tags tags = one.tags;
    list.add(std::string{one.name} + "-map", std::string{one.help} + ", MAP",
             map_with([tags](Ss7Path& path) { path.handling.tags = tags; }));
    list.add(std::string{one.name} + "-smpp", std::string{one.help} + ", SMPP",
             smpp_with([tags](SmppRecipe& recipe) { recipe.handling.tags = tags; }));
  }
}

void add_ip_mixes(MixList& list) {
  list.add("ip-v4-options", "IPv4 options", map_with([](Ss7Path& path) { path.handling.ip_options = true; }));
  list.add("ip-v6-map", "IPv6, SCTP", map_with([](Ss7Path& path) { path.v6 = true; }));
  list.add("ip-v6-smpp", "IPv6, TCP", smpp_with([](SmppRecipe&) {}, {.v6 = true}));
  list.add("ip-v6-extensions", "IPv6 extension headers", map_with([](Ss7Path& path) {
             path.v6 = true;
             path.handling.ip_options = true;
           }));
  for (const bool v6 : {false, true}) {
    for (const bool reversed : {false, true}) {
      list.add(std::string{"ip-fragments-v"} + (v6 ? "6" : "4") + (reversed ? "-reversed" : ""),
               reversed ? "IP fragments, the last first" : "IP fragments", map_with([=](Ss7Path& path) {
                 path.v6 = v6;
                 path.handling.ip_fragments = true;
                 path.handling.ip_fragments_reversed = reversed;
               }));
    }
  }
  list.add("ip-fragments-smpp", "IP fragments, TCP",
           smpp_with([](SmppRecipe& recipe) { recipe.handling.ip_fragments = true; }));
}

void add_sctp_mixes(MixList& list) {
  list.add("sctp-fragmented", "a user message in three DATA chunks",
           map_with([](Ss7Path& path) { path.handling.pieces = 3; }));
  list.add("sctp-fragmented-vlan", "the same behind a VLAN tag", map_with([](Ss7Path& path) {
             path.handling.pieces = 3;
             path.handling.tags = Tags::vlan;
           }));
  list.add("sctp-retransmitted", "the same TSN twice",
           map_with([](Ss7Path& path) { path.handling.retransmitted = true; }));
  list.add("sctp-fragments-retransmitted", "each fragment twice", map_with([](Ss7Path& path) {
             path.handling.pieces = 2;
             path.handling.retransmitted = true;
           }));
  list.add("sctp-unordered", "the U bit", map_with([](Ss7Path& path) { path.handling.unordered = true; }));
  list.add("sctp-bundled", "three user messages of three streams in one packet",
           [](Generator& g) { sent_together(g.context, 3, 1); });
  list.add("sctp-interleaved", "a user message of another stream among the fragments of one",
           [](Generator& g) { sent_together(g.context, 2, 3); });
  list.add("sctp-ppid-0", "M3UA without a payload protocol identifier",
           map_with([](Ss7Path& path) { path.handling.ppid_zero = true; }));
  list.add("sctp-sack-bundled", "a SACK before the DATA",
           map_with([](Ss7Path& path) { path.handling.with_sack = true; }));
}

void add_tcp_mixes(MixList& list) {
  for (const unsigned pieces : {2U, 3U, 7U}) {
    list.add("tcp-split-" + std::to_string(pieces), "PDUs cut at any octet",
             smpp_with([pieces](SmppRecipe& recipe) { recipe.handling.pieces = pieces; }));
  }
  list.add("tcp-retransmitted", "each segment twice", smpp_with([](SmppRecipe& recipe) {
             recipe.handling.pieces = 2;
             recipe.handling.retransmitted = true;
           }));
  list.add("tcp-reordered", "the first segment comes last", smpp_with([](SmppRecipe& recipe) {
             recipe.handling.pieces = 3;
             recipe.handling.reordered = true;
           }));
  list.add("tcp-overlapping", "segments repeat the end of those before", smpp_with([](SmppRecipe& recipe) {
             recipe.handling.pieces = 3;
             recipe.handling.overlapping = true;
           }));
  list.add("tcp-from-the-middle", "a connection whose start was not captured",
           smpp_with([](SmppRecipe&) {}, {.from_the_middle = true}));
  list.add("tcp-other-port", "SMPP on another port", smpp_with([](SmppRecipe&) {}, {.port = 16000}));
  list.add("tcp-several-pdus", "several PDUs in a segment, over several segments", [](Generator& g) {
    SmppSession session(g.context, {});
    SmppRecipe recipe = smpp_recipe(g.context, smpp::submit_sm, true,
                                    text_content(long_text(1000, g.context.random), g.context.random));
    recipe.together = true;
    smpp_message(session, recipe);
    recipe.content = text_content(long_text(1000, g.context.random), g.context.random);
    recipe.handling.pieces = 4;
    smpp_message(session, recipe);
    session.finish();
  });
}

}  // namespace

void add_transport_mixes(MixList& list) {
  add_link_mixes(list);
  add_ip_mixes(list);
  add_sctp_mixes(list);
  add_tcp_mixes(list);
}

}  // namespace tollgate::traffic
