#include "message/identity.hpp"

#include <set>
#include <utility>

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Identity, is_the_same_each_time_and_differs_with_every_part) {
  const auto octets = as_octets("a message");
  const auto id = [](MessageId m) { return std::pair{m.high, m.low}; };
  const auto first = id(identify(1, 2, 3, octets));
  EXPECT_EQ(id(identify(1, 2, 3, octets)), first);
  const std::set all{first, id(identify(9, 2, 3, octets)), id(identify(1, 9, 3, octets)),
                     id(identify(1, 2, 9, octets)), id(identify(1, 2, 3, as_octets("b message")))};
  EXPECT_EQ(all.size(), 5U);
}

}  // namespace
}  // namespace tollgate
