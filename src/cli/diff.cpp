#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/changes_report.hpp"
#include "cli/commands.hpp"
#include "cli/message_judge.hpp"
#include "cli/message_lines.hpp"
#include "cli/rules_folder.hpp"
#include "cli/verdict_changes.hpp"
#include "dpdk/capture_packets.hpp"
#include "engine/engine.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> in;
  std::vector<std::string> rules;
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
       "the configuration; without it /etc/tollgate/tollgate.yaml, where there is one");
  add_capture_options(shown, options.common);
  shown.add_options()                                                             //
      ("json", po::bool_switch(&options.common.json), "the same as JSON, whole")  //
      ("help,h", "this text");
  constexpr std::string_view usage =
      "usage: tollgate diff --rules BEFORE --rules AFTER IN... [options]\n\n"
      "Judges the messages of captures (pcap or pcapng, `-` for stdin) and of files of events (*.jsonl) by\n"
      "two folders of rules, and tells which verdicts change: first the one-time passwords that would be\n"
      "lost (labelled `otp` by either, passed before, stopped after), then the charges that would come and\n"
      "go (messages and parts by tariff: amounts come with the ledger), then by verdict, rule, label,\n"
      "account, route and line of the policy, with examples. Exit status 0 where no verdict changes, 1\n"
      "where one does, or where something cannot be read.\n";
  if (!parse_arguments(arguments, usage, shown, options.in, -1)) return std::nullopt;
  if (options.rules.size() != 2) {
    throw po::error(
        fmt::format("found --rules {}; expected it twice: the rules before, and those after",
                    options.rules.empty() ? "nowhere" : fmt::format("{} times", options.rules.size())));
  }
  if (options.in.empty()) throw po::error("the captures or files of events to judge are missing");
  return options;
}

/// Judges each message by both rulesets, and notes what changes.
class Both final : public Consumer {
 public:
  Both(const Judges& before, const Judges& after) : before_(before), after_(after) {}

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
  MessageJudge before_;
  MessageJudge after_;
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

void judge_events(const std::string& path, const engine::Settings& settings, Both& both) {
  read_message_lines(path, settings.home, [&](MessageLine& line) {
    if (line.message == nullptr) return;
    const auto id = line.object.find("id");
    const bool has_id = id != line.object.end() && id->is_string();
    const Source source{.file = path,
                        .frame = 0,
                        .line = line.number,
                        .id = has_id ? id->get_ref<const std::string&>() : std::string_view{}};
    both.judge(*line.message, source, line.object.value("signals", Json::object()));
  });
}

/// Both, or what is wrong with either.
std::vector<Judges> load_both(const engine::Settings& settings, const std::vector<std::string>& folders) {
  std::vector<Judges> loaded;
  std::string faults;
  for (const std::string& folder : folders) {
    try {
      loaded.push_back(load_judges(settings, folder));
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
  const std::vector<Judges> judges = load_both(settings, options->rules);
  Both both(judges[0], judges[1]);
  for (const std::string& path : options->in) {
    if (path.ends_with(".jsonl")) judge_events(path, settings, both);
    else judge_capture(path, settings, both);
  }
  const RulesFolder before{options->rules[0], *judges[0].ruleset};
  const RulesFolder after{options->rules[1], *judges[1].ruleset};
  if (options->common.json) {
    // A path is whatever octets a file system holds; JSON takes UTF-8 only.
    fmt::print("{}\n",
               to_json(both.changes, before, after).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{}", to_text(both.changes, before, after));
  }
  return both.changes.changed == 0 ? Exit::fine : Exit::failure;
}

}  // namespace tollgate::cli
