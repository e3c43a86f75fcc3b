#include "traffic/scenario_map.hpp"

#include <algorithm>

#include "traffic/texts.hpp"

namespace tollgate::traffic {
namespace {

using tcap::ComponentType;
using tcap::MessageType;

constexpr std::uint8_t ssn_hlr = 6;
constexpr std::uint8_t ssn_msc = 8;
constexpr std::uint64_t between_parts_ns = 200'000'000;

SccpAddress party(std::string digits, std::uint8_t ssn) {
  SccpAddress made;
  made.digits = std::move(digits);
  made.ssn = ssn;
  return made;
}

/// A short message on its way: the parts of one recipe.
class Delivery {
 public:
  Delivery(Context& context, const SmRecipe& recipe) : context_(context), recipe_(recipe) {}

  void run() {
    std::vector<std::size_t> order(recipe_.content.parts.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (recipe_.shuffled) {
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[context_.random.below(i)]);
    }
    if (recipe_.one_dialogue) {
      in_one_dialogue(order);
    } else if (recipe_.two_components && order.size() > 1) {
      in_one_message(order);
    } else {
      const std::uint64_t start = context_.now_ns;
      for (std::size_t i = 0; i < order.size(); ++i) {
        Dialogue dialogue = make_dialogue();
        if (recipe_.empty_begin) shake_hands(dialogue);
        const bool first = !recipe_.empty_begin;
        request(dialogue, first ? MessageType::begin : MessageType::continue_, {order[i]},
                i + 1 == order.size());
        answer(dialogue, MessageType::end, 1);
        context_.now_ns += between_parts_ns;
      }
      context_.now_ns = start;
    }
  }

 private:
  Dialogue make_dialogue() const {
    // Version 1 has one context for both directions.
    const bool to_centre = recipe_.mobile_originated || recipe_.version == 1;
    const map::Context relay = to_centre ? map::short_msg_mo_relay : map::short_msg_mt_relay;
    return {context_, recipe_.path, relay, recipe_.version};
  }

  std::string_view direction() const { return recipe_.mobile_originated ? "mo" : "mt"; }
  std::int32_t operation() const {
    if (recipe_.version == 3 && !recipe_.mobile_originated) return map::mt_forward_sm;
    return map::mo_forward_sm;
  }
  std::string_view operation_name() const {
    return recipe_.mobile_originated ? "mo-forwardSM" : "mt-forwardSM";
  }

  static void shake_hands(Dialogue& dialogue) {
    dialogue.send(MessageType::begin, true, {});
    dialogue.send(MessageType::continue_, false, {});
  }

  void in_one_dialogue(const std::vector<std::size_t>& order) {
    Dialogue dialogue = make_dialogue();
    for (std::size_t i = 0; i < order.size(); ++i) {
      const bool last = i + 1 == order.size();
      request(dialogue, i == 0 ? MessageType::begin : MessageType::continue_, {order[i]}, last, !last,
              static_cast<std::int32_t>(i + 1));
      answer(dialogue, last ? MessageType::end : MessageType::continue_, static_cast<std::int32_t>(i + 1));
    }
  }

  void in_one_message(const std::vector<std::size_t>& order) {
    Dialogue dialogue = make_dialogue();
    request(dialogue, MessageType::begin, order, true);
    Dialogue::Contents contents;
    for (std::size_t i = 0; i < order.size(); ++i) {
      Dialogue::Contents one = result(dialogue, static_cast<std::int32_t>(i + 1));
      contents.components.push_back(std::move(one.components[0]));
      if (!one.events.empty()) contents.events.push_back(std::move(one.events[0]));
    }
    dialogue.send(MessageType::end, false, std::move(contents));
  }

  Bytes tpdu(std::size_t part, bool more) {
    Tpdu made;
    made.address = recipe_.address;
    made.pid = recipe_.content.pid;
    made.dcs = recipe_.content.dcs;
    made.user_data = recipe_.content.parts[part];
    made.more_messages = more;
    made.status_report = recipe_.status_report;
    made.validity = recipe_.validity;
    made.reference = reference_ = static_cast<std::uint8_t>(context_.transactions);
    Bytes out;
    out.reserve(176);
    switch (recipe_.tpdu) {
      case TpduType::status_report: status_report(out, made, recipe_.status); break;
      case TpduType::command: command(out, made, recipe_.status); break;
      case TpduType::message:
        if (recipe_.mobile_originated) {
          submit(out, made);
        } else {
          deliver(out, made);
        }
        break;
    }
    return out;
  }

