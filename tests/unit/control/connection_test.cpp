#include "control/connection.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    peer_ = Descriptor(ends[0]);
    connection_ = std::make_unique<Connection>(Descriptor(ends[1]), nullptr, stop_.get());
    connection_->set_time(1min);
    connection_->set_allowance(100);
  }
  void send(const std::string& text) {
    ASSERT_EQ(::send(peer_.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  /// What is read up to so much; what else comes of it is in `result_`.
  std::string read(std::size_t most) {
    std::string text(most, '\0');
    result_ = connection_->read(text.data(), most);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(result_, 0)));
    return text;
  }

  Descriptor stop_{::eventfd(0, EFD_CLOEXEC)};
  Descriptor peer_;
  std::unique_ptr<Connection> connection_;
  ssize_t result_ = 0;
};

TEST_F(ConnectionTest, gives_what_came_in_any_pieces) {
  send("hello");
  EXPECT_EQ(read(2), "he");
  EXPECT_EQ(read(100), "llo");
  peer_ = Descriptor();
  EXPECT_EQ(read(1), "");
  EXPECT_EQ(result_, 0);
}

TEST_F(ConnectionTest, reads_no_more_than_is_allowed) {
  connection_->set_allowance(3);
  send("hello");
  EXPECT_EQ(read(100), "hel");
  EXPECT_FALSE(connection_->allowance_was_used_up());
  EXPECT_EQ(read(100), "");
  EXPECT_EQ(result_, -1);
  EXPECT_TRUE(connection_->allowance_was_used_up());
  connection_->set_allowance(1);
  EXPECT_EQ(read(100), "l") << "a body has an allowance of its own";
}

TEST_F(ConnectionTest, waits_for_nobody_behind_its_time) {
  connection_->set_time(0ms);
  read(1);
  EXPECT_EQ(result_, -1);
  connection_->set_time(1ms);
  read(1);
  EXPECT_EQ(result_, -1);
}

TEST_F(ConnectionTest, ends_with_the_server) {
  constexpr std::uint64_t one = 1;
  ASSERT_EQ(::write(stop_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
  read(1);
  EXPECT_EQ(result_, -1);
  const std::string more(8U << 20U, 'x');  // than a socket takes at once
  EXPECT_FALSE(connection_->write(more.data(), more.size()));
  EXPECT_FALSE(connection_->write(more.data(), more.size()));
}

TEST_F(ConnectionTest, an_answer_is_not_lost_to_octets_that_nobody_read) {
  send(std::string(20'000, 'x'));
  EXPECT_TRUE(connection_->write("answer", 6));
  std::thread closer([this] {
    connection_->close_gently();
    connection_.reset();
  });
  std::array<char, 10> text{};
  const int flags = ::fcntl(peer_.get(), F_GETFL);
  ::fcntl(peer_.get(), F_SETFL, flags & ~O_NONBLOCK);
  EXPECT_EQ(::recv(peer_.get(), text.data(), text.size(), 0), 6);
  EXPECT_EQ(::recv(peer_.get(), text.data(), text.size(), 0), 0) << "the end, not an error";
  peer_ = Descriptor();
  closer.join();
}

}  // namespace
}  // namespace tollgate::control
