#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "traffic/bytes.hpp"
#include "traffic/encode_ber.hpp"

namespace tollgate::traffic::tcap {

// Q.773 table 3
enum class MessageType : std::uint8_t {
  unidirectional = 0x61,
  begin = 0x62,
  end = 0x64,
  continue_ = 0x65,
  abort = 0x67,
};

// Q.773 table 15
enum class ComponentType : std::uint8_t {
  invoke = 0xa1,
  return_result_last = 0xa2,
  return_error = 0xa3,
  reject = 0xa4,
  return_result_not_last = 0xa7,
};

// Q.773 table 24: which problem code a Reject carries
enum class ProblemType : std::uint8_t {
  general = 0x80,
  invoke = 0x81,
  return_result = 0x82,
  return_error = 0x83
};

struct Component {
  ComponentType type = ComponentType::invoke;
  std::int32_t invoke_id = 1;
  std::optional<std::int32_t> linked_id;
  std::int32_t code = 0;      ///< operation, error or problem
  Bytes global_code;          ///< in its place the contents of an OBJECT IDENTIFIER; empty for none
  bool has_operation = true;  ///< a result without parameter carries no operation code
  Bytes parameter;            ///< the encoded parameter element, empty for none
  ProblemType problem = ProblemType::invoke;
};

enum class Apdu { none, aarq, aare, aare_refused, abrt, audt };

struct Message {
  MessageType type = MessageType::begin;
  Bytes otid;
  Bytes dtid;
  Apdu apdu = Apdu::none;
  Bytes context;  ///< contents of the application-context-name's object identifier
  std::optional<std::uint8_t> p_abort;
  std::vector<Component> components;
};

void message(Bytes& out, const Message& message, LengthForm form);

}  // namespace tollgate::traffic::tcap
