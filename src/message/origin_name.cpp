#include "message/origin_name.hpp"

#include <array>

namespace tollgate {

std::string_view to_string(OriginKind kind) {
  static constexpr std::array<std::string_view, 7> names{"unknown", "account",   "operator", "service_centre",
                                                         "gt",      "system_id", "link"};
  return static_cast<std::size_t>(kind) < names.size() ? names[static_cast<std::size_t>(kind)] : names[0];
}

OriginName name_of_origin(const Message& message) {
  const Endpoint& origin = message.origin;
  const std::array<OriginName, 7> known{{
      {OriginKind::account, origin.account},
      {OriginKind::operator_name, message.service_centre_operator},
      {OriginKind::operator_name, origin.operator_name},
      {OriginKind::service_centre, message.service_centre},
      {OriginKind::gt, origin.gt},
      {OriginKind::system_id, message.smpp.system_id},
      {OriginKind::link, message.link},
  }};
  for (const OriginName& one : known) {
    if (!one.name.empty()) return one;
  }
  return {};
}

}  // namespace tollgate