  /// The truth of the TPDU written last.
  Json tpdu_truth() const {
    switch (recipe_.tpdu) {
      case TpduType::status_report:
        return {{"type", "SMS-STATUS-REPORT"}, {"message_reference", reference_}, {"status", recipe_.status}};
      case TpduType::command:
        return {{"type", "SMS-COMMAND"}, {"message_reference", reference_}, {"command_type", recipe_.status}};
      case TpduType::message: break;
    }
    if (!recipe_.mobile_originated) return {{"type", "SMS-DELIVER"}};
    return {{"type", "SMS-SUBMIT"}, {"message_reference", reference_}};
  }

  tcap::Component invoke(std::size_t part, bool more, std::int32_t id) {
    const Bytes ui = tpdu(part, more);
    map::ForwardSm arg;
    const map::RpAddress centre{map::RpChoice::service_centre, {recipe_.service_centre}};
    if (recipe_.mobile_originated) {
      arg.da = centre;
      arg.oa = {map::RpChoice::msisdn, {recipe_.subscriber}};
      if (recipe_.version == 3) arg.imsi = recipe_.imsi;
    } else {
      arg.da = {recipe_.by_lmsi ? map::RpChoice::lmsi : map::RpChoice::imsi, {recipe_.imsi}};
      arg.oa = centre;
      arg.more_messages = more && recipe_.version > 1;
    }
    arg.ui = ui.span();
    tcap::Component component;
    component.invoke_id = id;
    component.code = operation();
    component.parameter = map::forward_sm_arg(arg, recipe_.path.lengths);
    return component;
  }

  Event message_event(const Dialogue& dialogue, std::size_t part, bool completes, std::int32_t id) {
    Event made = dialogue.event("message", operation_name(), "invoke", direction(), true, id);
    Json& e = made.fields;
    e["service_centre"] = {{"address", recipe_.service_centre}};
    e["tpdu"] = tpdu_truth();
    const bool has_imsi = recipe_.mobile_originated ? recipe_.version == 3 : !recipe_.by_lmsi;
    if (has_imsi) e["imsi"] = recipe_.imsi;
    if (recipe_.mobile_originated) {
      describe_address(e, "sender", recipe_.subscriber, 1, 1);
      describe_address(e, "recipient", recipe_.address.value, recipe_.address.ton, recipe_.address.npi);
    } else {  // of a STATUS-REPORT TP-RA: it comes from whom the message went to
      describe_address(e, "sender", recipe_.address.value, recipe_.address.ton, recipe_.address.npi);
    }
    if (recipe_.tpdu == TpduType::message) describe(e, recipe_.content, part, completes);
    if (recipe_.tpdu == TpduType::command) e["pid"] = recipe_.content.pid;
    made.id = requests_[static_cast<std::size_t>(id)] = context_.truth.next_id();
    return made;
  }

  void request(Dialogue& dialogue, MessageType type, const std::vector<std::size_t>& parts, bool completes,
               bool more = false, std::int32_t first_id = 1) {
    Dialogue::Contents contents;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::int32_t id = first_id + static_cast<std::int32_t>(i);
      contents.components.push_back(invoke(parts[i], more, id));
      if (recipe_.spoil != nullptr) continue;
      ++context_.messages;
      if (!dialogue.events_wanted()) continue;
      contents.events.push_back(message_event(dialogue, parts[i], completes && i + 1 == parts.size(), id));
    }
    if (recipe_.spoil != nullptr)
      dialogue.spoil_next(recipe_.spoil_layer, recipe_.spoil_reason, recipe_.spoil);
    dialogue.send(type, true, std::move(contents), recipe_.path.handling);
  }

  Event answer_event(const Dialogue& dialogue, std::string_view component, std::int32_t id) const {
    Event made = dialogue.event("response", operation_name(), component, direction(), false, id);
    made.answers = requests_[static_cast<std::size_t>(id)];
    return made;
  }

  Dialogue::Contents result(const Dialogue& dialogue, std::int32_t id) const {
    tcap::Component component;
    component.type = ComponentType::return_result_last;
    component.invoke_id = id;
    component.code = operation();
    component.has_operation = recipe_.answer == Answer::result_with_report;
    if (component.has_operation) {
      component.parameter = map::forward_sm_res(report(std::nullopt).span(), recipe_.path.lengths);
    }
    return dialogue.with(std::move(component), [&] {
      Event made = answer_event(dialogue, "result", id);
      if (recipe_.answer == Answer::result_with_report) made.fields["tpdu"] = {{"type", report_type()}};
      return made;
    });
  }

