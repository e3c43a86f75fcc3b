#pragma once

#include <cstdint>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

// ANSI TCAP, T1.114.3: told from ITU-T TCAP by the private class of its tags. Recognised, so that a person
// sees whose transaction a message belongs to; its components are not read.
//
//     E1 Unidirectional   E2 QueryWithPermission   E3 QueryWithoutPermission   E4 Response   F6 Abort
//     E5 ConversationWithPermission   E6 ConversationWithoutPermission         [PRIVATE 1 to 6, 22]
//     |  C7 transaction identifiers: none, one, or originating and responding, 4 octets each
//     |  F9 dialogue portion   E8 component sequence   D7 P-Abort cause
namespace tollgate::decode::ansi_tcap {

enum class PackageType : std::uint8_t {
  unidirectional = 1,
  query_with_permission = 2,
  query_without_permission = 3,
  response = 4,
  conversation_with_permission = 5,
  conversation_without_permission = 6,
  abort = 22,
};
std::string_view to_string(PackageType type);

struct Message {
  PackageType type = PackageType::unidirectional;
  Octets originating_id;  ///< 4 octets, or empty where the package has none
  Octets responding_id;
};

/// Whether a message begins with a package type of ANSI TCAP.
bool is_package(Octets input);

/// Reads package type and transaction identifiers. Errors: Layer::tcap.
Result<Message> decode(Octets input, Trace* trace = nullptr);

}  // namespace tollgate::decode::ansi_tcap
