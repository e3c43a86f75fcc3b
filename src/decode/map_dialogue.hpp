#pragma once

#include <cstdint>
#include <optional>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode::map {

enum class DialogueInfoType : std::uint8_t { open, accept, close, refuse, user_abort, provider_abort, none };

/// MAP-DialoguePDU, TS 29.002 17.4: what MAP puts into the user-information of a TCAP dialogue.
struct DialogueInfo {
  DialogueInfoType type = DialogueInfoType::none;
  Octets destination_reference;        ///< AddressString, of map-open; empty where absent
  Octets origination_reference;        ///< AddressString, of map-open; empty where absent
  std::optional<std::uint8_t> reason;  ///< of refuse and provider abort; of a user abort its choice's tag
};

/// `user_information` is tcap::Dialogue::user_information. Errors: Layer::map. User information of another
/// abstract syntax gives type none.
Result<DialogueInfo> decode_dialogue(Octets user_information, Trace* trace = nullptr);

}  // namespace tollgate::decode::map
