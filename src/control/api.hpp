#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/admission.hpp"
#include "control/fault.hpp"
#include "control/http_threads.hpp"
#include "control/routes.hpp"
#include "control/turns.hpp"

namespace tollgate::control {

/// What came over HTTP, up to its body.
struct ApiRequest {
  std::string method;
  std::string path;
  std::multimap<std::string, std::string> query;
  std::optional<std::string> authorization;
  std::optional<std::string> if_none_match;  ///< what the caller has already
  std::string address;                       ///< of a remote caller
  std::optional<std::string> local;          ///< who speaks over the Unix socket: may do everything
  std::uint64_t body_octets = 0;             ///< that are to come
  std::function<std::string()> read_body;    ///< throws Fault
};

struct ApiResponse {
  int status;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view media = json_media;  ///< of the body
};

/// The body of every answer that is no success.
std::string error_body(const std::string& found, const std::string& expected);
ApiResponse response_of(const Fault& fault);

/// Answers requests, whatever they come over. Safe to use from any thread.
class Api {
 public:
  Api(Means means, Admission& admission) : means_(means), admission_(admission) {}

  /// Who may not ask is told so before the body is read.
  ApiResponse answer(const ApiRequest& request);

 private:
  Caller caller(const ApiRequest& request, const Route& route);
  ApiResponse done(const ApiRequest& request);

  Means means_;
  Admission& admission_;
  Turns local_ledger_turns_{ledger_threads_a_way};
  Turns remote_ledger_turns_{ledger_threads_a_way};
  Turns local_report_turns_{report_threads_a_way};
  Turns remote_report_turns_{report_threads_a_way};
};

}  // namespace tollgate::control
