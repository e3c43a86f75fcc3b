#pragma once

#include <cstdint>
#include <string_view>

#include "decode/octets.hpp"

namespace tollgate::decode::map {

/// Whose application context a dialogue has.
enum class Application : std::uint8_t { map, camel, inap, other };

/// An application context, TS 29.002 17.3.3: {0 4 0 0 1 0 number version}.
struct Context {
  Application application = Application::other;
  std::uint8_t number = 0;   ///< of MAP: 1 networkLocUp, 20 shortMsgGateway, 25 shortMsgMT-Relay ...
  std::uint8_t version = 0;  ///< of MAP: 1 to 4; 0 for other applications
  std::string_view name;     ///< of MAP: `shortMsgMT-Relay`; empty where no standard names it
};

/// `oid` is the contents of an OBJECT IDENTIFIER, as tcap::Dialogue::application_context_name.
Context application_context(Octets oid);

/// The standard's name of a local operation code (TS 29.002 17.5, and TS 24.080 above 108) as `version`
/// has it, where 0 stands for unknown; empty for codes that no version defines. Static storage.
std::string_view operation_name(std::int32_t code, std::uint8_t version);

/// The standard's name of a local error code, TS 29.002 17.5; empty for codes that it does not define.
std::string_view error_name(std::int32_t code);

}  // namespace tollgate::decode::map
