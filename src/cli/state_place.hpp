#pragma once

#include <string>

namespace tollgate::cli {

/// Whether what stands in a folder is in memory alone, and goes with the power.
bool is_in_memory(const std::string& folder);

}  // namespace tollgate::cli
