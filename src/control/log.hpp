#pragma once

#include <functional>
#include <string>

namespace tollgate::control {

/// What an operator is told. Any thread.
struct Log {
  std::function<void(const std::string&)> say;
  std::function<void(const std::string&)> warn;  ///< somebody should look
};

}  // namespace tollgate::control
