#include "control/client.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "control/descriptor.hpp"
#include "control/listen.hpp"
#include "temporary_folder.hpp"

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;
using test::TemporaryFolder;

/// Takes one connection on the control socket of `state`, and does with it what `then` says.
std::jthread take_one(const Descriptor& listener, std::function<void(int)> then) {
  return std::jthread([&listener, then = std::move(then)] {
    pollfd waiting{.fd = listener.get(), .events = POLLIN, .revents = 0};
    ::poll(&waiting, 1, 30'000);
    const Descriptor taken(::accept(listener.get(), nullptr, nullptr));
    then(taken.get());
  });
}

void wait_for_its_end(int socket) {
  char octets[256];
  while (::recv(socket, octets, sizeof octets, 0) > 0) {
  }
}

std::string silence(const std::string& state, const std::string& method) {
  try {
    ask(state, method, "/v1/bypass", method == "GET" ? "" : "{}", 1s);
  } catch (const SilentError& error) {
    return error.what();
  }
  return "";
}

TEST(Client, TellsWhoSaysNothingFromNobody) {
  const TemporaryFolder folder;
  const Descriptor listener = listen_at(control_path(folder.path()));
  const std::jthread silent = take_one(listener, wait_for_its_end);
  const std::string why = silence(folder.path(), "PUT");
  EXPECT_NE(why.find("has not answered in 1 s"), why.npos) << why;
  EXPECT_NE(why.find("may be done all the same; `tollgate audit show` tells"), why.npos) << why;
}

TEST(Client, WhoAsksForNothingToBeDoneIsNotToldThatItMayBe) {
  const TemporaryFolder folder;
  const Descriptor listener = listen_at(control_path(folder.path()));
  const std::jthread silent = take_one(listener, wait_for_its_end);
  const std::string why = silence(folder.path(), "GET");
  EXPECT_NE(why.find("has not answered in 1 s"), why.npos) << why;
  EXPECT_EQ(why.find("may be done"), why.npos) << why;
}

TEST(Client, SaysWhereNobodyIs) {
  const TemporaryFolder folder;
  try {
    ask(folder.path(), "PUT", "/v1/bypass", "{}");
    FAIL();
  } catch (const SilentError& error) {
    FAIL() << error.what();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no appliance answers at"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tollgate::control
