#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "record/kept_messages.hpp"

namespace tollgate::cli {

/// What plugins said of a message when it came, in the order of `names`; NaN where they said nothing.
inline std::vector<double> values_of(const record::KeptMessage& kept, const std::vector<std::string>& names) {
  std::vector<double> values(names.size(), std::numeric_limits<double>::quiet_NaN());
  for (const record::KeptMessage::Signal& signal : kept.signals()) {
    const auto known = std::find(names.begin(), names.end(), signal.name);
    if (known != names.end()) values[static_cast<std::size_t>(known - names.begin())] = signal.value;
  }
  return values;
}

}  // namespace tollgate::cli
