#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "charge/book.hpp"
#include "cli/explanation.hpp"
#include "control/errands.hpp"
#include "control/message_desk.hpp"
#include "engine/settings.hpp"
#include "record/kept_messages.hpp"
#include "rules/live_list.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::cli {

/// Says why messages are judged as they are by a running appliance. It has the rules, lists, accounts and
/// prices in force, and shares no state with what judges packets: plugins are not asked, and nobody pays.
class MessageInquiry final : public control::MessageDesk {
 public:
  /// What messages are judged by.
  struct InForce {
    std::shared_ptr<const rules::Ruleset> ruleset;  ///< null where there is none
    std::shared_ptr<const rules::LiveLists> lists;  ///< of these rules; null where nothing was changed
    std::shared_ptr<const charge::Book> book;       ///< null where there is no ledger
  };
  /// `in_force` is called on the appliance's thread.
  MessageInquiry(const engine::Settings& settings, const record::KeptMessages& kept,
                 control::Errands& errands, std::function<InForce()> in_force)
      : settings_(settings), kept_(kept), errands_(errands), in_force_(std::move(in_force)) {}

  nlohmann::ordered_json explain(const std::string& id, bool with_text) override;
  nlohmann::ordered_json judge(std::string_view message) override;
  std::vector<std::uint32_t> to_blame(const Verdict& verdict) override;
  bool has_rule(std::uint32_t id) override;

 private:
  InForce in_force() const;
  InForce in_force_or_none() const;
  /// Signals by the names that the rules have for them.
  using Signals = std::function<std::vector<double>(const std::vector<std::string>& names)>;
  nlohmann::ordered_json explained(Message& message, const Signals& signals, bool with_text) const;

  const engine::Settings& settings_;
  const record::KeptMessages& kept_;
  control::Errands& errands_;
  std::function<InForce()> in_force_;
};

}  // namespace tollgate::cli
