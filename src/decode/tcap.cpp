#include "decode/tcap.hpp"

#include <span>

#include "decode/ber.hpp"
#include "decode/map_names.hpp"
#include "decode/tcap_dialogue.hpp"

namespace tollgate::decode::tcap {

namespace {

std::string_view name_at(std::span<const std::string_view> names, std::size_t value) {
  return value < names.size() ? names[value] : std::string_view{};
}

constexpr ber::Tag otid_tag = ber::application(8);
constexpr ber::Tag dtid_tag = ber::application(9);
constexpr ber::Tag p_abort_cause_tag = ber::application(10);
constexpr ber::Tag dialogue_portion_tag = ber::application(11);
constexpr ber::Tag component_portion_tag = ber::application(12);

std::optional<MessageType> message_type(const ber::Tlv& tlv) {
  if (!tlv.constructed) return std::nullopt;
  switch (tlv.tag) {
    case ber::application(1): return MessageType::unidirectional;
    case ber::application(2): return MessageType::begin;
    case ber::application(4): return MessageType::end;
    case ber::application(5): return MessageType::continue_;
    case ber::application(7): return MessageType::abort;
    default: return std::nullopt;
  }
}

/// By which version of MAP a trace names codes; nothing where the dialogue is not known as MAP's.
using Names = std::optional<std::uint8_t>;

std::string_view name_of(std::int32_t code, bool error, Names names) {
  if (!names) return {};
  if (error) return map::error_name(code);
  constexpr std::uint8_t of_both_directions = 2;  // what code 46 is where nothing tells which it is
  return map::operation_name(code, *names == 0 ? of_both_directions : *names);
}

/// Codes of operations and errors, Q.773 4.2.2: local INTEGER or global OBJECT IDENTIFIER.
template <class C>
bool read_code(const C& cursor, const ber::Tlv& tlv, bool error, Names names, Code& code) {
  const std::string_view name = error ? "errorCode" : "operationCode";
  code.octets = tlv.contents;
  if (tlv.tag == ber::object_identifier && !tlv.contents.empty()) {
    code.form = Code::Form::global;
    cursor.show_oid(name, tlv);
    return true;
  }
  const auto value = ber::to_integer(tlv.contents);
  if (tlv.tag != ber::integer || !value) return false;
  code.form = Code::Form::local;
  code.local = *value;
  if constexpr (C::tracing) cursor.show_integer(name, tlv, *value, name_of(*value, error, names));
  return true;
}

/// What stands in a component, or its resultretres, after its last element.
template <class C>
void read_trailing(const C& cursor, Component& component) {
  if (cursor.empty()) return;
  component.trailing = true;
  if constexpr (C::tracing) cursor.trace()->octets("trailing octets", cursor.rest());
}

/// Operation or error code and parameter, which stand the same way in Invoke, ReturnResult and ReturnError.
template <class C>
std::optional<Error> read_code_and_parameter(C& cursor, ber::Tlv tlv, Names names, Component& component) {
  const bool error = component.type == ComponentType::return_error;
  if (!read_code(cursor, tlv, error, names, component.code))
    return cursor.error(Layer::tcap, Reason::bad_tag, tlv.whole);
  if (cursor.next(tlv)) {
    component.parameter = tlv.whole;
    if constexpr (C::tracing) cursor.trace()->octets("parameter", tlv.whole);
  }
  if (cursor.failed()) return cursor.error(Layer::tcap);
  read_trailing(cursor, component);
  return std::nullopt;
}

template <class C>
std::optional<Error> read_invoke(C& cursor, const ber::Tlv& whole, Names names, Component& component) {
  ber::Tlv tlv;
  if (cursor.next(tlv) && tlv.tag == ber::context(0)) {
    component.linked_id = ber::to_integer(tlv.contents);
    if (!component.linked_id) return cursor.error(Layer::tcap, Reason::bad_value, tlv.whole);
    cursor.show_integer("linkedID", tlv, *component.linked_id);
    tlv = {};
    cursor.next(tlv);
  }
  if (cursor.failed()) return cursor.error(Layer::tcap);
  if (tlv.whole.empty()) return cursor.error(Layer::tcap, Reason::missing_field, whole.whole);
  return read_code_and_parameter(cursor, tlv, names, component);
}

template <class C>
std::optional<Error> read_return_result(C& cursor, Names names, Component& component) {
  ber::Tlv tlv;
  if (!cursor.next(tlv)) {  // neither operation nor parameter: they are optional together
    if (cursor.failed()) return cursor.error(Layer::tcap);
    return std::nullopt;
  }
  if (tlv.tag != ber::sequence || !tlv.constructed)
    return cursor.error(Layer::tcap, Reason::bad_tag, tlv.whole);
  {
    const TraceScope scope(cursor.trace(), "resultretres", tlv.whole);
    C inner = cursor.inside(tlv);
    if (inner.next(tlv)) {
      if (auto error = read_code_and_parameter(inner, tlv, names, component)) return error;
    }
    if (inner.failed()) return inner.error(Layer::tcap);
  }
  read_trailing(cursor, component);
  return std::nullopt;
}

template <class C>
std::optional<Error> read_return_error(C& cursor, const ber::Tlv& whole, Names names, Component& component) {
  ber::Tlv tlv;
  if (!cursor.next(tlv)) {
    if (cursor.failed()) return cursor.error(Layer::tcap);
    return cursor.error(Layer::tcap, Reason::missing_field, whole.whole);
  }
  return read_code_and_parameter(cursor, tlv, names, component);
}

template <class C>
std::optional<Error> read_reject(C& cursor, const ber::Tlv& whole, Component& component) {
  static constexpr std::string_view names[] = {"generalProblem", "invokeProblem", "returnResultProblem",
                                               "returnErrorProblem"};
  ber::Tlv tlv;
  if (!cursor.next(tlv)) {
    if (cursor.failed()) return cursor.error(Layer::tcap);
    return cursor.error(Layer::tcap, Reason::missing_field, whole.whole);
  }
  if (tlv.tag < ber::context(0) || tlv.tag > ber::context(3))
    return cursor.error(Layer::tcap, Reason::bad_tag, tlv.whole);
  const auto code = ber::to_integer(tlv.contents);
  if (!code || *code < 0 || *code > 255) return cursor.error(Layer::tcap, Reason::bad_value, tlv.whole);
  const std::uint32_t type = ber::number_of(tlv.tag);
  component.problem = Problem{static_cast<ProblemType>(type), static_cast<std::uint8_t>(*code)};
  cursor.show_integer(names[type], tlv, *code, to_string(*component.problem));
  read_trailing(cursor, component);
  return std::nullopt;
}

std::optional<ComponentType> component_type(const ber::Tlv& tlv) {
  if (!tlv.constructed) return std::nullopt;
  switch (tlv.tag) {
    case ber::context(1): return ComponentType::invoke;
    case ber::context(2): return ComponentType::return_result_last;
    case ber::context(3): return ComponentType::return_error;
    case ber::context(4): return ComponentType::reject;
    case ber::context(7): return ComponentType::return_result_not_last;
    default: return std::nullopt;
  }
}

template <class C>
std::optional<Error> read_invoke_id(C& cursor, const ber::Tlv& whole, Component& component) {
  ber::Tlv tlv;
  if (!cursor.next(tlv)) {
    if (cursor.failed()) return cursor.error(Layer::tcap);
    return cursor.error(Layer::tcap, Reason::missing_field, whole.whole);
  }
  if (component.type == ComponentType::reject && tlv.tag == ber::null) {
    cursor.show("not-derivable", tlv);
    return std::nullopt;
  }
  component.invoke_id = ber::to_integer(tlv.contents);
  if (tlv.tag != ber::integer || !component.invoke_id)
    return cursor.error(Layer::tcap, Reason::bad_tag, tlv.whole);
  cursor.show_integer("invokeID", tlv, *component.invoke_id);
  return std::nullopt;
}

template <class C>
std::optional<Error> read_component(const C& portion, const ber::Tlv& whole, Names names,
                                    Component& component) {
  const auto type = component_type(whole);
  if (!type) {
    portion.show_unknown(whole);
    return portion.error(Layer::tcap, Reason::unknown_type, whole.whole);
  }
  component.type = *type;
  component.whole = whole.whole;
  const TraceScope scope(portion.trace(), to_string(*type), whole.whole);
  C cursor = portion.inside(whole);
  if (auto error = read_invoke_id(cursor, whole, component)) return error;
  switch (*type) {
    case ComponentType::invoke: return read_invoke(cursor, whole, names, component);
    case ComponentType::return_result_last:
    case ComponentType::return_result_not_last: return read_return_result(cursor, names, component);
    case ComponentType::return_error: return read_return_error(cursor, whole, names, component);
    case ComponentType::reject: return read_reject(cursor, whole, component);
  }
  return std::nullopt;
}

/// Tells a trace of the components. What is wrong with one ends neither the others nor the message.
template <class C>
void show_components(const C& cursor, const ber::Tlv& portion, Names names, Octets input) {
  Trace& trace = *cursor.trace();
  const TraceScope scope(&trace, "components", portion.whole);
  C rest = cursor.inside(portion);
  for (ber::Tlv whole; rest.next(whole);) {
    Component component;
    if (const auto error = read_component(rest, whole, names, component)) trace.refused(*error, input);
  }
  if (rest.failed()) trace.refused(rest.error(Layer::tcap), input);
}

/// One element of the transaction portion into `message`; what is wrong with it, if anything.
template <class C>
std::optional<Error> read_element(const C& cursor, const ber::Tlv& tlv, Names names, Message& message) {
  switch (tlv.tag) {
    case otid_tag:
    case dtid_tag: {
      const bool origin = tlv.tag == otid_tag;
      Octets& id = origin ? message.otid : message.dtid;
      if (!id.empty()) return cursor.error(Layer::tcap, Reason::bad_tag, tlv.whole);
      if (tlv.contents.empty() || tlv.contents.size() > 4)
        return cursor.error(Layer::tcap, Reason::bad_length, tlv.whole);
      id = tlv.contents;
      cursor.show(origin ? "otid" : "dtid", tlv);
      return std::nullopt;
    }
    case p_abort_cause_tag: {
      const auto cause = ber::to_integer(tlv.contents);
      if (!cause || *cause < 0 || *cause > 255)
        return cursor.error(Layer::tcap, Reason::bad_value, tlv.whole);
      message.p_abort_cause = static_cast<std::uint8_t>(*cause);
      cursor.show_integer("p-abortCause", tlv, *cause, p_abort_cause_name(*message.p_abort_cause));
      return std::nullopt;
    }
    case dialogue_portion_tag:
      message.dialogue_error = read_dialogue(cursor, tlv, message.type, message.dialogue);
      return std::nullopt;
    case component_portion_tag:
      if (!message.components.empty()) return cursor.error(Layer::tcap, Reason::bad_tag, tlv.whole);
      message.components = tlv.contents;
      if constexpr (C::tracing) show_components(cursor, tlv, names, message.input);
      return std::nullopt;
    default: return cursor.error(Layer::tcap, Reason::bad_tag, tlv.whole);
  }
}

bool lacks_transaction_id(const Message& m) {
  const bool needs_otid = m.type == MessageType::begin || m.type == MessageType::continue_;
  const bool needs_dtid = m.type != MessageType::begin && m.type != MessageType::unidirectional;
  return (needs_otid && m.otid.empty()) || (needs_dtid && m.dtid.empty());
}

template <class C>
std::optional<Error> read(C cursor, Octets input, Names names, Message& message) {
  ber::Tlv whole;
  if (!cursor.next(whole)) {
    if (input.empty()) return Error{Layer::tcap, Reason::truncated, 0};
    return cursor.error(Layer::tcap);
  }
  const auto type = message_type(whole);
  if (!type) return Error{Layer::tcap, Reason::unknown_type, 0};

  message.type = *type;
  message.input = input;
  const TraceScope scope(cursor.trace(), to_string(*type), whole.whole);
  C elements = cursor.inside(whole);
  for (ber::Tlv tlv; elements.next(tlv);) {
    if (const auto error = read_element(elements, tlv, names, message)) return error;
  }
  if (elements.failed()) return elements.error(Layer::tcap);
  if (lacks_transaction_id(message)) return Error{Layer::tcap, Reason::missing_field, 0};
  message.trailing = cursor.rest();
  return std::nullopt;
}

/// Fills `next`: the caller's own, so that a component is never copied.
void read_next(ber::Cursor cursor, Octets& rest, std::optional<Result<Component>>& next) {
  ber::Tlv whole;
  const bool found = cursor.next(whole);
  rest = cursor.failed() ? Octets{} : cursor.rest();
  if (cursor.failed()) {
    next = cursor.error(Layer::tcap);
  } else if (found) {
    next.emplace(std::in_place);
    if (const auto error = read_component(cursor, whole, {}, next->value())) next = *error;
  }
}

}  // namespace

Result<Message> decode(Octets input, Trace* trace, std::optional<std::uint8_t> map_version) {
  Result<Message> result{std::in_place};
  const auto error =
      ber::with_cursor(input, trace, [&](auto cursor) { return read(cursor, input, map_version, *result); });
  if (error) result = *error;
  return result;
}

std::optional<Result<Component>> Components::next() {
  std::optional<Result<Component>> next;
  if (rest_.empty()) return next;
  read_next(ber::Cursor{rest_, input_, nullptr}, rest_, next);
  return next;
}

std::string_view to_string(MessageType type) {
  switch (type) {
    case MessageType::unidirectional: return "Unidirectional";
    case MessageType::begin: return "Begin";
    case MessageType::end: return "End";
    case MessageType::continue_: return "Continue";
    case MessageType::abort: return "Abort";
  }
  return {};
}

std::string_view to_string(ComponentType type) {
  switch (type) {
    case ComponentType::invoke: return "Invoke";
    case ComponentType::return_result_last: return "ReturnResultLast";
    case ComponentType::return_error: return "ReturnError";
    case ComponentType::reject: return "Reject";
    case ComponentType::return_result_not_last: return "ReturnResultNotLast";
  }
  return {};
}

std::string_view p_abort_cause_name(std::uint8_t cause) {
  static constexpr std::string_view names[] = {"unrecognizedMessageType", "unrecognizedTransactionID",
                                               "badlyFormattedTransactionPortion",
                                               "incorrectTransactionPortion", "resourceLimitation"};
  return name_at(names, cause);
}

std::string_view to_string(Problem problem) {
  static constexpr std::string_view general[] = {"unrecognizedComponent", "mistypedComponent",
                                                 "badlyStructuredComponent"};
  static constexpr std::string_view invoke[] = {
      "duplicateInvokeID", "unrecognizedOperation", "mistypedParameter",        "resourceLimitation",
      "initiatingRelease", "unrecognizedLinkedID",  "linkedResponseUnexpected", "unexpectedLinkedOperation"};
  static constexpr std::string_view result[] = {"unrecognizedInvokeID", "returnResultUnexpected",
                                                "mistypedParameter"};
  static constexpr std::string_view error[] = {"unrecognizedInvokeID", "returnErrorUnexpected",
                                               "unrecognizedError", "unexpectedError", "mistypedParameter"};
  switch (problem.type) {
    case ProblemType::general: return name_at(general, problem.code);
    case ProblemType::invoke: return name_at(invoke, problem.code);
    case ProblemType::return_result: return name_at(result, problem.code);
    case ProblemType::return_error: return name_at(error, problem.code);
  }
  return {};
}

}  // namespace tollgate::decode::tcap
