#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/shared.hpp"

namespace tollgate::test {

/// The lines of a file of vectors in ../shared; none where the file is absent.
inline std::vector<nlohmann::json> vectors(const std::string& name) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(shared("vectors/" + name));
  for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

}  // namespace tollgate::test
