#include "control/client.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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

TEST(Client, WhoseQuestionWasTakenAndDroppedIsNotToldOfALongSilence) {
  const TemporaryFolder folder;
  const Descriptor listener = listen_at(control_path(folder.path()));
  const std::jthread dropper = take_one(listener, [](int socket) {
    char octets[256];
    ::recv(socket, octets, sizeof octets, 0);
  });
  try {  // the listener goes on, as a new appliance would
    ask(folder.path(), "GET", "/v1/bypass", "", 600s);
    FAIL();
  } catch (const SilentError& error) {
    const std::string why = error.what();
    EXPECT_NE(why.find("ended before it answered"), why.npos) << why;
  }
}

/// Connections that fill the queue of who listens there and takes none.
std::vector<Descriptor> fill(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  std::vector<Descriptor> waiting;
  for (;;) {
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return waiting;
    waiting.push_back(std::move(socket));
  }
}

TEST(Client, AnApplianceThatTakesNoMoreQuestionsIsThere) {
  const TemporaryFolder folder;
  const Descriptor listener = listen_at(control_path(folder.path()));
  const std::vector<Descriptor> waiting = fill(control_path(folder.path()));
  ASSERT_FALSE(waiting.empty());
  const std::string why = silence(folder.path(), "PUT");
  EXPECT_NE(why.find("is too busy to take the question; nothing was done"), why.npos) << why;
  EXPECT_EQ(why.find("may be done"), why.npos) << why;
}

TEST(Client, SaysWhereNobodyIs) {
  const TemporaryFolder folder;
  try {
    ask(folder.path(), "PUT", "/v1/bypass", "{}");
    FAIL();
  } catch (const SilentError& error) {
    FAIL() << error.what();
  } catch (const NobodyError& error) {
    EXPECT_NE(std::string(error.what()).find("no appliance answers at"), std::string::npos) << error.what();
  }
}

TEST(Client, ASocketThatAKilledApplianceLeftIsNobodys) {
  const TemporaryFolder folder;
  { const Descriptor killed = listen_at(control_path(folder.path())); }
  EXPECT_THROW(ask(folder.path(), "GET", "/v1/status"), NobodyError);
}

/// Takes the right to use what is the user's alone: to root as another user, to others by the mode.
class WithoutRights {
 public:
  explicit WithoutRights(const std::string& socket) {
    constexpr uid_t nobody = 65534;
    EXPECT_EQ(was_ == 0 ? ::seteuid(nobody) : ::chmod(socket.c_str(), 0), 0);
  }
  ~WithoutRights() { EXPECT_EQ(::seteuid(was_), 0); }
  WithoutRights(const WithoutRights&) = delete;
  WithoutRights& operator=(const WithoutRights&) = delete;

 private:
  uid_t was_ = ::geteuid();
};

TEST(Client, WhoMayNotUseTheSocketIsToldSoAndNotThatNobodyIsThere) {
  const TemporaryFolder folder;
  const std::string path = control_path(folder.path());
  const Descriptor listener = listen_at(path);
  const passwd* const owner = ::getpwuid(::geteuid());
  ASSERT_NE(owner, nullptr);
  const std::string name = owner->pw_name;
  const WithoutRights others(path);
  try {
    ask(folder.path(), "POST", "/v1/lists", "{}");
    FAIL();
  } catch (const NobodyError& error) {
    FAIL() << error.what();
  } catch (const std::runtime_error& error) {
    const std::string why = error.what();
    EXPECT_NE(why.find("the control socket " + path + " may not be used"), why.npos) << why;
    EXPECT_NE(why.find("as the user " + name), why.npos) << why;
  }
}

}  // namespace
}  // namespace tollgate::control
