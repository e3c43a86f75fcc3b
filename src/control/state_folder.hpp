#pragma once

#include <string>

namespace tollgate::control {

/// The folder of what an appliance leaves for the process that comes after it. Held by one process at a time.
class StateFolder {
 public:
  /// Makes the folder where it is absent. A process that is about to end is given a few seconds. Throws
  /// std::runtime_error where another holds it.
  explicit StateFolder(const std::string& path);
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

 private:
  int lock_;
};

}  // namespace tollgate::control
