#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace tollgate::control {

/// Whom the user of a command says to act for: who called sudo; empty: itself.
std::string said_user();

/// A text as it stands in the query of a path.
std::string query_text(std::string_view text);

/// There is no appliance: nobody takes connections at its socket.
struct NobodyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The appliance does not do what it was asked for.
struct RefusedError : std::runtime_error {
  RefusedError(const std::string& text, int http_status, std::string what_was_found)
      : std::runtime_error(text), status(http_status), found(std::move(what_was_found)) {}

  int status;
  std::string found;  ///< the text without what was expected
};

/// The appliance is there and did not answer: what was asked for may still be done, unless the text says
/// that nothing was.
struct SilentError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// For how long an answer is waited for: more than the appliance takes until it says that it is not done.
inline constexpr std::chrono::seconds usual_patience{60};

/// What the appliance with this state folder answers to a request on its socket. Where it says that others
/// have their turn, and when theirs may be over, it is asked again then, for as long as the patience, or the
/// usual one where that is less. Throws NobodyError where there is none, SilentError where it is there and
/// gives no answer, or not in time, RefusedError where it does not do it, std::runtime_error where its socket
/// may not be used: it may be there.
nlohmann::ordered_json ask(const std::string& state, const std::string& method, const std::string& path,
                           const std::string& body = {}, std::chrono::seconds patience = usual_patience);

/// The same where the answer is a text.
std::string ask_for_text(const std::string& state, const std::string& method, const std::string& path);

}  // namespace tollgate::control
