#include "traffic/scenario_smpp.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "traffic/encode_text.hpp"
#include "traffic/smpp_parameters.hpp"
#include "traffic/texts.hpp"

namespace tollgate::traffic {
namespace {

constexpr std::uint8_t esm_udhi = 0x40;

/// How SMPP writes a part: a header and octets, a septet an octet in the default alphabet.
Bytes short_message_octets(const UserData& data) {
  Bytes out;
  if (!data.header.empty()) {
    out.u8(data.header.size());
    out.append(data.header);
  }
  out.append(written(data));
  return out;
}

/// generic_nack rejects a PDU; any other response says what came of it.
std::string_view component(std::uint32_t command, std::uint32_t status) {
  if (command == smpp::generic_nack) return "reject";
  if ((command & smpp::response_bit) == 0) return "invoke";
  return status == 0 ? "result" : "error";
}

bool is_message(std::uint32_t command) {
  switch (command) {
    case smpp::submit_sm:
    case smpp::data_sm:
    case smpp::deliver_sm:
    case smpp::submit_multi:
    case smpp::broadcast_sm: return true;
    default: return false;
  }
}

}  // namespace

SmppSession::SmppSession(Context& context, const Options& options)
    : context_(context),
      options_(options),
      system_id_(fmt::format("esme{:03}", context.random.below(1000))),
      connection_(context.connection(options.v6, !options.from_the_middle, options.port)),
      time_ns_(context.now_ns) {
  if (options.from_the_middle) {
    esme_sequence_ = centre_sequence_ = 1000;
    return;
  }
  Step step;
  step.time_ns = time_ns_;
  step.carrier = connection_;
  step.action = Step::Action::open;
  context_.timeline.add(std::move(step));
  time_ns_ += 1'000'000;
  if (options.outbind) {
    Bytes body;
    body.c_string(system_id_);
    body.c_string("secret");
    exchange(false, {.command = smpp::outbind, .body = body, .answered = false});
  }
  asked_ = true;
  Bytes body;
  smpp::bind(body, system_id_, options.interface_version);
  const std::uint32_t sequence = next_sequence(true);
  Bytes request;
  smpp::pdu(request, options.bind, 0, sequence, [&](Bytes& out) { out.append(body); });
  const std::uint64_t id = context_.truth.next_id();
  std::optional<Event> made;
  if (context_.truth.wanted()) {
    made = event("signalling", options.bind, true, sequence);
    made->id = id;
  }
  send(true, std::move(request), std::move(made));
  Bytes response;
  const std::uint32_t answer = options.bind | smpp::response_bit;
  const bool bound = options.bind_status == 0;
  std::vector<smpp::Tlv> tlvs;
  if (bound && options.interface_version >= 0x34) {
    tlvs.push_back(smpp::tlv(smpp::tag_sc_interface_version, options.interface_version, 1));
  }
  smpp::pdu(response, answer, options.bind_status, sequence, [&](Bytes& out) {
    if (!bound) return;
    out.c_string("centre");
    smpp::tlvs(out, tlvs);
  });
  asked_ = bound;  // of a refused bind nothing stays (2.2: the session is still only open)
  made.reset();
  if (context_.truth.wanted()) {
    made = event("signalling", answer, false, sequence, options.bind_status);
    if (!tlvs.empty()) made->fields["smpp"]["tlvs"] = smpp::describe(tlvs);
    made->answers = id;
  }
  send(false, std::move(response), std::move(made));
}

void SmppSession::catch_up() { time_ns_ = std::max(time_ns_, context_.now_ns); }

void SmppSession::send(bool esme, std::vector<Unit> units, const Handling& handling) {
  Step step;
  step.time_ns = time_ns_;
  step.carrier = connection_;
  step.from_client = esme;
  step.units = std::move(units);
  step.handling = handling;
  context_.timeline.add(std::move(step));
  time_ns_ += 200'000 + context_.random.below(2'000'000);
}

void SmppSession::send(bool esme, Bytes pdu, std::optional<Event> event, const Handling& handling) {
  std::vector<Unit> units(1);
  units[0].payload = std::move(pdu);
  if (event) units[0].events.push_back(std::move(*event));
  send(esme, std::move(units), handling);
}

Event SmppSession::event(std::string_view kind, std::uint32_t command, bool esme, std::uint32_t sequence,
                         std::uint32_t status) const {
  Event made;
  made.fields = {{"frame", 0}, {"item", 0}, {"kind", kind}, {"protocol", "smpp"}};
  made.fields["operation"] = smpp::name(command);
  made.fields["component"] = component(command, status);
  const Host& from = connection_->host(esme);
  const Host& to = connection_->host(!esme);
  made.fields["origin"] = {{"ip", from.name}, {"port", from.port}};
  if (asked_) made.fields["origin"]["account"] = system_id_;
  made.fields["destination"] = {{"ip", to.name}, {"port", to.port}};
  Json own;
  if (asked_) own["system_id"] = system_id_;
  own["sequence"] = sequence;
  if ((command & smpp::response_bit) != 0) own["status"] = status;  // a request has none (4.7.6)
  made.fields["smpp"] = own;
  if (status != 0) made.fields["error"] = smpp::status_name(status);
  return made;
}

void SmppSession::exchange(bool esme, const Exchange& e) {
  const std::uint32_t sequence = next_sequence(esme);
  const auto plan = [&](bool from_esme, std::uint32_t command, const Bytes& body, const Json& fields) {
    Bytes pdu;
    smpp::pdu(pdu, command, 0, sequence, [&](Bytes& out) { out.append(body); });
    std::optional<Event> made;
    if (context_.truth.wanted()) {
      made = event("signalling", command, from_esme, sequence);
      made->fields.merge_patch(fields);
    }
    return std::pair{std::move(pdu), std::move(made)};
  };
  const std::uint64_t id = context_.truth.next_id();
  auto [request, asked] = plan(esme, e.command, e.body, e.fields);
  if (asked) asked->id = id;
  send(esme, std::move(request), std::move(asked));
  if (!e.answered) return;
  auto [response, answer] = plan(!esme, e.command | smpp::response_bit, e.response_body, e.response_fields);
  if (answer) answer->answers = id;
  send(!esme, std::move(response), std::move(answer));
}

void SmppSession::finish() {
  exchange(true, {.command = smpp::unbind});
  Step step;
  step.time_ns = time_ns_;
  step.carrier = connection_;
  step.action = Step::Action::close;
  context_.timeline.add(std::move(step));
}

Content smpp_text_content(std::uint8_t data_coding, std::string_view coding, std::string text, Bytes octets) {
  Content content;
  content.dcs = data_coding;
  content.coding = coding;
  UserData data;
  data.alphabet = Alphabet::octets;
  data.text = std::move(text);
  data.octets = std::move(octets);
  content.whole = data.text;
  content.parts.push_back(std::move(data));
  return content;
}

SmppRecipe smpp_recipe(Context& context, std::uint32_t command, bool from_esme, Content content) {
  SmppRecipe made;
  made.command = command;
  made.from_esme = from_esme;
  made.content = std::move(content);
  smpp::Message& m = made.message;
  const std::string number = mobile_number(context.random);
  if (from_esme) {
    m.source = {brand(context.random), ton_alphanumeric, 0};
    m.destination = {number, ton_international, 1};
    m.registered_delivery = 1;
  } else {
    m.source = {number, ton_international, 1};
    m.destination = {short_code(context.random), ton_abbreviated, 0};
  }
  return made;
}

namespace {

/// One message on its way through a session.
class Submission {
 public:
  Submission(SmppSession& session, const SmppRecipe& recipe)
      : session_(session), context_(session.context()), recipe_(recipe) {}

