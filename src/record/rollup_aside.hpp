#pragma once

#include <cstdint>
#include <string>

namespace tollgate::record {

/// Gives a file of rollups that nobody has open another name, such as `reports-20261123T000000Z.db`, and the
/// files beside it, so that a new one can be made; gives that name. Throws std::system_error.
std::string put_rollups_aside(const std::string& path, std::uint64_t time_ns);

}  // namespace tollgate::record