  std::string_view report_type() const {
    return recipe_.mobile_originated ? "SMS-SUBMIT-REPORT" : "SMS-DELIVER-REPORT";
  }

  Bytes report(std::optional<std::uint8_t> cause) const {
    Bytes out;
    if (recipe_.mobile_originated) {
      submit_report(out, cause);
    } else {
      deliver_report(out, cause);
    }
    return out;
  }

  Dialogue::Contents error(const Dialogue& dialogue, std::int32_t id) const {
    tcap::Component component;
    component.type = ComponentType::return_error;
    component.invoke_id = id;
    component.code = recipe_.error;
    constexpr std::uint8_t cause = 0xd0;  // (U)SIM SMS storage full
    const bool reports = recipe_.answer == Answer::error_with_report;
    const Bytes tp = reports ? report(cause) : Bytes{};
    component.parameter =
        map::error_parameter(recipe_.error, recipe_.version, tp.span(), recipe_.path.lengths);
    return dialogue.with(std::move(component), [&] {
      Event made = answer_event(dialogue, "error", id);
      made.fields["error"] = map::error_name(recipe_.error);
      if (reports) made.fields["tpdu"] = {{"type", report_type()}, {"failure_cause", cause}};
      return made;
    });
  }

  Dialogue::Contents reject(const Dialogue& dialogue, std::int32_t id) const {
    tcap::Component component;
    component.type = ComponentType::reject;
    component.invoke_id = id;
    component.code = 1;  // invoke problem: unrecognizedOperation
    return dialogue.with(std::move(component),
                         [&] { return refusal_event(dialogue, "unrecognizedOperation", id); });
  }

  Event refusal_event(const Dialogue& dialogue, std::string_view error, std::int32_t id) const {
    Event made = answer_event(dialogue, "reject", id);
    made.fields["error"] = error;
    return made;
  }

  /// An Abort answers what was asked last.
  void abort(Dialogue& dialogue, std::int32_t id, std::string_view cause,
             std::optional<std::uint8_t> p_abort) {
    Dialogue::Contents contents;
    contents.p_abort = p_abort;
    if (!p_abort && dialogue.has_dialogue_portion()) contents.apdu = tcap::Apdu::abrt;
    if (dialogue.events_wanted()) {
      contents.events.push_back(refusal_event(dialogue, cause, id));
    }
    dialogue.send(MessageType::abort, false, std::move(contents));
  }

  void answer(Dialogue& dialogue, MessageType type, std::int32_t id) {
    if (recipe_.path.returned || recipe_.spoil != nullptr) return;
    switch (recipe_.answer) {
      case Answer::result:
      case Answer::result_with_report: dialogue.send(type, false, result(dialogue, id)); return;
      case Answer::error:
      case Answer::error_with_report: dialogue.send(type, false, error(dialogue, id)); return;
      case Answer::reject: dialogue.send(type, false, reject(dialogue, id)); return;
      case Answer::user_abort: abort(dialogue, id, "userAbort", std::nullopt); return;
      case Answer::provider_abort: abort(dialogue, id, "resourceLimitation", std::uint8_t{4}); return;
      case Answer::none: return;
    }
  }

  Context& context_;
  const SmRecipe& recipe_;
  std::array<std::uint64_t, 32> requests_{};  ///< by invoke ID
  std::uint8_t reference_ = 0;                ///< TP-MR of the TPDU written last
};

}  // namespace

SmRecipe sm_recipe(Context& context, bool mobile_originated) {
  Random& random = context.random;
  SmRecipe made;
  made.mobile_originated = mobile_originated;
  const std::string foreign = global_title(random.between(10, 39));
  const std::string home = global_title(random.between(50, 69));
  made.path.initiator = party(mobile_originated ? home : foreign, ssn_msc);
  made.path.responder = party(mobile_originated ? foreign : home, ssn_msc);
  made.path.from_client = !mobile_originated;
  made.service_centre = foreign;
  made.imsi = imsi(random);
  made.subscriber = mobile_number(random);
  made.address = {mobile_number(random), ton_international, 1};
  return made;
}

void short_message(Context& context, const SmRecipe& recipe) { Delivery(context, recipe).run(); }

GatewayRecipe gateway_recipe(Context& context, std::int32_t operation) {
  Random& random = context.random;
  GatewayRecipe made;
  made.operation = operation;
  made.path.initiator = party(global_title(random.between(10, 39)), ssn_msc);
  made.path.responder = party(global_title(random.between(70, 79)), ssn_hlr);
  return made;
}

}  // namespace tollgate::traffic