  void run() {
    std::vector<std::size_t> order(recipe_.content.parts.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (recipe_.shuffled) {
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[context_.random.below(i)]);
    }
    std::vector<Unit> requests;
    std::vector<Unit> responses;
    for (std::size_t i = 0; i < order.size(); ++i) {
      requests.push_back(request(order[i], i + 1 == order.size()));
      responses.push_back(response());
      if (recipe_.together) continue;
      flush(requests, responses);
    }
    if (recipe_.together) flush(requests, responses);
  }

  /// The only part and its response, for who sends them with others.
  void add_to(std::vector<Unit>& requests, std::vector<Unit>& responses) {
    requests.push_back(request(0, true));
    responses.push_back(response());
  }

 private:
  void flush(std::vector<Unit>& requests, std::vector<Unit>& responses) {
    session_.send(recipe_.from_esme, std::move(requests), recipe_.handling);
    if (recipe_.answered) session_.send(!recipe_.from_esme, std::move(responses), {});
    requests.clear();
    responses.clear();
  }

  smpp::Message message(std::size_t index) const {
    smpp::Message m = recipe_.message;
    const Content& content = recipe_.content;
    const UserData& data = content.parts[index];
    m.data_coding = content.dcs;
    m.protocol_id = content.pid;
    UserData bare = data;
    if (recipe_.by_sar) bare.header.clear();
    if (!bare.header.empty()) m.esm_class |= esm_udhi;
    Bytes octets = short_message_octets(bare);
    if (recipe_.by_sar && content.parts.size() > 1) {
      m.tlvs.push_back(smpp::tlv(smpp::tag_sar_msg_ref_num, content.reference, 2));
      m.tlvs.push_back(smpp::tlv(smpp::tag_sar_total_segments, content.parts.size(), 1));
      m.tlvs.push_back(smpp::tlv(smpp::tag_sar_segment_seqnum, index + 1, 1));
    }
    const bool no_field = recipe_.command == smpp::data_sm || recipe_.command == smpp::broadcast_sm;
    if (recipe_.in_payload || no_field || octets.size() > 254) {
      m.tlvs.push_back({smpp::tag_message_payload, std::move(octets)});
    } else {
      m.short_message = std::move(octets);
    }
    if (recipe_.in_both) {
      m.tlvs.push_back({smpp::tag_message_payload, {}});
      m.tlvs.back().value.text("another text");
    }
    return m;
  }

