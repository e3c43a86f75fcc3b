#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "control/caller.hpp"
#include "control/log_in_failures.hpp"
#include "control/token_book.hpp"

namespace tollgate::control {

/// Says who comes with a token, and stops who tries many. A right token is let in also from an address that
/// wrong ones come from: nobody guesses 256 bits, and otherwise one who shares an address with others (a
/// proxy, the loopback) could lock them out.
class Admission {
 public:
  using Log = std::function<void(const std::string&)>;

  /// `tokens` is null where there are none.
  Admission(TokenBook* tokens, Log log) : tokens_(tokens), log_(std::move(log)) {}

  /// `authorization` is what the request says, if it does. Throws Fault.
  Caller caller(const std::optional<std::string>& authorization, const std::string& address,
                std::uint64_t now_ns);

  std::uint64_t failures() const { return failures_.all(); }

 private:
  [[noreturn]] void refuse(const std::string& found, const std::string& address, std::uint64_t now_ns);
  void log(const std::string& what, std::uint64_t now_ns);

  TokenBook* tokens_;
  Log log_;
  LogInFailures failures_;

  std::mutex mutex_;  ///< of what follows
  std::uint64_t minute_ = 0;
  unsigned lines_ = 0;  ///< that the log got in it
};

}  // namespace tollgate::control
