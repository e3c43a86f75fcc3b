#include "control/client.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/descriptor.hpp"
#include "control/fault.hpp"
#include "control/listen.hpp"
#include "control/socket_owner.hpp"
#include "control/token_file.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::time_t connect_seconds = 5;

RefusedError error_of(const Json& answer, int status) {
  const auto error = answer.find("error");
  if (!answer.is_object() || error == answer.end() || !error->is_object()) {
    const std::string text = fmt::format("the appliance answers with status {}", status);
    return {text, status, text};
  }
  const std::string found = error->value("what", "");
  return {fmt::format("{}; expected {}", found, error->value("expected", "")), status, found};
}

}  // namespace

std::string said_user() {
  const char* by_sudo = std::getenv("SUDO_USER");
  std::string name = by_sudo == nullptr ? "" : by_sudo;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return !is_token_name({&c, 1});
      },
      '_');
  return name;
}

std::string query_text(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_token_name({&c, 1})) encoded += c;
    else encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

namespace {

/// Why no connection is made there; nothing where one is, or will be once others had their turn.
std::optional<int> why_not_connected(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.data(), path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return errno;
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return std::nullopt;
  if (errno == EAGAIN) return std::nullopt;  // so many wait that no more may
  return errno;
}

/// Whether there is no appliance. For any other reason there may be one.
bool is_nobody(int why) {
  return why == ENOENT || why == ECONNREFUSED || why == ENOTDIR || why == ENAMETOOLONG;
}

[[noreturn]] void tell_no_connection(const std::string& socket, int why) {
  if (is_nobody(why))
    throw NobodyError(fmt::format("no appliance answers at {}: {}", socket, std::strerror(why)));
  if (why == EACCES || why == EPERM)
    throw std::runtime_error(
        fmt::format("the control socket {} may not be used: {}; whether an appliance runs is not known, and "
                    "nothing was done; {}",
                    socket, std::strerror(why), who_may_use(socket)));
  throw std::runtime_error(
      fmt::format("the appliance at {} cannot be asked: {}; nothing was done", socket, std::strerror(why)));
}

/// Nobody answered: why. `was_patient`: for as long as an answer may take.
[[noreturn]] void tell_silence(const std::string& socket, const std::string& method, httplib::Error error,
                               bool was_patient, std::chrono::seconds patience) {
  const auto why = why_not_connected(socket);
  const bool was_taken = error == httplib::Error::Read || error == httplib::Error::Write;
  if (!was_taken && why) tell_no_connection(socket, *why);
  if (!was_taken)
    throw SilentError(
        fmt::format("the appliance at {} is too busy to take the question; nothing was done", socket));
  const std::string silent =
      why || !was_patient
          ? fmt::format("the appliance at {} ended before it answered", socket)
          : fmt::format("the appliance at {} has not answered in {} s", socket, patience.count());
  if (method == "GET") throw SilentError(silent);
  throw SilentError(silent + ": what was asked for may be done all the same; `tollgate audit show` tells");
}

/// What is answered, whatever it says. Throws as ask().
httplib::Response answer_of(const std::string& state, const std::string& method, const std::string& path,
                            const std::string& body, std::chrono::seconds patience) {
  const std::string socket = control_path(state);
  httplib::ClientImpl client(socket, 80);
  client.set_address_family(AF_UNIX);
  client.set_connection_timeout(connect_seconds);
  client.set_read_timeout(patience);
  client.set_write_timeout(patience);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = {{"Host", "localhost"}};
  if (const std::string said = said_user(); !said.empty()) request.set_header("Tollgate-User", said);
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  request.body = body;
  const auto begin = std::chrono::steady_clock::now();
  httplib::Result result = client.send(request);
  const bool was_patient = std::chrono::steady_clock::now() - begin >= patience;
  if (!result) tell_silence(socket, method, result.error(), was_patient, patience);
  return std::move(*result);
}

bool is_done(const httplib::Response& response) { return response.status / 100 == 2; }

/// After which time it may be asked for the same again: others had their turn, and nothing was done. Nothing
/// where it is not for their sake that it is not done.
std::optional<std::chrono::seconds> wait_for_a_turn(const httplib::Response& response) {
  if (response.status != http::unavailable) return std::nullopt;
  const std::string text = response.get_header_value("Retry-After");
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds(std::max<std::uint32_t>(seconds, 1));
}

RefusedError busy_error(const httplib::Response& response) {
  const RefusedError error = error_of(Json::parse(response.body, nullptr, false), response.status);
  const std::string text = fmt::format("the appliance is busy: {}; ask again later", error.found);
  return {text, response.status, text};
}

/// What is answered to who waits until others had their turn. Throws as ask().
httplib::Response answer_in_turn(const std::string& state, const std::string& method, const std::string& path,
                                 const std::string& body, std::chrono::seconds patience) {
  const auto until = std::chrono::steady_clock::now() + std::min(patience, usual_patience);
  for (;;) {
    httplib::Response response = answer_of(state, method, path, body, patience);
    const auto wait = wait_for_a_turn(response);
    if (!wait) return response;
    if (std::chrono::steady_clock::now() + *wait > until) throw busy_error(response);
    std::this_thread::sleep_for(*wait);
  }
}

}  // namespace

Json ask(const std::string& state, const std::string& method, const std::string& path,
         const std::string& body, std::chrono::seconds patience) {
  const httplib::Response response = answer_in_turn(state, method, path, body, patience);
  Json answer = Json::parse(response.body, nullptr, false);
  if (!is_done(response)) throw error_of(answer, response.status);
  return answer;
}

std::string ask_for_text(const std::string& state, const std::string& method, const std::string& path) {
  const httplib::Response response = answer_in_turn(state, method, path, {}, usual_patience);
  if (!is_done(response)) throw error_of(Json::parse(response.body, nullptr, false), response.status);
  return response.body;
}

}  // namespace tollgate::control
