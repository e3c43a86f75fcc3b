#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/changes_report.hpp"
#include "cli/charging.hpp"
#include "cli/commands.hpp"
#include "cli/message_judge.hpp"
#include "cli/message_lines.hpp"
#include "cli/rules_folder.hpp"
#include "cli/verdict_changes.hpp"
#include "dpdk/capture_packets.hpp"
#include "engine/engine.hpp"
#include "engine/payments.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> in;
  std::vector<std::string> rules;
  std::string ledger;  ///< empty: those of the accounts beside the rules
  Arguments common;
};

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Options> parse(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description shown("options", 100);
  shown.add_options()  //
      ("rules", po::value(&options.rules)->value_name("DIR"),
       "twice: the rules before, and the rules after")  //
      ("config,c", po::value(&options.common.config)->value_name("FILE"),
       "the configuration; without it /etc/tollgate/tollgate.yaml, where there is one")  //
      ("ledger", po::value(&options.ledger)->value_name("FILE"),
       "charge by the accounts, prices and balances of the ledger in FILE on both sides; it is only read. "
       "Without it, by each folder's accounts.yaml");
  add_capture_options(shown, options.common);
  shown.add_options()                                                             //
      ("json", po::bool_switch(&options.common.json), "the same as JSON, whole")  //
      ("help,h", "this text");
  constexpr std::string_view usage =
      "usage: tollgate diff --rules BEFORE --rules AFTER IN... [options]\n\n"
      "Judges the messages of captures (pcap or pcapng, `-` for stdin) and of files of events (*.jsonl) by\n"
      "two folders of rules, charges them by the accounts and prices beside each, and tells which verdicts\n"
      "change: what is charged, refused and leaked before and after, the one-time passwords that would be\n"
      "lost (labelled `otp` by either, passed before, stopped after), the charges that would come and go by\n"
      "tariff, prices that change where the verdict does not, then verdicts by rule, label, account, route\n"
      "and line of the policy, with examples. Exit status 0 where no verdict and no price changes, 1 where\n"
      "one does, or where something cannot be read.\n";
  if (!parse_arguments(arguments, usage, shown, options.in, -1)) return std::nullopt;
  if (options.rules.size() != 2) {
    throw po::error(
        fmt::format("found --rules {}; expected it twice: the rules before, and those after",
                    options.rules.empty() ? "nowhere" : fmt::format("{} times", options.rules.size())));
  }
  if (options.in.empty()) throw po::error("the captures or files of events to judge are missing");
  return options;
}

/// What judges, and charges, by one of the folders.
struct Loaded {
  Judges judges;
  std::unique_ptr<ReplayCharges> charges;  ///< null where there are no accounts
};

/// Judges messages by one of the folders, and charges them.
class Side {
 public:
  Side(const Loaded& loaded, const engine::Settings& settings)
      : settings_(settings), judge_(loaded.judges), charges_(loaded.charges.get()) {
    if (charges_ != nullptr) payments_.charge_with(&charges_->charger());
  }

  /// What `message.judgement` shows is good until the next one.
  void judge(Message& message, const Json& signals) {
    arena_.reset();
    if (charges_ != nullptr) {
      charges_->at(message.time_ns);
      payments_.name_ends(judge_.evaluator().ruleset(), message);
    }
    judge_.judge(message, signals);
    payments_.settle(message, judge_.evaluator(), settings_.enforcement);
  }

 private:
  const engine::Settings& settings_;
  MessageJudge judge_;
  ReplayCharges* charges_;
  Counters counters_;
  Arena arena_;
  engine::Payments payments_{settings_, counters_, arena_};
};

/// Judges each message by both folders, and notes what changes.
class Both final : public Consumer {
 public:
  Both(const std::vector<Loaded>& loaded, const engine::Settings& settings)
      : before_(loaded[0], settings), after_(loaded[1], settings) {}

  /// `signals`: those that the message brings with it. Throws std::runtime_error where they are no numbers.
  void judge(const Message& message, const Source& source, const Json& signals = Json::object()) {
    Message before = message;
    before_.judge(before, signals);
    Message after = message;
    after_.judge(after, signals);
    changes.add(before, after, source);
  }

  /// Of the capture `file`.
  void accept(Message& message) override {
    if (message.kind != Kind::message) return;
    const std::string id = fmt::format("{:016x}{:016x}", message.id.high, message.id.low);
    judge(message, {.file = file, .frame = message.frame, .line = 0, .id = id});
  }

  std::string file;
  VerdictChanges changes;

 private:
  Side before_;
  Side after_;
};

void judge_capture(const std::string& path, const engine::Settings& settings, Both& both) {
  dpdk::CaptureReader reader(path);
  both.file = path;
  engine::Engine engine(settings, both);
  dpdk::CapturePackets packets(reader);
  while (const auto packet = packets.next()) engine.process({&*packet, 1}, packets);
  engine.finish(packets);
  if (reader.ending() != dpdk::CaptureReader::Ending::complete)
    fmt::print(stderr, "tollgate diff: warning: {}\n", reader.ending_message());
}

/// `number`: of the file among those that are read. What has no identity has that of its place.
void judge_events(const std::string& path, std::uint64_t number, const engine::Settings& settings,
                  Both& both) {
  read_message_lines(path, settings.home, [&](MessageLine& line) {
    if (line.message == nullptr) return;
    const auto id = line.object.find("id");
    const bool has_id = id != line.object.end() && id->is_string();
    const Source source{.file = path,
                        .frame = 0,
                        .line = line.number,
                        .id = has_id ? id->get_ref<const std::string&>() : std::string_view{}};
    line.message->id = read_message_id(source.id).value_or(MessageId{.high = number, .low = line.number});
    both.judge(*line.message, source, line.object.value("signals", Json::object()));
  });
}

/// Both, or what is wrong with either.
std::vector<Loaded> load_both(const engine::Settings& settings, const Options& options) {
  std::vector<Loaded> loaded;
  std::string faults;
  for (const std::string& folder : options.rules) {
    try {
      Judges judges = load_judges(settings, folder);
      loaded.push_back({std::move(judges),
                        ReplayCharges::make({.ledger = {}, .copy_of = options.ledger, .rules = folder})});
    } catch (const std::runtime_error& error) {
      faults += (faults.empty() ? "" : "; ") + std::string(error.what());
    }
  }
  if (!faults.empty()) throw std::runtime_error(faults);
  return loaded;
}

}  // namespace

int diff(const std::vector<std::string>& arguments) {
  const std::optional<Options> options = parse(arguments);
  if (!options) return Exit::fine;
  const engine::Settings settings = settings_of(options->common);
  const std::vector<Loaded> loaded = load_both(settings, *options);
  Both both(loaded, settings);
  for (std::uint64_t number = 1; const std::string& path : options->in) {
    if (path.ends_with(".jsonl")) judge_events(path, number++, settings, both);
    else judge_capture(path, settings, both);
  }
  const auto folder = [&](std::size_t i) {
    return RulesFolder{options->rules[i], *loaded[i].judges.ruleset, loaded[i].charges != nullptr};
  };
  const RulesFolder before = folder(0);
  const RulesFolder after = folder(1);
  if (options->common.json) {
    // A path is whatever octets a file system holds; JSON takes UTF-8 only.
    fmt::print("{}\n",
               to_json(both.changes, before, after).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{}", to_text(both.changes, before, after));
  }
  return both.changes.any() ? Exit::failure : Exit::fine;
}

}  // namespace tollgate::cli
