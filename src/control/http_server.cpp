#include "control/http_server.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <system_error>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/http_exchange.hpp"
#include "control/http_threads.hpp"
#include "control/listen.hpp"

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;

constexpr auto request_time = 10s;  // for the handshake, the head and the body

std::string address_of(const sockaddr_storage& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text.data(), text.size());
  if (peer.ss_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, text.data(), text.size());
  return text.data();
}

unsigned user_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  constexpr unsigned nobody = 65534;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 ? credentials.uid : nobody;
}

bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace

HttpServer::HttpServer(const std::string& state, const HttpsSettings& https, Api& api, const Log& log)
    : api_(api), path_(control_path(state)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (!stop_.is_open()) throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
  if (!https.certificate.empty()) {
    tls_ = std::make_unique<Tls>(https, log);
    remote_ = listen_at(https.address, https.port);
    log.say(fmt::format("control: answers at https://{} port {}{}", https.address, https.port,
                        is_loopback(https.address) ? "" : ", to others than this machine, too"));
  }
  local_ = listen_at(path_);
  for (int i = 0; i < threads_a_way; ++i) threads_.emplace_back([this] { serve(local_.get(), false); });
  for (int i = 0; remote_.is_open() && i < threads_a_way; ++i)
    threads_.emplace_back([this] { serve(remote_.get(), true); });
}

void HttpServer::stop() {
  if (threads_.empty()) return;
  constexpr std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof one);  // stays readable for all
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  ::unlink(path_.c_str());
}

void HttpServer::serve(int listener, bool is_remote) {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);  // OpenSSL writes to who has gone
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  constexpr int lower = 10;
  if (is_remote)
    ::setpriority(PRIO_PROCESS, 0, lower);  // of this thread: handshakes are not to hold up others
  for (;;) {
    std::array<pollfd, 2> waiting{pollfd{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                                  {.fd = listener, .events = POLLIN, .revents = 0}};
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[0].revents != 0) return;
    if (waiting[1].revents != 0) take(listener, is_remote);
  }
}

void HttpServer::take(int listener, bool is_remote) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  Descriptor socket(
      ::accept4(listener, reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.is_open()) {
    // Another thread was first; or there are no descriptors left, and it would come back at once.
    if (errno != EAGAIN) std::this_thread::sleep_for(50ms);
    return;
  }
  Peer peer;
  if (is_remote) peer.address = address_of(from);
  else peer.user = user_of(socket.get());
  Ssl ssl = is_remote ? tls_->connection() : nullptr;
  if (is_remote && !ssl) return;
  Connection connection(std::move(socket), std::move(ssl), stop_.get());
  connection.set_time(request_time);
  if (!connection.shake_hands()) return;
  exchange(connection, peer, api_);
  connection.close_gently();
}

}  // namespace tollgate::control
