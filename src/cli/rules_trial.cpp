#include "cli/rules_trial.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/changes_report.hpp"
#include "cli/kept_signals.hpp"
#include "cli/live_lists.hpp"
#include "record/privacy.hpp"
#include "rules/evaluate.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;

/// One of the two.
class Side {
 public:
  Side(const std::shared_ptr<const rules::Ruleset>& ruleset, const control::LiveBook& book)
      : lists_(live_lists(*ruleset, book)), evaluator_(ruleset) {
    evaluator_.use(lists_.get());
  }

  /// The message as these rules judge it, without what must not be told. Good until the next one.
  Message judge(const record::KeptMessage& kept) {
    Message message = kept.message();
    evaluator_.judge(message, values_of(kept, evaluator_.ruleset().signals));
    return privacy_.filter(message);
  }

 private:
  std::unique_ptr<const rules::LiveLists> lists_;
  rules::Evaluator evaluator_;
  record::Privacy privacy_{record::PrivacySettings{}};  // no text, and numbers masked
};

void bound(Json& rows) {
  constexpr std::size_t most_rows = 50;
  if (rows.size() > most_rows) rows.erase(rows.begin() + most_rows, rows.end());
}

void bare(Json& examples) {
  for (Json& example : examples)
    for (const char* name : {"file", "frame", "text"}) example.erase(name);
}

}  // namespace

VerdictChanges try_rules(const std::shared_ptr<const rules::Ruleset>& before,
                         const std::shared_ptr<const rules::Ruleset>& after, const control::LiveBook& lists,
                         const record::KeptMessages::All& messages) {
  VerdictChanges changes;
  Side before_side(before, lists);
  Side after_side(after, lists);
  for (const auto& kept : messages) {
    const MessageId& id = kept->message().id;
    const std::string name = fmt::format("{:016x}{:016x}", id.high, id.low);
    changes.add(before_side.judge(*kept), after_side.judge(*kept),
                {.file = {}, .frame = kept->message().frame, .line = 0, .id = name});
  }
  return changes;
}

Json trial_json(const VerdictChanges& changes, const rules::Ruleset& before, const rules::Ruleset& after) {
  Json all = to_json(changes, {"", before, false}, {"", after, false});
  for (const char* side : {"before", "after"}) all[side].erase("rules");
  bare(all["otp_lost"]["examples"]);
  for (const char* group : {"verdicts", "rules", "labels", "accounts", "routes", "policy_lines"}) {
    bound(all[group]);
    for (Json& row : all[group])
      if (row.contains("examples")) bare(row["examples"]);
  }
  bound(all["charges"]);
  return all;
}

}  // namespace tollgate::cli
