#include "message/message.hpp"

#include <type_traits>

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Message, can_be_copied_bit_by_bit) { EXPECT_TRUE(std::is_trivially_copyable_v<Message>); }

TEST(Message, names_are_those_of_the_event) {
  EXPECT_EQ(to_string(Kind::signalling), "signalling");
  EXPECT_EQ(to_string(Protocol::smpp), "smpp");
  EXPECT_EQ(to_string(Component::reject), "reject");
  EXPECT_EQ(to_string(Direction::mt), "mt");
  EXPECT_EQ(to_string(NumberType::abbreviated), "abbreviated");
  EXPECT_EQ(to_string(Coding::reserved), "reserved");
}

}  // namespace
}  // namespace tollgate
