#include "traffic/dialogue.hpp"

#include <algorithm>
#include <iterator>

#include "traffic/content.hpp"
#include "traffic/encode_sigtran.hpp"

namespace tollgate::traffic {
namespace {

/// The most that one UDT or XUDT carries beside two addresses of the usual size.
constexpr std::size_t longest_unsegmented = 215;

/// Room that spares most messages a second allocation.
constexpr std::size_t usual_size = 384;

/// A capture file without IP holds SCCP in one way only.
Ss7Path on_link(Ss7Path path, LinkType link) {
  if (link == LinkType::mtp2) path.adaptation = Adaptation::mtp2;
  if (link == LinkType::mtp3) path.adaptation = Adaptation::mtp3;
  if (link == LinkType::sccp) path.adaptation = Adaptation::sccp;
  if (link == LinkType::sccp && path.ansi_mtp3) path.unread = {};  // there is no MTP3 to tell it
  return path;
}

Bytes identifier(std::uint32_t number, unsigned octets) {
  Bytes out;
  for (unsigned i = octets; i-- > 0;) out.u8(number >> (8 * i));
  return out;
}

/// What a reader makes of requests that come back to their sender.
std::vector<Event> returned_events(const std::vector<Event>& requests) {
  std::vector<Event> made = requests;
  for (Event& event : made) {
    event.answers = event.id;
    event.id = 0;
    event.fields["kind"] = "response";
    event.fields["component"] = "reject";
    event.fields["error"] = "no translation for this specific address";
    std::swap(event.fields["origin"], event.fields["destination"]);
    event.fields.erase("message_text");
  }
  return made;
}

}  // namespace

Dialogue::Dialogue(Context& context, const Ss7Path& path, std::uint8_t application_context,
                   std::uint8_t version)
    : context_(context),
      path_(on_link(path, context.wire.link())),
      application_context_(application_context),
      version_(version),
      initiator_id_(identifier(context.transactions++, path.identifier_octets)),
      responder_id_(identifier(0x80000000U + context.transactions, path.identifier_octets)),
      carrier_(context.ss7(path_.adaptation, path.v6)),
      time_ns_(context.now_ns),
      stream_(static_cast<std::uint16_t>(1 + context.transactions % 15)) {}

Json Dialogue::endpoint(bool is_initiator) const {
  const Host& host = carrier_->host(is_initiator == path_.from_client);
  const SccpAddress& party = is_initiator ? path_.initiator : path_.responder;
  Json end;
  if (!host.name.empty()) {
    end["ip"] = host.name;
    end["port"] = host.port;
  }
  if (path_.adaptation == Adaptation::sua || path_.adaptation == Adaptation::sccp) {
    if (party.pc) end["pc"] = *party.pc;
  } else {
    end["pc"] = host.pc;
  }
  if (party.global_title_indicator != 0) end["gt"] = party.digits;
  if (party.ssn) end["ssn"] = *party.ssn;
  return end;
}

Event Dialogue::event(std::string_view kind, std::string_view operation, std::string_view component,
                      std::string_view direction, bool from_initiator, std::int32_t invoke_id) const {
  Event made;
  made.fields = {{"frame", 0}, {"item", 0}, {"kind", kind}, {"protocol", "map"}};
  if (!operation.empty()) made.fields["operation"] = operation;
  made.fields["component"] = component;
  if (!direction.empty()) made.fields["direction"] = direction;
  made.fields["origin"] = endpoint(from_initiator);
  made.fields["destination"] = endpoint(!from_initiator);
  Json tcap;
  tcap["invoke"] = invoke_id;
  if (has_dialogue_portion()) tcap["context"] = map::context_name(application_context_);
  tcap["version"] = version_;
  made.fields["tcap"] = tcap;
  return made;
}

void Dialogue::send(tcap::MessageType type, bool from_initiator, Contents contents,
                    const Handling& handling) {
  using tcap::MessageType;
  tcap::Message message;
  message.type = type;
  const Bytes& own = from_initiator ? initiator_id_ : responder_id_;
  const Bytes& other = from_initiator ? responder_id_ : initiator_id_;
  if (type == MessageType::begin || type == MessageType::continue_) message.otid = own;
  if (type == MessageType::continue_ || type == MessageType::end || type == MessageType::abort) {
    message.dtid = other;
  }
  message.apdu = contents.apdu;
  message.p_abort = contents.p_abort;
  if (message.apdu == tcap::Apdu::none && has_dialogue_portion() && !message.p_abort) {
    if (type == MessageType::begin) message.apdu = tcap::Apdu::aarq;
    if (type == MessageType::unidirectional) message.apdu = tcap::Apdu::audt;
    if (!from_initiator && !responded_) message.apdu = tcap::Apdu::aare;
  }
  if (!from_initiator) responded_ = true;
  message.context = map::context_oid(application_context_, version_);
  message.components = std::move(contents.components);

  for (Event& event : contents.events) {
    Json& tcap = event.fields["tcap"];
    Json ids;
    if (!message.otid.empty()) ids["otid"] = hex(message.otid.span());
    if (!message.dtid.empty()) ids["dtid"] = hex(message.dtid.span());
    ids.update(tcap);
    tcap = std::move(ids);
  }
  Bytes encoded;
  encoded.reserve(usual_size);
  tcap::message(encoded, message, path_.lengths);
  if (spoil_ != nullptr) spoil_(encoded);
  carry(encoded, from_initiator, std::move(contents.events), handling);
  spoil_ = nullptr;
}

void Dialogue::carry_sccp(const sccp::Message& message, bool from_initiator, Unit& unit) const {
  const bool from_client = from_initiator == path_.from_client;
  const RoutingLabel label{carrier_->host(from_client).pc, carrier_->host(!from_client).pc,
                           static_cast<std::uint8_t>(stream_)};
  unit.stream = stream_;
  unit.payload.reserve(usual_size);
  if (path_.adaptation == Adaptation::sua) {
    sua_data(unit.payload, message);
    return;
  }
  Bytes encoded;
  encoded.reserve(usual_size);
  sccp::message(encoded, message);
  if (path_.adaptation == Adaptation::sccp) {
    unit.payload = std::move(encoded);
    return;
  }
  if (path_.adaptation == Adaptation::m3ua) {
    m3ua_data(unit.payload, label, service_indicator_sccp, encoded.span());
    return;
  }
  Bytes msu;
  if (path_.ansi_mtp3) ansi_mtp3(msu, label, service_indicator_sccp, encoded.span());
  else mtp3(msu, label, service_indicator_sccp, encoded.span());
  switch (path_.adaptation) {
    case Adaptation::m2pa: m2pa_data(unit.payload, msu.span()); return;
    case Adaptation::m2ua: m2ua_data(unit.payload, msu.span()); return;
    case Adaptation::mtp2:
      mtp2(unit.payload, static_cast<std::uint8_t>(context_.transactions), msu.span());
      return;
    default: unit.payload = std::move(msu); return;
  }
}

void Dialogue::carry(const Bytes& tcap, bool from_initiator, std::vector<Event> events,
                     const Handling& handling) {
  sccp::Message message;
  message.form = path_.form;
  message.called = from_initiator ? path_.responder : path_.initiator;
  message.calling = from_initiator ? path_.initiator : path_.responder;
  message.return_on_error = path_.return_on_error;

  const bool too_long = message.form != sccp::Form::ludt && tcap.size() > longest_unsegmented;
  const bool sua = path_.adaptation == Adaptation::sua;
  std::size_t segments = 1;
  if (path_.segmented || (too_long && !sua)) {
    segments = std::max<std::size_t>(path_.segmented ? 2 : 1,
                                     (tcap.size() + longest_unsegmented - 1) / longest_unsegmented);
    if (message.form == sccp::Form::udt) message.form = sccp::Form::xudt;
  }
  if (!path_.unread.empty()) events.clear();
  std::vector<Event> returned;
  if (path_.returned && from_initiator) returned = returned_events(events);
  const std::size_t size = (tcap.size() + segments - 1) / segments;
  for (std::size_t i = 0; i < segments; ++i) {
    const std::size_t from = i * size;
    message.data = tcap.span(from, std::min(size, tcap.size() - from));
    if (segments > 1) {
      message.segment = sccp::Segment{i == 0, static_cast<std::uint8_t>(segments - 1 - i),
                                      context_.transactions & 0xffffffU};
    }
    std::vector<Unit> units(1);
    carry_sccp(message, from_initiator, units[0]);
    if (i + 1 == segments) {
      units[0].events = std::move(events);
      units[0].unread = path_.unread;
      if (spoil_ != nullptr) {
        units[0].damaged_layer = spoil_layer_;
        units[0].damaged_reason = spoil_reason_;
      }
    }
    plan(from_initiator, std::move(units), i == 0 || handling.damage == Damage::none ? handling : Handling{});
  }
  if (path_.returned && from_initiator) {  // it comes back to its sender
    std::swap(message.called, message.calling);
    message.return_cause = path_.returned;
    std::vector<Unit> units(1);
    carry_sccp(message, false, units[0]);
    if (segments == 1) units[0].events = std::move(returned);  // a segment alone tells nothing
    plan(false, std::move(units), {});
  }
}

void Dialogue::plan(bool from_initiator, std::vector<Unit> units, const Handling& handling) {
  if (context_.held != nullptr) {
    std::move(units.begin(), units.end(), std::back_inserter(*context_.held));
    return;
  }
  Step step;
  step.time_ns = time_ns_;
  step.carrier = carrier_;
  step.from_client = from_initiator == path_.from_client;
  step.units = std::move(units);
  step.handling = handling;
  context_.timeline.add(std::move(step));
  time_ns_ += 2'000'000 + context_.random.below(20'000'000);
}

}  // namespace tollgate::traffic
