#include "control/api.hpp"

#include <algorithm>
#include <charconv>
#include <exception>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/live_file.hpp"
#include "control/page_files.hpp"
#include "control/plain_text.hpp"
#include "control/rule_store.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

const Route& route_of(const ApiRequest& request) {
  std::string allowed;
  for (const Route& route : routes()) {
    if (route.path != request.path) continue;
    if (route.method == request.method) return route;
    allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", route.method);
  }
  if (allowed.empty())
    throw Fault(http::not_found, "found a path that there is not", "one that GET /v1/openapi.json names");
  Fault fault(http::method_not_allowed, fmt::format("found the method {}", request.method), allowed);
  fault.allow = allowed;
  throw fault;
}

std::string names_of(const Route& route) {
  std::string names;
  const auto add = [&](std::string_view name) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  };
  for (const TextParameter& parameter : route.texts) add(parameter.name);
  for (const Parameter& parameter : route.parameters) add(parameter.name);
  return names.empty() ? "no parameters" : names;
}

std::uint64_t number_of(const std::string& text, const Parameter& parameter) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < parameter.least ||
      number > parameter.most)
    throw Fault(http::bad_request, fmt::format("found another value for `{}`", parameter.name),
                fmt::format("a number of {} to {}", parameter.least, parameter.most));
  return number;
}

/// Null where it is not given.
const std::string* parameter_of(const ApiRequest& request, std::string_view parameter) {
  const std::string name(parameter);
  const auto [first, last] = request.query.equal_range(name);
  if (std::distance(first, last) > 1)
    throw Fault(http::bad_request, fmt::format("found `{}` twice", name), "it once");
  return first == last ? nullptr : &first->second;
}

const std::string& text_of(const std::string& text, const TextParameter& parameter) {
  if (text.empty() || text.size() > parameter.most_octets || !is_plain_text(text))
    throw Fault(http::bad_request, fmt::format("found another value for `{}`", parameter.name),
                fmt::format("a text of 1 to {} octets, without control characters", parameter.most_octets));
  return text;
}

void read_parameters(const ApiRequest& request, const Route& route, Call& call) {
  std::size_t taken = 0;
  for (const Parameter& parameter : route.parameters) {
    const std::string* const given = parameter_of(request, parameter.name);
    call.numbers[std::string(parameter.name)] =
        given == nullptr ? parameter.usual : number_of(*given, parameter);
    if (given != nullptr) ++taken;
  }
  for (const TextParameter& parameter : route.texts) {
    const std::string* const given = parameter_of(request, parameter.name);
    if (given == nullptr && parameter.required)
      throw Fault(http::bad_request, fmt::format("found no `{}`", parameter.name), "it in the query");
    if (given == nullptr) continue;
    call.texts[std::string(parameter.name)] = text_of(*given, parameter);
    ++taken;
  }
  if (taken < request.query.size())
    throw Fault(http::bad_request, "found a parameter that is not known", names_of(route));
}

std::string body_of(const ApiRequest& request, const Route& route) {
  const std::uint64_t most = std::max(route.most_body_octets, most_json_octets);
  if (request.body_octets > most)
    throw Fault(http::too_large, fmt::format("found a body of {} octets", request.body_octets),
                fmt::format("{} at most", most));
  if (request.body_octets == 0) return {};
  if (route.most_body_octets == 0) throw Fault(http::bad_request, "found a body", "none");
  return request.read_body();
}

}  // namespace

std::string error_body(const std::string& found, const std::string& expected) {
  const Json body{{"error", {{"what", found}, {"expected", expected}}}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

ApiResponse response_of(const Fault& fault) {
  ApiResponse response{fault.status(), error_body(fault.found(), fault.expected()), {}};
  if (fault.status() == http::unauthorized) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (fault.retry_after_seconds != 0)
    response.headers.emplace_back("Retry-After", std::to_string(fault.retry_after_seconds));
  if (!fault.allow.empty()) response.headers.emplace_back("Allow", fault.allow);
  return response;
}

Caller Api::caller(const ApiRequest& request, const Route& route) {
  if (request.local) return {*request.local, Role::admin, "local"};
  if (!route.roles) return {"anybody", Role::viewer, request.address};
  Caller caller = admission_.caller(request.authorization, request.address, utc_now_ns());
  if (!route.roles->has(caller.role)) {
    std::string may;
    for (const Role role : all_roles) {
      if (route.roles->has(role)) may += fmt::format("{}{}", may.empty() ? "" : ", ", to_string(role));
    }
    throw Fault(http::forbidden, fmt::format("found the role {}", to_string(caller.role)), may);
  }
  return caller;
}

ApiResponse Api::done(const ApiRequest& request) {
  if (const PageFile* const file = page_file(request.path)) return response_of(*file, request);
  const Route& route = route_of(request);
  Call call{means_,
            caller(request, route),
            request.local ? local_ledger_turns_ : remote_ledger_turns_,
            request.local ? local_report_turns_ : remote_report_turns_,
            {},
            {},
            {}};
  read_parameters(request, route, call);
  call.body = body_of(request, route);
  const Json answer = route.answer(call);
  if (route.media != json_media) return {route.status, answer.get<std::string>(), {}, route.media};
  return {route.status, answer.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n", {}};
}

ApiResponse Api::answer(const ApiRequest& request) {
  const auto unavailable = [](const std::exception& error) {
    return response_of(Fault(http::unavailable, error.what(), "that it can be done"));
  };
  try {
    return done(request);
  } catch (const Fault& fault) {
    return response_of(fault);
  } catch (const AuditError& error) {
    return unavailable(error);
  } catch (const ErrandError& error) {
    return unavailable(error);
  } catch (const StoreError& error) {
    return unavailable(error);
  } catch (const LiveFileError& error) {
    return unavailable(error);
  } catch (const std::exception& error) {
    return response_of(Fault(http::internal_error, error.what(), "that it can be done"));
  }
}

}  // namespace tollgate::control
