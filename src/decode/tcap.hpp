#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

// Transaction Capabilities, ITU-T Q.773 (1988 and later). All lengths may be of the indefinite form.
//
//     62 Begin  64 End  65 Continue  67 Abort  61 Unidirectional     [APPLICATION 1, 2, 4, 5, 7]
//     |  48 otid   49 dtid   4A P-AbortCause                         [APPLICATION 8, 9, 10], clause 4.2.1
//     |  6B dialogue portion                                         [APPLICATION 11], clause 4.2.3
//     |  |  28 EXTERNAL: 06 abstract syntax, A0 single-ASN1-type
//     |  |     60 AARQ or AUDT   61 AARE   64 ABRT
//     |  6C component portion                                        [APPLICATION 12], clause 4.2.2
//     |  |  A1 Invoke            02 invokeID  80 linkedID  02|06 operation code  parameter
//     |  |  A2 ReturnResultLast  02 invokeID  30 { 02|06 operation code  parameter }
//     |  |  A7 ReturnResultNotLast, the same
//     |  |  A3 ReturnError       02 invokeID  02|06 error code  parameter
//     |  |  A4 Reject            02|05 invokeID  80..83 problem
namespace tollgate::decode::tcap {

enum class MessageType : std::uint8_t { unidirectional = 1, begin = 2, end = 4, continue_ = 5, abort = 7 };

/// Which dialogue PDU a dialogue portion carries, Q.773 4.2.3.
enum class DialoguePdu : std::uint8_t { none, request, response, abort, unidirectional };

enum class DiagnosticSource : std::uint8_t { none, dialogue_service_user = 1, dialogue_service_provider = 2 };

struct Dialogue {
  DialoguePdu pdu = DialoguePdu::none;
  DiagnosticSource diagnostic_source = DiagnosticSource::none;  ///< of an AARE
  std::optional<std::uint8_t> diagnostic;                       ///< result-source-diagnostic, of an AARE
  std::optional<std::uint8_t> result;        ///< of an AARE: 0 accepted, 1 reject-permanent
  std::optional<std::uint8_t> abort_source;  ///< of an ABRT: 0 dialogue-service-user, 1 provider
  Octets application_context_name;           ///< contents of the OBJECT IDENTIFIER; empty where absent
  Octets user_information;                   ///< the EXTERNALs, one after the other; empty where absent
};

struct Message {
  MessageType type = MessageType::unidirectional;
  std::optional<std::uint8_t> p_abort_cause;  ///< of an Abort by the transaction sub-layer
  Octets input;                               ///< what was decoded: offsets count from its start
  Octets otid;                                ///< 1 to 4 octets, or empty where the type has none
  Octets dtid;
  Dialogue dialogue;
  /// A dialogue portion that cannot be read. The receiver may be less strict, so the components are given.
  std::optional<Error> dialogue_error;
  Octets components;  ///< contents of the component portion, for `Components`; empty where absent
  Octets trailing;    ///< what follows the message: no standard puts anything there
};

/// Reads transaction and dialogue portion. Errors: Layer::tcap. ANSI TCAP is no TCAP here: see ansi_tcap.hpp.
/// A trace is told of the components as well, and of their codes by the names of MAP in `map_version` (0: not
/// known which), where there is one.
Result<Message> decode(Octets input, Trace* trace = nullptr,
                       std::optional<std::uint8_t> map_version = std::nullopt);

enum class ComponentType : std::uint8_t {
  invoke = 1,
  return_result_last = 2,
  return_error = 3,
  reject = 4,
  return_result_not_last = 7,
};

/// An operation or error code.
struct Code {
  enum class Form : std::uint8_t { absent, local, global };
  Form form = Form::absent;
  std::int32_t local = 0;
  Octets octets;  ///< contents of the INTEGER or OBJECT IDENTIFIER

  /// Whether this is the local code `value`.
  bool is(std::int32_t value) const { return form == Form::local && local == value; }
};

enum class ProblemType : std::uint8_t { general, invoke, return_result, return_error };

struct Problem {
  ProblemType type = ProblemType::general;
  std::uint8_t code = 0;
};

struct Component {
  ComponentType type = ComponentType::invoke;
  std::optional<std::int32_t> invoke_id;  ///< absent only in a Reject: not derivable
  std::optional<std::int32_t> linked_id;
  Code code;                       ///< operation; of a ReturnError the error; absent in a Reject
  std::optional<Problem> problem;  ///< of a Reject
  Octets parameter;                ///< the element as it stands, tag and length included; empty where absent
  Octets whole;                    ///< the component as it stands
  bool trailing = false;           ///< in it stand octets after its last element: to be counted
};

/// Gives every component of a message, in order:
///
///     for (tcap::Components components{message}; auto component = components.next();)
///       if (*component) use(**component); else count(component->error());
class Components {
 public:
  explicit Components(const Message& message) : rest_(message.components), input_(message.input) {}

  /// The next component, or why it cannot be read; nothing after the last. After an unsound component the
  /// next one is given, unless the fault is in the length that says where it would begin.
  std::optional<Result<Component>> next();

 private:
  Octets rest_;
  Octets input_;
};

std::string_view to_string(MessageType type);
std::string_view to_string(ComponentType type);
/// Names of Q.773; empty for values that it does not define.
std::string_view p_abort_cause_name(std::uint8_t cause);
std::string_view to_string(Problem problem);

}  // namespace tollgate::decode::tcap
