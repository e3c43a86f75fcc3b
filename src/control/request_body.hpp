#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::control {

/// What the body of a request that switches something says: `{"on": true}`, and nothing else. Throws Fault.
bool read_switch_body(std::string_view body);

/// To which version of the rules a body wants to go back: `{"to": 7}`; nothing where it is `{}`, which means
/// the one before. Throws Fault.
std::optional<std::uint64_t> read_rollback_body(std::string_view body);

/// What an object says that has just these keys, each with a text that can be shown. Throws Fault.
std::map<std::string, std::string, std::less<>> read_texts_body(std::string_view body,
                                                                std::initializer_list<std::string_view> keys);

}  // namespace tollgate::control
