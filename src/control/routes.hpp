#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "control/account_desk.hpp"
#include "control/caller.hpp"
#include "control/changes.hpp"
#include "control/errands.hpp"
#include "control/marks.hpp"
#include "control/message_desk.hpp"
#include "control/operations.hpp"
#include "control/role.hpp"
#include "control/turns.hpp"
#include "record/event_tail.hpp"

namespace tollgate::control {

/// By which requests are answered.
struct Means {
  Operations& operations;
  Errands& errands;
  AuditLog& audit;
  Changes& changes;
  const AccountDesk* accounts = nullptr;      ///< null where there is no ledger
  const std::string* reports = nullptr;       ///< their file; null where none are kept
  const record::EventTail* events = nullptr;  ///< that came lately; null: none are shown
  MessageDesk* messages = nullptr;            ///< null: none are explained
  MarkBook* marks = nullptr;                  ///< null: none are kept
};

/// A request to one of the routes, of somebody who may make it.
struct Call {
  Means& means;
  Caller caller;
  Turns& ledger_turns;                                        ///< of those who come the same way
  Turns& report_turns;                                        ///< the same
  std::map<std::string, std::uint64_t, std::less<>> numbers;  ///< its parameters, each of them
  std::map<std::string, std::string, std::less<>> texts;      ///< those that were given
  std::string body;
};

/// A number in the query of a request.
struct Parameter {
  std::string_view name;
  std::uint64_t least;
  std::uint64_t most;
  std::uint64_t usual;  ///< where it is not given
};

/// A text in it: UTF-8 that a terminal shows as it is, one character at least.
struct TextParameter {
  std::string_view name;
  std::size_t most_octets;
  bool required = false;
};

inline constexpr std::string_view json_media = "application/json";
inline constexpr std::string_view yaml_media = "application/yaml";
inline constexpr std::uint64_t most_json_octets = 1U << 16U;  ///< of a body

inline constexpr std::uint64_t most_import_octets = 16U << 20U;  ///< of a body with a file of accounts

/// One thing that can be asked for. src/control/openapi.json describes the same.
struct Route {
  std::string_view method;
  std::string_view path;
  std::optional<Roles> roles;          ///< who may; nothing: everybody, without a token
  bool audited = false;                ///< it changes something, or shows a text: it is in the audit log then
  std::uint64_t most_body_octets = 0;  ///< 0: it takes none
  int status = 200;                    ///< where it is done
  std::vector<int> other_statuses;     ///< beside those that any route has
  std::vector<Parameter> parameters;
  std::vector<TextParameter> texts;
  /// What it answers; of any other than JSON, `answer` gives the text.
  std::string_view media = json_media;
  nlohmann::ordered_json (*answer)(Call&);  ///< throws Fault, AuditError, ErrandError
};

std::span<const Route> routes();

/// All with which it can be answered, in order.
std::vector<int> statuses(const Route& route);

/// What describes the routes (OpenAPI 3.0).
std::string_view openapi();

}  // namespace tollgate::control
