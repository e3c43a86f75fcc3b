#pragma once

#include <cstdint>
#include <string_view>

// What the coded fields of a TPDU mean, in the words of TS 23.040: for traces. All in static storage; empty
// where the standard gives no meaning.

namespace tollgate::decode {

std::string_view type_of_number_name(std::uint64_t type);      ///< 9.1.2.5
std::string_view numbering_plan_name(std::uint64_t plan);      ///< 9.1.2.5
std::string_view protocol_identifier_name(std::uint64_t pid);  ///< 9.2.3.9
std::string_view status_name(std::uint64_t status);            ///< 9.2.3.15
std::string_view command_type_name(std::uint64_t type);        ///< 9.2.3.19
std::string_view failure_cause_name(std::uint64_t cause);      ///< 9.2.3.22

}  // namespace tollgate::decode
