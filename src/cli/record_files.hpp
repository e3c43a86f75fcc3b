#pragma once

#include <vector>

#include "cli/config.hpp"
#include "control/retention.hpp"

namespace tollgate::cli {

/// The files that an appliance of that configuration puts aside, and for how long it keeps them.
std::vector<control::RecordFiles> record_files(const Configuration& config);

}  // namespace tollgate::cli
