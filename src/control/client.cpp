#include "control/client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/descriptor.hpp"
#include "control/listen.hpp"
#include "control/token_file.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::time_t connect_seconds = 5;
constexpr std::time_t answer_seconds = 60;  // more than the appliance takes until it says that it is not done

/// Why nobody takes a connection there.
std::string why_nobody_answers(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::strerror(ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const bool takes =
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  return takes ? "it takes the question, and says nothing" : std::strerror(errno);
}

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

/// What is answered, whatever it says. Throws std::runtime_error where nobody answers.
httplib::Response answer_of(const std::string& state, const std::string& method, const std::string& path,
                            const std::string& body) {
  const std::string socket = control_path(state);
  httplib::ClientImpl client(socket, 80);
  client.set_address_family(AF_UNIX);
  client.set_connection_timeout(connect_seconds);
  client.set_read_timeout(answer_seconds);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = {{"Host", "localhost"}};
  if (const std::string said = said_user(); !said.empty()) request.set_header("Tollgate-User", said);
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  request.body = body;
  httplib::Result result = client.send(request);
  if (!result)
    throw std::runtime_error(
        fmt::format("no appliance answers at {}: {}", socket, why_nobody_answers(socket)));
  return std::move(*result);
}

bool is_done(const httplib::Response& response) { return response.status / 100 == 2; }

}  // namespace

Json ask(const std::string& state, const std::string& method, const std::string& path,
         const std::string& body) {
  const httplib::Response response = answer_of(state, method, path, body);
  Json answer = Json::parse(response.body, nullptr, false);
  if (!is_done(response)) throw error_of(answer, response.status);
  return answer;
}

std::string ask_for_text(const std::string& state, const std::string& method, const std::string& path) {
  const httplib::Response response = answer_of(state, method, path, {});
  if (!is_done(response)) throw error_of(Json::parse(response.body, nullptr, false), response.status);
  return response.body;
}

}  // namespace tollgate::control
