#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "traffic/encode_net.hpp"
#include "traffic/mixes.hpp"

namespace tollgate::traffic {

/// What the caller asked for cannot be: exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Order {
  std::string capture;
  std::string truth;  ///< empty: none
  std::uint64_t count = 1000;
  std::uint64_t seed = 1;
  std::string mix = "sample";
  std::uint64_t rate = 2000;
  LinkType link = LinkType::ethernet;
  bool nanoseconds = false;
};

/// Writes the capture and the truth. Throws UsageError, or Failure where a file cannot be written.
void generate(const Order& order);

}  // namespace tollgate::traffic
