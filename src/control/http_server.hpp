#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "control/api.hpp"
#include "control/descriptor.hpp"
#include "control/log.hpp"
#include "control/settings.hpp"
#include "control/tls.hpp"

namespace tollgate::control {

/// Answers requests with threads of its own: on the socket in the state folder, and over HTTPS where that is
/// set up. Each thread takes one connection, answers one request, closes it, and takes the next; who comes
/// meanwhile waits in the kernel, which has a bound. The socket has its own, so that no stranger who keeps
/// the others busy stands in the way of the operator.
class HttpServer {
 public:
  /// Throws std::system_error where it cannot listen, std::runtime_error where the certificate cannot be
  /// used.
  HttpServer(const std::string& state, const HttpsSettings& https, Api& api, const Log& log);
  ~HttpServer() { stop(); }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Ends what it is at, and takes no more.
  void stop();

 private:
  void serve(int listener, bool is_remote);
  void take(int listener, bool is_remote);

  Api& api_;
  std::string path_;
  Descriptor stop_;
  std::unique_ptr<Tls> tls_;
  Descriptor local_;
  Descriptor remote_;
  std::vector<std::thread> threads_;
};

}  // namespace tollgate::control
