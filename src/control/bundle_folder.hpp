#pragma once

#include <filesystem>

#include "control/bundle.hpp"

namespace tollgate::control {

/// Makes `folder`, which must not be there, of a bundle's files, for their owner only. It is there whole and
/// on the disk, or not at all: a process that is killed meanwhile leaves a folder beside it that is named
/// `.NAME.` and six letters. Throws std::system_error.
void unpack(const Bundle& bundle, const std::filesystem::path& folder);

}  // namespace tollgate::control
