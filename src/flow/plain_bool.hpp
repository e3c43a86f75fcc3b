#pragma once

#include <cstring>

namespace tollgate::flow {

/// Whether a bool stands in memory that another process left: to read any other octet as one is undefined.
inline bool is_bool(const bool& place) {
  unsigned char octet = 0;
  std::memcpy(&octet, &place, 1);
  return octet <= 1;
}

}  // namespace tollgate::flow