  Unit request(std::size_t index, bool completes) {
    const smpp::Message m = message(index);
    sequence_ = session_.next_sequence(recipe_.from_esme);
    Unit unit;
    smpp::pdu(unit.payload, recipe_.command, 0, sequence_, [&](Bytes& out) {
      switch (recipe_.command) {
        case smpp::data_sm: smpp::data(out, m); return;
        case smpp::submit_multi: smpp::multi(out, m); return;
        case smpp::broadcast_sm: smpp::broadcast(out, m); return;
        default: smpp::short_message(out, m); return;
      }
    });
    if (is_message(recipe_.command)) ++context_.messages;
    request_ = context_.truth.next_id();
    if (context_.truth.wanted()) unit.events.push_back(request_event(m, index, completes));
    return unit;
  }

  std::string_view direction() const { return recipe_.from_esme ? "mt" : "mo"; }

  Event request_event(const smpp::Message& m, std::size_t index, bool completes) const {
    Event made = session_.event("message", recipe_.command, recipe_.from_esme, sequence_);
    Json& e = made.fields;
    e["direction"] = direction();
    describe_address(e, "sender", m.source.value, m.source.ton, m.source.npi);
    if (recipe_.command != smpp::broadcast_sm) {
      describe_address(e, "recipient", m.destination.value, m.destination.ton, m.destination.npi);
    }
    const bool has_pid = recipe_.command != smpp::data_sm && recipe_.command != smpp::broadcast_sm;
    if (has_pid) e["pid"] = m.protocol_id;
    e["dcs"] = m.data_coding;
    Content content = recipe_.content;
    if (recipe_.by_sar) content.parts[index].header.clear();
    if (content.coding != "gsm7" && content.coding != "ucs2" && content.coding != "binary") {
      content.parts[index].alphabet = Alphabet::gsm7;  // the truth shows its text
    }
    describe_user_data(e, content, index, completes);
    if (recipe_.command != smpp::broadcast_sm) e["smpp"]["esm_class"] = m.esm_class;
    if (recipe_.command == smpp::submit_multi) e["smpp"]["destinations"] = smpp::describe_destinations(m);
    Json tlvs = smpp::describe(m.tlvs);
    if (recipe_.in_both) tlvs["message_payload"] = hex(m.tlvs.back().value.span());
    if (!tlvs.empty()) e["smpp"]["tlvs"] = tlvs;
    made.id = request_;
    return made;
  }

  Unit response() {
    const std::uint32_t command =
        recipe_.refused ? std::uint32_t{smpp::generic_nack} : recipe_.command | smpp::response_bit;
    const std::uint32_t status = recipe_.refused ? 3 : recipe_.status;
    const bool deliver = recipe_.command == smpp::deliver_sm;
    const std::string id = deliver ? "" : fmt::format("{:08x}", context_.random.below(0xffffffff));
    Unit unit;
    const bool has_body = status == 0 && !recipe_.refused;
    smpp::pdu(unit.payload, command, status, sequence_, [&](Bytes& out) {
      if (!has_body) return;
      out.c_string(id);
      if (recipe_.command != smpp::submit_multi) return;
      out.u8(recipe_.one_failed ? 1 : 0);  // no_unsuccess
      if (!recipe_.one_failed) return;
      smpp::address(out, recipe_.message.destination);
      out.u32(0x0b);
    });
    if (!context_.truth.wanted()) return unit;
    Event made = session_.event("response", command, !recipe_.from_esme, sequence_, status);
    if (recipe_.refused) made.fields["component"] = "reject";
    made.fields["direction"] = direction();
    if (has_body && !id.empty()) made.fields["smpp"]["message_id"] = id;
    if (has_body && recipe_.one_failed) {
      Json failed = smpp::describe(recipe_.message.destination);
      failed["error"] = smpp::status_name(0x0b);
      made.fields["smpp"]["unsuccess_smes"] = Json::array({failed});
    }
    made.answers = request_;
    unit.events.push_back(std::move(made));
    return unit;
  }

  SmppSession& session_;
  Context& context_;
  const SmppRecipe& recipe_;
  std::uint32_t sequence_ = 0;
  std::uint64_t request_ = 0;
};

}  // namespace

void smpp_message(SmppSession& session, SmppRecipe recipe) {
  session.catch_up();
  Submission(session, recipe).run();
}

void smpp_messages(SmppSession& session, const std::vector<SmppRecipe>& recipes) {
  session.catch_up();
  std::vector<Unit> requests;
  std::vector<Unit> responses;
  for (const SmppRecipe& recipe : recipes) Submission(session, recipe).add_to(requests, responses);
  session.send(true, std::move(requests), {});
  session.send(false, std::move(responses), {});
}

}  // namespace tollgate::traffic
