#include "decode/result.hpp"

#include <array>

namespace tollgate::decode {

std::string_view to_string(Layer layer) {
  static constexpr std::array<std::string_view, layer_count> names{
      "capture", "link", "mpls", "ip",   "sctp", "tcp", "m3ua", "m2pa", "m2ua",
      "mtp2",    "mtp3", "sua",  "sccp", "tcap", "map", "tpdu", "text", "smpp"};
  return names[static_cast<std::size_t>(layer)];
}

std::string_view to_string(Reason reason) {
  static constexpr std::array<std::string_view, reason_count> names{
      "truncated", "cut_by_capture",  "bad_length",   "bad_checksum",  "bad_version",
      "bad_value", "bad_pointer",     "bad_tag",      "missing_field", "too_deep",
      "too_many",  "trailing_octets", "unknown_type", "unsupported"};
  return names[static_cast<std::size_t>(reason)];
}

}  // namespace tollgate::decode
