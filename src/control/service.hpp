#pragma once

#include <memory>
#include <string>

#include "control/admission.hpp"
#include "control/api.hpp"
#include "control/errands.hpp"
#include "control/http_server.hpp"
#include "control/log.hpp"
#include "control/routes.hpp"
#include "control/settings.hpp"
#include "control/token_book.hpp"

namespace tollgate::control {

/// Where an appliance answers whoever operates it, by `means`. Made and used on the appliance's thread.
class Service {
 public:
  /// The state folder must be this process's alone (StateFolder). Throws std::runtime_error where it cannot
  /// listen.
  Service(const std::string& state, const Settings& settings, const Means& means, const Log& log);

  /// Answers nobody any more, once the change that is on its way has come to its end.
  void stop();

  /// How many came with a wrong token.
  std::uint64_t log_in_failures() const { return admission_.failures(); }

 private:
  Errands& errands_;
  Changes& changes_;
  std::unique_ptr<TokenBook> tokens_;
  Admission admission_;
  Api api_;
  HttpServer server_;
};

}  // namespace tollgate::control
