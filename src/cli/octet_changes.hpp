#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "decode/octets.hpp"

namespace tollgate::cli {

/// Octets that follow each other, all of them changed.
struct OctetChange {
  std::size_t offset = 0;
  std::vector<std::byte> old_octets;
  std::vector<std::byte> new_octets;
};

/// Where two sequences of the same length differ.
std::vector<OctetChange> changes_between(Octets before, Octets after);

/// A hex diff: eight octets a line, before and after beside each other.
std::string to_text(const std::vector<OctetChange>& changes);
nlohmann::ordered_json to_json(const std::vector<OctetChange>& changes);

}  // namespace tollgate::cli
