#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace tollgate::control {

/// Where analysts ask why a message is judged as it is. Nothing that is asked here is charged or counted. Any
/// thread but the appliance's own. All throw Fault, ErrandError.
class MessageDesk {
 public:
  /// A message that came lately, judged by the rules in force: the event, and why. `with_text` false: without
  /// what it said, and numbers masked. `id` is the event's.
  virtual nlohmann::ordered_json explain(const std::string& id, bool with_text) = 0;

  /// A message in the event's fields (JSON), judged likewise.
  virtual nlohmann::ordered_json judge(std::string_view message) = 0;

  /// What a verdict was made by.
  struct Verdict {
    std::string ruleset;
    std::string policy;                ///< the name of its line
    std::vector<std::uint32_t> rules;  ///< in force, that held
  };
  /// Those of the rules that made it; all where other rules are in force by now.
  virtual std::vector<std::uint32_t> to_blame(const Verdict& verdict) = 0;

  /// Whether there is such a rule in the rules of now, whatever its state.
  virtual bool has_rule(std::uint32_t id) = 0;

 protected:
  ~MessageDesk() = default;
};

}  // namespace tollgate::control
