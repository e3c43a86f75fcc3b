#pragma once

#include <cstdint>
#include <string_view>

#include "message/message.hpp"

namespace tollgate {

/// By what it is told where a message came from.
enum class OriginKind : std::uint8_t { unknown, account, operator_name, service_centre, gt, system_id, link };
std::string_view to_string(OriginKind kind);

struct OriginName {
  OriginKind kind = OriginKind::unknown;
  std::string_view name;  ///< of the message; empty where nothing is known
};

/// Who sent it, as well as that is known: never a person.
OriginName name_of_origin(const Message& message);

}  // namespace tollgate
