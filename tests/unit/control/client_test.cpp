#include "control/client.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <mutex>
#include <stop_token>
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

/// An appliance that gives these answers, one to each connection, and keeps what it was asked.
class Answering {
 public:
  Answering(const std::string& state, std::vector<std::string> answers)
      : listener_(listen_at(control_path(state))),
        thread_([this, all = std::move(answers)](const auto& stop) {
          for (const std::string& answer : all) give(answer, stop);
        }) {}

  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void give(const std::string& answer, const std::stop_token& stop) {
    pollfd waiting{.fd = listener_.get(), .events = POLLIN, .revents = 0};
    while (!stop.stop_requested() && ::poll(&waiting, 1, 20) <= 0) {
    }
    if (stop.stop_requested()) return;
    const Descriptor taken(::accept(listener_.get(), nullptr, nullptr));
    std::string request;
    char octets[1024];
    while (!is_whole(request)) {
      const ssize_t count = ::recv(taken.get(), octets, sizeof octets, 0);
      if (count <= 0) return;
      request.append(octets, static_cast<std::size_t>(count));
    }
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(request);
    }
    ::send(taken.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  }

  /// The bodies here are an object, or there is none.
  static bool is_whole(const std::string& request) {
    return request.find("\r\n\r\n") != request.npos &&
           (!request.starts_with("POST") || request.ends_with("}"));
  }

  Descriptor listener_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::jthread thread_;
};

std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

const std::string others_first = R"({"error": {"what": "2 others are here", "expected": "fewer"}})";

std::string turned_away(const std::string& seconds) {
  return answer("503 Service Unavailable", "Retry-After: " + seconds + "\r\n", others_first);
}

TEST(Client, WhoIsToldWhenToAskAgainDoesSo) {
  const TemporaryFolder folder;
  const Answering appliance(folder.path(), {turned_away("1"), answer("200 OK", "", R"({"done": 7})")});
  EXPECT_EQ(ask(folder.path(), "POST", "/v1/accounts/credit", R"({"amount": "1"})").at("done"), 7);
  const auto asked = appliance.asked();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0], asked[1]);
}

TEST(Client, WhoAsksForATextAsksAgainAsWell) {
  const TemporaryFolder folder;
  const Answering appliance(folder.path(), {turned_away("1"), answer("200 OK", "", "as asked")});
  EXPECT_EQ(ask_for_text(folder.path(), "GET", "/v1/marks/tests"), "as asked");
}

/// What is said to who is refused; empty where it is not.
std::string refusal(const std::string& state, std::chrono::seconds patience) {
  try {
    ask(state, "GET", "/v1/report", "", patience);
  } catch (const RefusedError& error) {
    EXPECT_EQ(error.status, 503);
    return error.what();
  }
  return "";
}

TEST(Client, WhoIsTurnedAwayAgainAndAgainIsToldThatTheApplianceIsBusy) {
  const TemporaryFolder folder;
  const std::vector<std::string> always(100, turned_away("1"));
  const Answering appliance(folder.path(), always);
  EXPECT_EQ(refusal(folder.path(), 3s), "the appliance is busy: 2 others are here; ask again later");
  EXPECT_LT(appliance.asked().size(), always.size());
}

TEST(Client, NobodyWaitsLongerThanItsPatience) {
  const TemporaryFolder folder;
  const Answering appliance(folder.path(), {turned_away("4000000000"), answer("200 OK", "", "{}")});
  EXPECT_NE(refusal(folder.path(), 600s).find("the appliance is busy"), std::string::npos);
  EXPECT_EQ(appliance.asked().size(), 1U);
}

TEST(Client, WhatIsNotDoneForAnotherReasonIsAskedForOnce) {
  for (const std::string headers : {"", "Retry-After: Mon, 02 Nov 2026 08:00:00 GMT\r\n"}) {
    const TemporaryFolder folder;
    const Answering appliance(folder.path(), {answer("503 Service Unavailable", headers, others_first),
                                              answer("200 OK", "", "{}")});
    EXPECT_EQ(refusal(folder.path(), 600s), "2 others are here; expected fewer");
    EXPECT_EQ(appliance.asked().size(), 1U);
  }
}

}  // namespace
}  // namespace tollgate::control
