#include <array>

#include <fmt/format.h>

#include "traffic/encode_text.hpp"
#include "traffic/mixes.hpp"
#include "traffic/smpp_parameters.hpp"
#include "traffic/texts.hpp"

// SMPP: PDUs, versions, optional parameters, data codings.
namespace tollgate::traffic {
namespace {

template <class Change>
auto on_session(std::uint32_t command, bool from_esme, Change change, SmppSession::Options options = {}) {
  return [=](Generator& g) {
    SmppSession session(g.context, options);
    SmppRecipe recipe = smpp_recipe(g.context, command, from_esme,
                                    text_content(otp_text(g.context.random), g.context.random));
    change(recipe);
    smpp_message(session, std::move(recipe));
    session.finish();
  };
}

constexpr auto as_it_is = [](SmppRecipe&) {};

void add_bind_mixes(MixList& list) {
  struct Named {
    const char* name;
    std::uint32_t command;
    bool from_esme;
  };
  for (const Named& one : {Named{"transmitter", smpp::bind_transmitter, true},
                           {"receiver", smpp::bind_receiver, false},
                           {"transceiver", smpp::bind_transceiver, true}}) {
    const std::uint32_t command = one.from_esme ? smpp::submit_sm : smpp::deliver_sm;
    list.add(std::string{"smpp-bind-"} + one.name, "this bind, and a message",
             on_session(command, one.from_esme, as_it_is, {.bind = one.command}));
  }
  for (const std::uint8_t version : std::initializer_list<std::uint8_t>{0x33, 0x34, 0x50}) {
    list.add(fmt::format("smpp-version-{:02x}", version), "this interface version",
             on_session(smpp::submit_sm, true, as_it_is, {.interface_version = version}));
  }
  list.add("smpp-outbind", "the centre asks for the bind",
           on_session(smpp::deliver_sm, false, as_it_is, {.bind = smpp::bind_receiver, .outbind = true}));
  list.add("smpp-bind-refused", "a bind with a wrong password", [](Generator& g) {
    SmppSession session(g.context, {.bind_status = 0x0e});
    session.finish();
  });
}

/// PDUs that carry no message: what they carry instead. 4.2.4 to 4.2.7, 4.1.3, 4.4.2, 4.4.3.
void other_pdus(Generator& g) {
  SmppSession session(g.context, {.interface_version = 0x50});
  const smpp::Address source{"60777", 6, 1};
  const smpp::Address destination{"447700900123", 1, 1};
  const Json message_id{{"smpp", {{"message_id", "0000002a"}}}};
  Json identified = message_id;
  describe_address(identified, "sender", source.value, source.ton, source.npi);

  Bytes query;
  query.c_string("0000002a");
  smpp::address(query, source);
  Bytes state;
  state.c_string("0000002a");
  state.c_string("");  // final_date
  state.u8(2);         // message_state: DELIVERED
  state.u8(0);         // error_code
  session.exchange(true, {smpp::query_sm, query, state, identified, message_id});

  Bytes replace = query;
  replace.c_string("");  // schedule_delivery_time
  replace.c_string("");  // validity_period
  replace.u8(0);         // registered_delivery
  replace.u8(0);         // sm_default_msg_id
  replace.u8(5);
  replace.text("again");
  Json replaced = identified;
  replaced["data"] = "616761696e";  // octets: it does not say their coding
  session.exchange(true, {.command = smpp::replace_sm, .body = replace, .fields = replaced});

  Bytes cancel;
  cancel.c_string("");  // service_type
  cancel.c_string("0000002a");
  smpp::address(cancel, source);
  session.exchange(true, {.command = smpp::cancel_broadcast_sm, .body = cancel, .fields = identified});
  smpp::address(cancel, destination);
  Json cancelled = identified;
  describe_address(cancelled, "recipient", destination.value, destination.ton, destination.npi);
  session.exchange(true, {.command = smpp::cancel_sm, .body = cancel, .fields = cancelled});

  session.exchange(true, {.command = smpp::enquire_link});
  session.exchange(false, {.command = smpp::enquire_link});

  Bytes alert;
  smpp::address(alert, destination);
  smpp::address(alert, source);
  Json available;
  describe_address(available, "sender", destination.value, destination.ton, destination.npi);
  describe_address(available, "recipient", source.value, source.ton, source.npi);
  session.exchange(
      false, {.command = smpp::alert_notification, .body = alert, .fields = available, .answered = false});

  const std::vector<smpp::Tlv> tlvs{smpp::tlv(0x0427, 2, 1), smpp::tlv(0x0606, 0x0041, 2),
                                    smpp::tlv(0x0608, 100, 1)};
  Bytes status;
  status.c_string("0000002a");
  smpp::tlvs(status, tlvs);
  Json broadcast = message_id;
  broadcast["smpp"]["tlvs"] = smpp::describe(tlvs);
  session.exchange(true, {smpp::query_broadcast_sm, query, status, identified, broadcast});
  session.finish();
}

void add_pdu_mixes(MixList& list) {
  struct Named {
    const char* name;
    std::uint32_t command;
    bool from_esme;
  };
  for (const Named& one : {Named{"submit_sm", smpp::submit_sm, true},
                           {"deliver_sm", smpp::deliver_sm, false},
                           {"data_sm-mt", smpp::data_sm, true},
                           {"data_sm-mo", smpp::data_sm, false},
                           {"submit_multi", smpp::submit_multi, true}}) {
    list.add(std::string{"smpp-"} + one.name, "this PDU and its response",
             on_session(one.command, one.from_esme, as_it_is));
  }
  list.add("smpp-submit_multi-list", "several destinations and a distribution list",
           on_session(smpp::submit_multi, true, [](SmppRecipe& r) {
             r.message.more_destinations = {{"447700900111"}, {"447700900222"}};
             r.message.distribution_list = "friends";
           }));
  list.add("smpp-submit_multi-failed", "a response that names a destination that was not reached",
           on_session(smpp::submit_multi, true, [](SmppRecipe& r) {
             r.message.more_destinations = {{"447700900111"}};
             r.one_failed = true;
           }));
  list.add("smpp-broadcast_sm", "this PDU and its response",
           on_session(smpp::broadcast_sm, true,
                      [](SmppRecipe& r) {
                        r.message.tlvs = {smpp::tlv(0x0606, 0x0041, 2), smpp::tlv(0x0601, 0x000001, 3),
                                          smpp::tlv(0x0604, 2, 2), smpp::tlv(0x0605, 0x08000a, 3)};
                      },
                      {.interface_version = 0x50}));
  list.add("smpp-others", "query, replace, cancel, enquire_link, alert_notification, the broadcast pair",
           other_pdus);
  list.add("smpp-delivery-receipt", "deliver_sm with a delivery receipt",
           on_session(smpp::deliver_sm, false, [](SmppRecipe& r) {
             r.message.esm_class = 0x04;
             r.content.parts[0].text =
                 "id:0000002a sub:001 dlvrd:001 submit date:2611212200 done date:2611212201 "
                 "stat:DELIVRD err:000 text:";
             r.content.whole = r.content.parts[0].text;
             r.content.parts[0].alphabet = Alphabet::gsm7;
             r.content.dcs = 0;
             r.content.coding = "gsm7";
           }));
  for (const std::uint32_t status :
       std::initializer_list<std::uint32_t>{0x01, 0x08, 0x0a, 0x0b, 0x14, 0x45, 0x58}) {
    list.add("smpp-status-" + std::string{smpp::status_name(status)}, "a response with this command_status",
             on_session(smpp::submit_sm, true, [status](SmppRecipe& r) { r.status = status; }));
  }
  list.add("smpp-generic_nack", "answered by generic_nack",
           on_session(smpp::submit_sm, true, [](SmppRecipe& r) { r.refused = true; }));
  list.add("smpp-no-answer", "not answered",
           on_session(smpp::submit_sm, true, [](SmppRecipe& r) { r.answered = false; }));
}

void add_parameter_mixes(MixList& list) {
  for (const smpp::Tlv& one : smpp::standard_tlvs()) {
    list.add(fmt::format("smpp-tlv-{:04x}", one.tag), "this optional parameter",
             on_session(smpp::submit_sm, true, [one](SmppRecipe& r) { r.message.tlvs.push_back(one); }));
  }
  list.add("smpp-message_payload", "the text in message_payload",
           on_session(smpp::submit_sm, true, [](SmppRecipe& r) { r.in_payload = true; }));
  list.add("smpp-message_payload-longest", "65,535 octets of text, to as many destinations as there can be",
           on_session(smpp::submit_multi, true, [](SmppRecipe& r) {
             constexpr std::size_t longest = 65'535;
             constexpr std::size_t most = 254;  // 4.5.1: number_of_dests
             std::string text;
             while (text.size() < longest) text += fmt::format("This is line {} of many. ", text.size() / 25);
             text.resize(longest);
             Bytes octets;
             octets.text(text);
             r.content = smpp_text_content(1, "ascii", std::move(text), std::move(octets));
             while (r.message.more_destinations.size() + 1 < most)
               r.message.more_destinations.push_back(
                   {fmt::format("447700900{:03}", r.message.more_destinations.size())});
           }));
  list.add("smpp-two-texts", "short_message, and another text in message_payload",
           on_session(smpp::submit_sm, true, [](SmppRecipe& r) { r.in_both = true; }));
  list.add("smpp-source-port", "source_port alone", on_session(smpp::submit_sm, true, [](SmppRecipe& r) {
             r.message.tlvs = {smpp::tlv(smpp::tag_source_port, 16001, 2)};
             r.content.ports = Content::Ports{{}, 16001};
           }));
  list.add("smpp-ports", "source_port and destination_port",
           on_session(smpp::submit_sm, true, [](SmppRecipe& r) {
             r.message.tlvs = {smpp::tlv(smpp::tag_source_port, 16001, 2),
                               smpp::tlv(smpp::tag_destination_port, 16000, 2)};
             r.content.ports = Content::Ports{16000, 16001};
           }));
  list.add("smpp-times", "schedule_delivery_time and validity_period",
           on_session(smpp::submit_sm, true, [](SmppRecipe& r) {
             r.message.schedule_delivery_time = "261122080000000+";
             r.message.validity_period = "000001000000000R";
             r.message.service_type = "CMT";
             r.message.priority_flag = 1;
           }));
  list.add("smpp-pid-silent", "protocol_id 0x40",
           on_session(smpp::submit_sm, true, [](SmppRecipe& r) { r.content.pid = 0x40; }));
  const auto long_one = [](Random& random) { return text_content(long_text(400, random), random); };
  const auto concatenated = [&](const char* name, const char* help, bool sar, bool shuffled, auto content) {
    list.add(name, help, [=](Generator& g) {
      SmppSession session(g.context, {});
      SmppRecipe recipe = smpp_recipe(g.context, smpp::submit_sm, true, content(g.context.random));
      recipe.by_sar = sar;
      recipe.shuffled = shuffled;
      smpp_message(session, std::move(recipe));
      session.finish();
    });
  };
  concatenated("smpp-udh", "parts by a user-data header", false, false, long_one);
  concatenated("smpp-udh-shuffled", "the same, in another order", false, true, long_one);
  concatenated("smpp-sar", "parts by sar_*", true, false, long_one);
  concatenated("smpp-sar-shuffled", "the same, in another order", true, true, long_one);
  concatenated("smpp-cut-surrogates", "parts cut between two surrogates", false, true,
               [](Random& random) { return cut_content("😀", random, false); });
  concatenated("smpp-cut-escape", "parts cut between an escape and its septet", true, true,
               [](Random& random) { return cut_content("€", random, false); });
  concatenated("smpp-udh-binary", "8-bit data in parts", false, true, application_data);
}

/// A text in the character set that a data_coding names; ICU writes it.
struct CharacterSet {
  std::uint8_t data_coding;
  const char* coding;
  const char* charset;
  const char* text;
};

void add_coding_mixes(MixList& list) {
  static constexpr std::array<CharacterSet, 8> sets{{{1, "ascii", "US-ASCII", "Plain ASCII [text] 42"},
                                                     {3, "latin1", "ISO-8859-1", "Déjà vu, Straße, ¿qué?"},
                                                     {5, "jis", "Shift_JIS", "お荷物は本日届きます"},
                                                     {6, "latin-cyrillic", "ISO-8859-5", "Ваш заказ готов"},
                                                     {7, "latin-hebrew", "ISO-8859-8", "הקוד שלך הוא 4711"},
                                                     {10, "iso-2022-jp", "ISO-2022-JP", "ご予約を承りました"},
                                                     {13, "euc-jp", "EUC-JP", "お支払いを確認しました"},
                                                     {14, "ks-c-5601", "EUC-KR", "인증번호는 4711입니다"}}};
  for (const CharacterSet& one : sets) {
    list.add(fmt::format("smpp-dc-{:02}", one.data_coding), one.coding,
             on_session(smpp::submit_sm, true, [one](SmppRecipe& r) {
               r.content = smpp_text_content(one.data_coding, one.coding, one.text,
                                             to_charset(one.text, one.charset));
             }));
  }
  list.add("smpp-dc-00", "the default alphabet", on_session(smpp::submit_sm, true, [](SmppRecipe& r) {
             r.content.dcs = 0;
             r.content.coding = "gsm7";
             r.content.parts[0].alphabet = Alphabet::gsm7;
             r.content.parts[0].text = r.content.whole = "Grüße @ £ {5 €}";
           }));
  list.add("smpp-dc-08", "UCS-2", on_session(smpp::submit_sm, true, [](SmppRecipe& r) {
             r.content.dcs = 8;
             r.content.coding = "ucs2";
             r.content.parts[0].alphabet = Alphabet::ucs2;
             r.content.parts[0].text = r.content.whole = "Код 4711 😀";
           }));
  for (const std::uint8_t data_coding : std::initializer_list<std::uint8_t>{2, 4}) {
    list.add(fmt::format("smpp-dc-{:02}", data_coding), "binary",
             on_session(smpp::submit_sm, true, [data_coding](SmppRecipe& r) {
               r.content = binary_content(Bytes{0x00, 0x01, 0x80, 0xff, 0x41});
               r.content.dcs = data_coding;
             }));
  }
  list.add("smpp-dc-09", "pictogram", on_session(smpp::submit_sm, true, [](SmppRecipe& r) {
             // Sun and cloud of i-mode, whose Unicode is in the private use area.
             r.content = smpp_text_content(9, "pictogram", "\ue63e\ue63f", Bytes{0xf8, 0x9f, 0xf8, 0xa0});
           }));
  struct Group {
    std::uint8_t data_coding;
    int message_class;
  };
  for (const Group& one : {Group{0xc0, -1}, {0xd8, -1}, {0xf0, 0}, {0xf1, 1}, {0xf2, 2}, {0xf3, 3}}) {
    const Group group = one;
    list.add(fmt::format("smpp-dc-{:02x}", group.data_coding), "a GSM group of data_coding",
             on_session(smpp::submit_sm, true, [group](SmppRecipe& r) {
               r.content.parts[0].alphabet = Alphabet::gsm7;
               r.content.parts[0].text = r.content.whole = "Group of GSM data coding";
               r.content.dcs = group.data_coding;
               r.content.coding = "gsm7";
               if (group.message_class >= 0)
                 r.content.message_class = static_cast<unsigned>(group.message_class);
             }));
  }
}

}  // namespace

void add_smpp_mixes(MixList& list) {
  add_bind_mixes(list);
  add_pdu_mixes(list);
  add_parameter_mixes(list);
  add_coding_mixes(list);
}

}  // namespace tollgate::traffic
