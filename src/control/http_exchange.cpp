#include "control/http_exchange.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include <fmt/format.h>
#include <httplib.h>

#include "control/fault.hpp"
#include "control/local_who.hpp"
#include "control/token_file.hpp"

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_head_octets = 1U << 14U;
constexpr auto answer_time = 10s;
constexpr auto least_body_time = 10s;
constexpr std::uint64_t least_octets_a_second = 1U << 20U;  // of a long body

/// A connection as the library wants it.
class HttpStream : public httplib::Stream {
 public:
  HttpStream(Connection& connection, const Peer& peer) : connection_(connection), peer_(peer) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t most) override { return connection_.read(to, most); }
  ssize_t write(const char* from, size_t count) override {
    return connection_.write(from, count) ? static_cast<ssize_t>(count) : -1;
  }
  void get_remote_ip_and_port(std::string& ip, int&) const override { ip = peer_.address; }
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return connection_.socket(); }

 private:
  Connection& connection_;
  const Peer& peer_;
};

/// The one value of a header; nothing where it is not there. Throws Fault where there are several: others on
/// the way may have believed another one.
std::optional<std::string> header(const httplib::Request& request, const std::string& name) {
  const std::size_t count = request.get_header_value_count(name);
  if (count > 1) throw Fault(http::bad_request, fmt::format("found {} headers {}", count, name), "one");
  if (count == 0) return std::nullopt;
  return request.get_header_value(name);
}

/// What is asked for over the socket is asked for by its user; `Tollgate-User` says for whom.
std::string local_caller(const httplib::Request& request, unsigned user) {
  const std::string said = header(request, "Tollgate-User").value_or("");
  if (!said.empty() && !is_token_name(said))
    throw Fault(http::bad_request, "found another name in Tollgate-User", "letters, digits and `.-_`");
  return local_who(user, said);
}

std::uint64_t body_octets(const httplib::Request& request) {
  for (const char* name : {"Transfer-Encoding", "Content-Encoding"}) {
    if (request.has_header(name))
      throw Fault(http::bad_request, fmt::format("found {}", name), "a body as it is, with Content-Length");
  }
  const auto text = header(request, "Content-Length");
  if (!text) return 0;
  std::uint64_t octets = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), octets);
  if (error != std::errc() || end != text->data() + text->size())
    throw Fault(http::bad_request, "found another Content-Length", "a number");
  return octets;
}

/// The library reads the head of the request and writes the answer; what is in between is done before it
/// looks for a handler, and so before it would read a body: it knows no bound for one in pieces.
class Exchange : public httplib::Server {
 public:
  Exchange(Connection& connection, const Peer& peer, Api& api)
      : connection_(connection), peer_(peer), api_(api), stream_(connection, peer) {
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      give(answer(request), response);
      return HandlerResponse::Handled;
    });
    set_error_handler(Handler([this](const httplib::Request&, httplib::Response& response) {
      if (!answered_) give(refusal(), response);
    }));
  }

  void serve() {
    connection_.set_allowance(most_head_octets);
    bool closed = false;
    process_request(stream_, true, closed, [](httplib::Request& request) {
      request.ranges.clear();
      request.headers.erase("Accept-Encoding");
    });
    if (!answered_ && connection_.allowance_was_used_up()) refuse_first_line();
  }

 private:
  ApiResponse answer(const httplib::Request& request) {
    try {
      return api_.answer(translated(request));
    } catch (const Fault& fault) {
      return response_of(fault);
    }
  }

  ApiRequest translated(const httplib::Request& request) {
    ApiRequest out;
    out.method = request.method;
    out.path = request.path;
    out.query = request.params;
    out.authorization = header(request, "Authorization");
    if (request.has_header("If-None-Match")) out.if_none_match = request.get_header_value("If-None-Match");
    out.address = peer_.address;
    if (peer_.user) out.local = local_caller(request, *peer_.user);
    out.body_octets = body_octets(request);
    out.read_body = [this, octets = out.body_octets] { return read_body(octets); };
    return out;
  }

  std::string read_body(std::uint64_t octets) {
    connection_.set_allowance(octets);
    connection_.set_time(least_body_time + std::chrono::seconds(octets / least_octets_a_second));
    std::string body(octets, '\0');
    for (std::size_t filled = 0; filled < body.size();) {
      const ssize_t count = connection_.read(body.data() + filled, body.size() - filled);
      if (count <= 0)
        throw Fault(http::bad_request, fmt::format("found a body of {} octets", filled),
                    fmt::format("{}, as Content-Length says", octets));
      filled += static_cast<std::size_t>(count);
    }
    return body;
  }

  /// The library takes a first line without an end for a connection that was closed.
  void refuse_first_line() {
    const std::string body = refusal().body;
    const std::string text = fmt::format(
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        body.size(), body);
    connection_.set_time(answer_time);
    connection_.write(text.data(), text.size());
  }

  /// Of what the library did not take for a request.
  ApiResponse refusal() const {
    if (connection_.allowance_was_used_up())
      return response_of(Fault(http::bad_request, "found a longer head of the request",
                               fmt::format("{} octets at most", most_head_octets)));
    return response_of(Fault(http::bad_request, "found no request of HTTP", "one of HTTP 1.1"));
  }

  void give(const ApiResponse& from, httplib::Response& to) {
    answered_ = true;
    connection_.set_time(answer_time);
    to.status = from.status;
    to.set_content(from.body, std::string(from.media));
    to.set_header("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : from.headers) to.set_header(name, value);
    if (!to.has_header("Cache-Control")) to.set_header("Cache-Control", "no-store");
  }

  Connection& connection_;
  const Peer& peer_;
  Api& api_;
  HttpStream stream_;
  bool answered_ = false;
};

}  // namespace

void exchange(Connection& connection, const Peer& peer, Api& api) { Exchange(connection, peer, api).serve(); }

}  // namespace tollgate::control
