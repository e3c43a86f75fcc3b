#pragma once

#include <cstdlib>
#include <filesystem>

namespace tollgate::test {

/// A file of real inputs kept beside the source tree, in the folder that the environment variable
/// TOLLGATE_SHARED names, by default ../shared. It may be absent: the test is then skipped.
inline std::filesystem::path shared(const std::filesystem::path& name) {
  const char* folder = std::getenv("TOLLGATE_SHARED");
  return std::filesystem::path(folder != nullptr ? folder : TOLLGATE_SOURCE_ROOT "/../shared") / name;
}

}  // namespace tollgate::test
