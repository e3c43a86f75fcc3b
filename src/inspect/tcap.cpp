#include "inspect/tcap.hpp"

#define XXH_INLINE_ALL
#include <algorithm>
#include <array>

#include <xxhash.h>

#include "decode/ansi_tcap.hpp"
#include "decode/map.hpp"
#include "decode/map_address.hpp"
#include "decode/map_dialogue.hpp"
#include "inspect/map_edit.hpp"
#include "message/identity.hpp"

namespace tollgate::inspect {
namespace {

using decode::Layer;
using decode::Reason;
using decode::tcap::Code;
using decode::tcap::ComponentType;
using decode::tcap::MessageType;

bool is_tcap(Octets data) {
  switch (std::to_integer<unsigned>(data.front())) {
    case 0x61:
    case 0x62:
    case 0x64:
    case 0x65:
    case 0x67: return true;
    default: return false;
  }
}

/// Subsystems where MAP is at home (TS 23.003 8.2): 5 to 10, gsmSCF, SIWF, SGSN, GGSN.
bool is_map_subsystem(std::uint8_t ssn) {
  return (ssn >= 5 && ssn <= 10) || ssn == 145 || (ssn >= 147 && ssn <= 150);
}

/// Names the node that chose a transaction identifier by what does not change on the way: the digits of its
/// global title; without one, its point code.
std::uint64_t node_of(const decode::sccp::Address& address, std::optional<std::uint32_t> label_pc) {
  if (address.gt.signals != 0) {
    std::array<std::byte, 16> kept{};
    const std::size_t size =
        std::min({kept.size(), address.gt.address.size(), (address.gt.signals + 1UL) / 2});
    std::copy_n(address.gt.address.begin(), size, kept.begin());
    if (size != 0 && address.gt.signals % 2 != 0 && size == (address.gt.signals + 1UL) / 2) {
      kept[size - 1] &= std::byte{0x0f};
    }
    return XXH3_64bits(kept.data(), kept.size());
  }
  return address.point_code.value_or(label_pc.value_or(0)) + 1ULL;
}

flow::TransactionEnd end_of(Octets id, const decode::sccp::Address& address,
                            std::optional<std::uint32_t> label_pc) {
  flow::TransactionEnd end{.id_octets = static_cast<std::uint8_t>(id.size())};
  for (const std::byte octet : id) end.id = end.id << 8U | std::to_integer<std::uint32_t>(octet);
  if (!id.empty()) end.node = node_of(address, label_pc);
  return end;
}

flow::TransactionEnd origin_of(const Unitdata& unitdata, Octets otid) {
  return end_of(otid, unitdata.calling, unitdata.label.opc);
}

flow::TransactionEnd destination_of(const Unitdata& unitdata, Octets dtid) {
  return end_of(dtid, unitdata.called, unitdata.label.dpc);
}

/// The same in every process.
std::uint64_t digest(const flow::TransactionEnd& end) {
  const std::array<std::uint64_t, 2> parts{end.node, std::uint64_t{end.id} << 8U | end.id_octets};
  return XXH3_64bits(parts.data(), sizeof parts);
}

/// Of an end without an application context: a subsystem of another application does not speak MAP.
bool may_be_map(const Unitdata& unitdata) {
  const auto& ssn = unitdata.called.ssn;
  return !ssn || *ssn == 0 || is_map_subsystem(*ssn) ||
         (unitdata.calling.ssn && is_map_subsystem(*unitdata.calling.ssn));
}

bool is_known(const decode::map::Context& context) {
  return context.application != decode::map::Application::other || context.version != 0;
}

/// What could not be delivered comes back to its sender (Q.714 2.2.2): whatever it said, nobody has heard it.
void come_back(const Unitdata& unitdata, Message& message) {
  if (message.kind == Kind::message) message.kind = Kind::response;
  if (message.component == Component::error) message.global_code = {};
  message.component = Component::reject;
  message.error = decode::sccp::return_cause_name(unitdata.return_cause);
  message.error_code = unitdata.return_cause;
}

/// Whether a global title begins with a country code: E.164 (numbering plan 1) or E.214 (7) in its
/// international form (nature of address 4), as far as its format tells (Q.713 3.4.2.3).
bool begins_with_country_code(const decode::sccp::GlobalTitle& gt) {
  const bool plan = gt.numbering_plan == 1 || gt.numbering_plan == 7;
  switch (gt.indicator) {
    case 1: return gt.nature_of_address == 4;
    case 3: return plan;
    case 4: return plan && gt.nature_of_address == 4;
    default: return false;
  }
}

Component component_of(ComponentType type) {
  switch (type) {
    case ComponentType::invoke: return Component::invoke;
    case ComponentType::return_result_last:
    case ComponentType::return_result_not_last: return Component::result;
    case ComponentType::return_error: return Component::error;
    case ComponentType::reject: break;
  }
  return Component::reject;
}

}  // namespace

/// The layer TCAP of a trace.
void Tcap::show(const PayloadContext& payload, Octets data, std::optional<std::uint8_t> map_version) {
  if (payload.trace == nullptr) return;
  const decode::TraceScope layer{payload.trace, "TCAP", data};
  (void)decode::tcap::decode(data, payload.trace, map_version);
}

/// The layer MAP of a trace: what stands in `octets`, by its name. A TPDU in it is a layer of its own.
template <class Decode>
void Tcap::show_map(const PayloadContext& payload, Octets octets, std::string_view name,
                    const Decode& decode) {
  if (payload.trace == nullptr || octets.empty()) return;
  const decode::TraceScope layer{payload.trace, "MAP", octets};
  const decode::TraceScope element{payload.trace, name.empty() ? "parameter" : name, octets};
  decode(payload.trace);
}

void Tcap::read(const PayloadContext& payload, const Unitdata& unitdata, Octets data) {
  if (data.empty()) return counters_.add(Layer::tcap, Reason::truncated);
  if (decode::ansi_tcap::is_package(data)) {
    if (payload.trace != nullptr) (void)decode::ansi_tcap::decode(data, payload.trace);
    return counters_.add(Count::unread_ansi_tcap);
  }
  if (!is_tcap(data) && !(unitdata.called.ssn && is_map_subsystem(*unitdata.called.ssn))) {
    return counters_.add(Count::unread_other_subsystem);
  }
  const auto message = decode::tcap::decode(data);
  if (!message) {
    show(payload, data, std::nullopt);
    return counters_.add(message.error());
  }
  if (message->dialogue_error) counters_.add(*message->dialogue_error);
  if (!message->trailing.empty()) counters_.add(Layer::tcap, Reason::trailing_octets);

  Reading reading{payload, unitdata, *message};
  find_dialogue(reading);
  const bool map = is_known(reading.context) ? reading.context.application == decode::map::Application::map
                                             : may_be_map(unitdata);
  // What its codes are called was known only when its dialogue had been found.
  show(payload, data, map ? std::optional{reading.context.version} : std::nullopt);
  if (!map) return counters_.add(Count::unread_not_map);

  show_map(payload, message->dialogue.user_information, "user-information", [&](decode::Trace* trace) {
    (void)decode::map::decode_dialogue(message->dialogue.user_information, trace);
  });
  decode::tcap::Components components{*message};
  while (const auto component = components.next()) {
    if (*component) read_component(reading, **component);
    else counters_.add(component->error());
  }
  if (message->type == MessageType::abort) read_abort(reading);
  if (message->type == MessageType::end && message->components.empty() && reading.asked == nullptr)
    counters_.add(Count::unmatched_end);
  if (message->type == MessageType::end || message->type == MessageType::abort || unitdata.returned)
    dialogues_.end(reading.destination);
}

void Tcap::find_dialogue(Reading& reading) {
  const decode::tcap::Message& message = reading.message;
  const Unitdata& unitdata = reading.unitdata;
  const auto& name = message.dialogue.application_context_name;
  if (!name.empty()) reading.context = decode::map::application_context(name);

  if (unitdata.returned) {
    // It was sent by the end that it now comes back to.
    reading.destination = destination_of(unitdata, message.otid);
    reading.asked = dialogues_.find(reading.destination);
  } else if (message.type == MessageType::begin) {
    reading.sender = &dialogues_.begin(origin_of(unitdata, message.otid));
    // A dialogue without a dialogue portion is of MAP version 1 (TS 29.002 17.1.6).
    if (name.empty()) reading.context.version = may_be_map(unitdata) ? 1 : 0;
    if (name.empty() && reading.context.version == 1)
      reading.context.application = decode::map::Application::map;
    reading.sender->context = reading.context;
  } else if (message.type == MessageType::continue_) {
    reading.destination = destination_of(unitdata, message.dtid);
    const auto ends = dialogues_.proceed(origin_of(unitdata, message.otid), reading.destination);
    reading.asked = ends.destination;
    reading.sender = &ends.origin;
    if (!is_known(ends.origin.context)) ends.origin.context = reading.context;
  } else if (!message.dtid.empty()) {
    reading.destination = destination_of(unitdata, message.dtid);
    reading.asked = dialogues_.find(reading.destination);
  }
  for (const flow::DialogueEnd* end : {reading.sender, reading.asked}) {
    if (end != nullptr && !is_known(reading.context)) reading.context = end->context;
  }
}

Message Tcap::begin_message(const Reading& reading, Octets octets) {
  const flow::Carriage& carriage = reading.payload.carriage;
  const Unitdata& unitdata = reading.unitdata;
  Message message;
  message.id = identify(carriage.connection, carriage.position, reading.components, octets);
  message.time_ns = carriage.time_ns;
  message.frame = carriage.frame;
  message.protocol = Protocol::map;
  name_link(carriage, message);
  message.origin = {.ip = carriage.source,
                    .port = carriage.source_port,
                    .pc = unitdata.label.opc ? unitdata.label.opc : unitdata.calling.point_code,
                    .gt = gt_digits(unitdata.calling.gt),
                    .ssn = unitdata.calling.ssn,
                    .gt_begins_with_country_code = begins_with_country_code(unitdata.calling.gt)};
  message.destination = {.ip = carriage.destination,
                         .port = carriage.destination_port,
                         .pc = unitdata.label.dpc ? unitdata.label.dpc : unitdata.called.point_code,
                         .gt = gt_digits(unitdata.called.gt),
                         .ssn = unitdata.called.ssn,
                         .gt_begins_with_country_code = begins_with_country_code(unitdata.called.gt)};
  message.tcap.otid = reading.message.otid;
  message.tcap.dtid = reading.message.dtid;
  message.tcap.context = reading.context.name;
  message.tcap.version = reading.context.version;
  return message;
}

void Tcap::hand_on(Reading& reading, Message& message) {
  reading.payload.consumer.accept(message);
  arena_.reset();
  ++reading.components;
}

void Tcap::read_component(Reading& reading, const decode::tcap::Component& component) {
  if (component.trailing) counters_.add(Layer::tcap, Reason::trailing_octets);
  Message message = begin_message(reading, component.whole);
  message.tcap.invoke = component.invoke_id;
  message.component = component_of(component.type);
  if (component.code.form == Code::Form::global) message.global_code = component.code.octets;
  reading.imsi = {};
  switch (component.type) {
    case ComponentType::invoke: read_invoke(reading, component, message); break;
    case ComponentType::return_result_last:
    case ComponentType::return_result_not_last: read_result(reading, component, message); break;
    case ComponentType::return_error:
    case ComponentType::reject: read_error(reading, component, message); break;
  }
  if (reading.unitdata.returned) come_back(reading.unitdata, message);
  else if (component.type != ComponentType::invoke) answer(reading, component, message);
  message.editable = message.kind == Kind::message && can_change(reading, component);
  hand_on(reading, message);
  if (message.kind == Kind::message) enforce(reading, component, message);
}

/// A global code is no short message's.
bool Tcap::can_change(const Reading& reading, const decode::tcap::Component& component) {
  const Edits* const edits = reading.payload.edits;
  return edits != nullptr && component.code.form == Code::Form::local &&
         edits->has_room(NobodysImsi(reading.imsi).size + 1);
}

/// Does to the component what was decided, and remembers what its sender is to be told.
void Tcap::enforce(const Reading& reading, const decode::tcap::Component& component, const Message& message) {
  const bool stopped = message.judgement.enforced && reading.payload.edits != nullptr;
  if (!stopped && reading.payload.edits != nullptr && changes_message(message.judgement.verdict))
    counters_.add(Count::lost_edit);
  if (!stopped && owed_.size() == 0) return;
  const bool answerable = !reading.message.otid.empty() && component.invoke_id;
  const std::uint64_t asker = answerable ? digest(origin_of(reading.unitdata, reading.message.otid)) : 0;
  const auto number = static_cast<std::uint32_t>(component.invoke_id.value_or(0));
  // Whatever was owed to an invoke of the same number is no longer: the number is used anew.
  if (answerable) (void)owed_.take(asker, number);
  if (!stopped) return;

  const NobodysImsi nobody(reading.imsi);
  const bool by_subscriber = nobody.size != 0;
  // The octets before the last of a positive code that fits in it are zeros.
  const bool changed =
      by_subscriber
          ? reading.payload.edits->replace(reading.imsi.first(nobody.size), nobody.octets())
          : reading.payload.edits->replace(component.code.octets.last(1), {&unassigned_operation, 1});
  if (!changed || !answerable) return;
  const Judgement& judgement = message.judgement;
  if (!owed_.insert({.asker = asker,
                     .time_ns = message.time_ns,
                     .number = number,
                     .operation = static_cast<std::uint32_t>(component.code.local),
                     .code = judgement.map_error_code != 0 ? judgement.map_error_code : default_map_error,
                     .accepted = judgement.accepted,
                     .by_subscriber = by_subscriber}))
    counters_.add(Count::evicted_owed_reply);
}

/// What is owed to the end that an answer goes to, which is not given yet; says so in `message`.
std::optional<flow::OwedReply> Tcap::owed(const Reading& reading, std::int32_t invoke_id, Message& message) {
  if (owed_.size() == 0) return {};
  const auto owed = owed_.take(digest(reading.destination), static_cast<std::uint32_t>(invoke_id));
  if (!owed) return {};
  message.answer.owed = true;
  if (owed->accepted) message.answer.as = "accepted";
  else message.answer.map_error = decode::map::error_name(static_cast<std::int32_t>(owed->code));
  return owed;
}

/// The answer to an invoke that was stopped says what its sender is to be told, where it can.
void Tcap::answer(const Reading& reading, const decode::tcap::Component& component, Message& message) {
  if (!component.invoke_id) return;
  const auto owed = this->owed(reading, *component.invoke_id, message);
  Edits* const edits = reading.payload.edits;
  if (!owed || edits == nullptr) return;
  const auto reply = reply_in_place_of(component.whole, {.error = static_cast<std::uint8_t>(owed->code),
                                                         .accepted = owed->accepted,
                                                         .by_subscriber = owed->by_subscriber});
  if (reply) message.answer.given = edits->replace(component.whole, *reply);
}

void Tcap::read_invoke(Reading& reading, const decode::tcap::Component& component, Message& message) {
  const bool local = component.code.form == Code::Form::local;
  const std::int32_t known = local ? read_argument(reading, component, message) : operation::global;
  if (reading.unitdata.returned) {
    answered(reading, component, message);
  } else if (reading.sender != nullptr && component.invoke_id) {
    reading.sender->invoked(static_cast<std::int8_t>(*component.invoke_id), known,
                            reading.payload.carriage.frame, counters_);
  }
}

/// Fills `message` from an invoke with a local code; gives the code by which the operation is known.
std::int32_t Tcap::read_argument(Reading& reading, const decode::tcap::Component& component,
                                 Message& message) {
  const std::int32_t code = component.code.local;
  const auto argument = decode::map::decode_argument(code, component.parameter);
  if (!argument) counters_.add(argument.error());
  static constexpr decode::map::Parameter nothing{};
  const decode::map::Parameter& parameter = argument ? *argument : nothing;
  const std::int32_t known = told_apart(code, reading.context, parameter);
  set_operation(known, reading.context.version, message);
  show_map(reading.payload, component.parameter, message.operation, [&](decode::Trace* trace) {
    (void)decode::map::decode_argument(code, component.parameter, trace);
  });
  MapReader map{counters_, arena_, reading.payload.trace};
  map.argument(parameter, message);
  // In MAP version 1, which has no dialogue portion, an operation that is not known is aborted.
  if (known == operation::mt_forward_sm && reading.context.version == 1 &&
      parameter.sm_rp_da == decode::map::RpDa::imsi)
    reading.imsi = parameter.imsi;
  if (is_short_message(known)) keep_subscriber(reading, parameter, map, message);
  return known;
}

// A dialogue's first short message names the subscriber and the service centre; those that follow it in the
// same dialogue say noSM-RP-DA and noSM-RP-OA (TS 29.002 17.7.6).
void Tcap::keep_subscriber(Reading& reading, const decode::map::Parameter& argument, MapReader& map,
                           Message& message) {
  if (reading.sender == nullptr) return;
  if (!argument.imsi.empty()) reading.sender->imsi.keep(argument.imsi);
  else if (argument.sm_rp_da == decode::map::RpDa::no_sm_rp_da)
    message.imsi = map.digits(reading.sender->imsi.view());

  if (!argument.service_centre.empty()) {
    reading.sender->service_centre.keep(decode::map::read_address(argument.service_centre).digits);
  } else if (argument.sm_rp_oa == decode::map::RpOa::no_sm_rp_oa) {
    message.service_centre = map.digits(reading.sender->service_centre.view());
  }
}

/// The invoke that a component answers, which is then no longer pending; says in `message` where it stood.
std::optional<flow::PendingInvoke> Tcap::answered(Reading& reading, const decode::tcap::Component& component,
                                                  Message& message) {
  if (reading.asked == nullptr || !component.invoke_id) return std::nullopt;
  // An answer that comes back: the end that gave it is not the end that asked.
  if (reading.unitdata.returned && component.type != ComponentType::invoke) return std::nullopt;
  flow::PendingInvoke* pending = reading.asked->find(static_cast<std::int8_t>(*component.invoke_id));
  if (pending == nullptr) return std::nullopt;
  const flow::PendingInvoke invoke = *pending;
  message.answers_frame = invoke.frame;
  if (component.type != ComponentType::return_result_not_last) pending->frame = 0;
  return invoke;
}

void Tcap::read_result(Reading& reading, const decode::tcap::Component& component, Message& message) {
  const auto invoke = answered(reading, component, message);
  const bool local = component.code.form == Code::Form::local;
  if (!invoke && !local) {
    if (component.code.form == Code::Form::absent) set_kind_by_context(reading.context, message);
    return;
  }
  std::int32_t code = invoke ? invoke->operation : component.code.local;
  if (code == operation::forward_sm) code = operation::mo_forward_sm;  // their results are the same
  const auto result = decode::map::decode_result(code, component.parameter);
  if (!result) counters_.add(result.error());
  static constexpr decode::map::Parameter nothing{};
  const decode::map::Parameter& parameter = result ? *result : nothing;
  const std::int32_t known = invoke && invoke->operation != operation::forward_sm
                                 ? invoke->operation
                                 : told_apart(code, reading.context, parameter);
  set_operation(known, reading.context.version, message);
  show_map(reading.payload, component.parameter, message.operation,
           [&](decode::Trace* trace) { (void)decode::map::decode_result(code, component.parameter, trace); });
  MapReader{counters_, arena_, reading.payload.trace}.result(parameter, message);
}

void Tcap::read_error(Reading& reading, const decode::tcap::Component& component, Message& message) {
  const auto invoke = answered(reading, component, message);
  if (invoke) set_operation(invoke->operation, reading.context.version, message);
  else set_kind_by_context(reading.context, message);

  if (component.type == ComponentType::reject) {
    if (!component.problem) return;
    message.error = decode::tcap::to_string(*component.problem);
    message.error_code = component.problem->code;
    return;
  }
  if (component.code.form != Code::Form::local) return;
  message.error = decode::map::error_name(component.code.local);
  message.error_code = static_cast<std::uint32_t>(component.code.local);
  const auto parameter = decode::map::decode_error(component.code.local, component.parameter);
  show_map(reading.payload, component.parameter, message.error, [&](decode::Trace* trace) {
    (void)decode::map::decode_error(component.code.local, component.parameter, trace);
  });
  if (!parameter) {
    if (!invoke) set_kind_by_error(component.code.local, {}, message);
    return counters_.add(parameter.error());
  }
  if (!invoke) set_kind_by_error(component.code.local, *parameter, message);
  MapReader{counters_, arena_, reading.payload.trace}.error(*parameter, message);
}

// An Abort answers everything that its receiver still waits for.
void Tcap::read_abort(Reading& reading) {
  const std::uint32_t before = reading.components;
  if (reading.asked != nullptr) end_pending(reading);
  if (reading.components == before) counters_.add(Count::unmatched_abort);
}

void Tcap::end_pending(Reading& reading) {
  for (flow::PendingInvoke& pending : reading.asked->pending) {
    if (pending.frame == 0) continue;
    Message message = begin_message(reading, reading.message.dtid);
    message.component = Component::reject;
    message.tcap.invoke = pending.id;
    message.answers_frame = pending.frame;
    set_operation(pending.operation, reading.context.version, message);
    message.error = "userAbort";
    if (const auto cause = reading.message.p_abort_cause) {
      message.error = decode::tcap::p_abort_cause_name(*cause);
      message.error_code = *cause;
    }
    pending.frame = 0;
    (void)owed(reading, pending.id, message);
    hand_on(reading, message);
  }
}

std::string_view Tcap::gt_digits(const decode::sccp::GlobalTitle& gt) {
  return arena_.commit(decode::sccp::digits(gt, arena_.room()));
}

}  // namespace tollgate::inspect
