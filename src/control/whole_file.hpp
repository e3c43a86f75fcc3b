#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace tollgate::control {

/// What stands in a file of at most `most` octets; of a longer one, its first `most` + 1. Throws
/// std::system_error.
std::string read_whole_file(const std::string& path, std::size_t most);

/// Makes a file that is not there yet, and has it on the disk. Where that fails there is none. Throws
/// std::system_error, also where something of that name is there, a link too.
void write_new_file(const std::string& path, std::string_view octets, mode_t mode);

}  // namespace tollgate::control
