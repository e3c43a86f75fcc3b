#include "message/message.hpp"

#include <array>
#include <cstddef>

namespace tollgate {
namespace {

template <std::size_t n, class Enum>
std::string_view name(const std::array<std::string_view, n>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < n ? names[index] : std::string_view{"?"};
}

}  // namespace

std::string_view to_string(Kind kind) {
  static constexpr std::array<std::string_view, 3> names{"message", "response", "signalling"};
  return name(names, kind);
}

std::string_view to_string(Protocol protocol) {
  static constexpr std::array<std::string_view, 2> names{"map", "smpp"};
  return name(names, protocol);
}

std::string_view to_string(Component component) {
  static constexpr std::array<std::string_view, 4> names{"invoke", "result", "error", "reject"};
  return name(names, component);
}

std::string_view to_string(Direction direction) {
  static constexpr std::array<std::string_view, 3> names{"", "mo", "mt"};
  return name(names, direction);
}

std::string_view to_string(NumberType type) {
  static constexpr std::array<std::string_view, 8> names{"unknown",     "international", "national",
                                                         "network",     "subscriber",    "alphanumeric",
                                                         "abbreviated", "reserved"};
  return name(names, type);
}

std::string_view to_string(Coding coding) {
  static constexpr std::array<std::string_view, 15> names{
      "none",   "gsm7",           "ucs2",         "binary",     "ascii",
      "latin1", "latin-cyrillic", "latin-hebrew", "jis",        "iso-2022-jp",
      "euc-jp", "ks-c-5601",      "pictogram",    "compressed", "reserved"};
  return name(names, coding);
}

std::string_view to_string(RuleState state) {
  static constexpr std::array<std::string_view, 3> names{"draft", "shadow", "enforce"};
  return name(names, state);
}

std::string_view to_string(Verdict verdict) {
  static constexpr std::array<std::string_view, 5> names{"pass", "block", "charge", "throttle", "divert"};
  return name(names, verdict);
}

}  // namespace tollgate
