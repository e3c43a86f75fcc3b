#include <array>

#include "traffic/mixes.hpp"
#include "traffic/texts.hpp"

// What is wrong on the wire: in packets (a good copy follows) and in what they carry.
namespace tollgate::traffic {
namespace {

void damaged_map(Generator& g, Damage damage) {
  SmRecipe recipe = sm_recipe(g.context, false);
  recipe.content = text_content(person_text(g.context.random), g.context.random);
  recipe.path.handling.damage = damage;
  short_message(g.context, std::move(recipe));
}

void damaged_smpp(Generator& g, Damage damage) {
  SmppSession session(g.context, {});
  SmppRecipe recipe = smpp_recipe(g.context, smpp::submit_sm, true,
                                  text_content(otp_text(g.context.random), g.context.random));
  recipe.handling.damage = damage;
  smpp_message(session, std::move(recipe));
  session.finish();
}

void spoiled(Generator& g, std::string_view layer, std::string_view reason, void (*spoil)(Bytes&)) {
  SmRecipe recipe = sm_recipe(g.context, false);
  recipe.content = text_content(person_text(g.context.random), g.context.random);
  recipe.path.form = sccp::Form::ludt;  // one piece, whatever its length
  recipe.spoil_layer = layer;
  recipe.spoil_reason = reason;
  recipe.spoil = spoil;
  short_message(g.context, std::move(recipe));
}

/// An invoke whose argument is elements of indefinite length, each within the next: deeper than any reader
/// follows.
void nest(Bytes& tcap) {
  Bytes nested;
  for (unsigned depth = 0; depth < 120; ++depth) {
    Bytes outer;
    Ber ber(outer, LengthForm::indefinite);
    ber.constructed(0x30, [&] { ber.raw(nested.span()); });
    nested = std::move(outer);
  }
  Bytes message;
  Ber ber(message);
  ber.constructed(0x62, [&] {
    ber.primitive(0x48, Bytes{0, 0, 0, 1}.span());
    ber.constructed(0x6c, [&] {
      ber.constructed(0xa1, [&] {
        ber.integer(0x02, 1);
        ber.integer(0x02, map::mt_forward_sm);
        ber.raw(nested.span());
      });
    });
  });
  tcap = std::move(message);
}

}  // namespace

void add_damage_mixes(MixList& list) {
  struct Named {
    const char* name;
    const char* help;
    Damage damage;
  };
  for (const Named& one :
       {Named{"damage-sctp-checksum", "a wrong CRC32c", Damage::transport_checksum},
        {"damage-ip-checksum", "a wrong IPv4 header checksum", Damage::ip_checksum},
        {"damage-snaplen", "a packet that the capture cuts", Damage::cut_by_capture},
        {"damage-ip-short", "an IP length below its header", Damage::short_ip_length},
        {"damage-ip-long", "an IP length beyond the packet", Damage::long_ip_length},
        {"damage-chunk-short", "an SCTP chunk length below its header", Damage::short_chunk},
        {"damage-chunk-long", "an SCTP chunk length beyond the packet", Damage::long_chunk}}) {
    const Damage damage = one.damage;
    list.add(one.name, one.help, [damage](Generator& g) { damaged_map(g, damage); }).weight = 0;
  }
  list.add("damage-tcp-checksum", "a wrong TCP checksum",
           [](Generator& g) { damaged_smpp(g, Damage::transport_checksum); });
  list.add("damage-tcp-header", "a TCP data offset below 5",
           [](Generator& g) { damaged_smpp(g, Damage::short_header); });
  list.add("damage-tcap-truncated", "a TCAP message that ends early", [](Generator& g) {
    spoiled(g, "tcap", "truncated", [](Bytes& tcap) { tcap.resize(tcap.size() - 20); });
  });
  list.add("damage-tcap-long", "a TCAP length beyond the message", [](Generator& g) {
    spoiled(g, "tcap", "truncated", [](Bytes& tcap) {
      const std::size_t header = tcap[1] < 0x80 ? 2 : 2 + (tcap[1] & 0x7fU);
      Bytes made{tcap[0], 0x82, 0xff, 0xff};
      made.append(tcap.span(header, tcap.size() - header));
      tcap = std::move(made);
    });
  });
  list.add("damage-tcap-garbage", "octets that are no TCAP", [](Generator& g) {
    spoiled(g, "tcap", "unknown_type", [](Bytes& tcap) { tcap.set_u8(0, 0x7e); });
  });
  list.add("damage-tcap-nested", "elements nested deeper than any message",
           [](Generator& g) { spoiled(g, "tcap", "too_deep", nest); });
  list.add("damage-mixed", "some of everything above",
           [](Generator& g) {
             static constexpr std::array<Damage, 4> all{Damage::transport_checksum, Damage::cut_by_capture,
                                                        Damage::long_chunk, Damage::long_ip_length};
             damaged_map(g, g.context.random.pick(all));
           })
      .weight = 2;
}

}  // namespace tollgate::traffic
