#pragma once

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "decode/octets.hpp"
#include "support/checking_trace.hpp"

namespace tollgate::test {

/// Decodes `whole` cut at every length and with every octet changed to every value: with a trace, whose
/// spans must lie inside the input, and without, with the same outcome. `decode` takes Octets and Trace*.
template <class Decode>
void mangle(const std::vector<std::byte>& whole, Decode&& decode) {
  const auto both = [&](const std::vector<std::byte>& input) {
    CheckingTrace trace{input};
    EXPECT_EQ(decode(Octets{input}, &trace).ok(), decode(Octets{input}, nullptr).ok());
  };
  // A vector of just the right size lets AddressSanitizer see a read behind its end.
  for (auto end = whole.begin(); end != whole.end(); ++end) both({whole.begin(), end});
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto changed = whole;
    for (unsigned value = 0; value < 256; ++value) {
      changed[at] = static_cast<std::byte>(value);
      both(changed);
    }
  }
}

}  // namespace tollgate::test
