#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::charge {

/// `tollgate-APPLIANCE`, with which the names of all CDR files of an appliance begin; `_` is in the place of
/// what a name cannot have.
std::string cdr_stem(std::string_view appliance);

/// That of a whole file: `tollgate-APPLIANCE-20261122T120000Z-000001.csv`.
std::string cdr_name(std::string_view appliance, std::uint64_t time_ns, std::uint64_t serial);

/// Whether a file's name is one that cdr_name gives, for some time.
bool is_cdr_name(std::string_view name, std::string_view appliance);

}  // namespace tollgate::charge
