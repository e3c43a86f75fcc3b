#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace tollgate::control {

/// A request that is not done: the status of HTTP, what was found, and what was expected.
class Fault : public std::exception {
 public:
  Fault(int status, std::string found, std::string expected)
      : status_(status), found_(std::move(found)), expected_(std::move(expected)) {}

  const char* what() const noexcept override { return found_.c_str(); }
  int status() const { return status_; }
  const std::string& found() const { return found_; }
  const std::string& expected() const { return expected_; }

  unsigned retry_after_seconds = 0;  ///< of 429
  std::string allow;                 ///< of 405

 private:
  int status_;
  std::string found_;
  std::string expected_;
};

namespace http {
inline constexpr int ok = 200;
inline constexpr int accepted = 202;
inline constexpr int not_modified = 304;
inline constexpr int bad_request = 400;
inline constexpr int unauthorized = 401;
inline constexpr int forbidden = 403;
inline constexpr int not_found = 404;
inline constexpr int method_not_allowed = 405;
inline constexpr int conflict = 409;
inline constexpr int too_large = 413;
inline constexpr int too_many = 429;
inline constexpr int internal_error = 500;
inline constexpr int unavailable = 503;
}  // namespace http

}  // namespace tollgate::control
