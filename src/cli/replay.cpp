#include "dpdk/replay.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "charge/ledger_name.hpp"
#include "cli/account.hpp"
#include "cli/arguments.hpp"
#include "cli/charging.hpp"
#include "cli/commands.hpp"
#include "cli/ledger_audit.hpp"
#include "cli/now.hpp"
#include "cli/recorder.hpp"
#include "cli/rules_folder.hpp"
#include "control/audit_log.hpp"
#include "dpdk/capture_file.hpp"
#include "dpdk/eal.hpp"
#include "engine/engine.hpp"
#include "record/summary.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;
using Ending = dpdk::CaptureReader::Ending;

struct Options {
  Arguments common;
  std::string out;     ///< empty: none
  std::string events;  ///< empty: none
  std::string ledger;  ///< empty: one that is thrown away
  bool all = false;
};

volatile std::sig_atomic_t stop_asked = 0;

void ask_stop(int /*signal*/) { stop_asked = 1; }

/// The first SIGINT or SIGTERM ends reading; a second one ends the process.
void catch_signals() {
  struct sigaction action {};
  action.sa_handler = ask_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Options> parse(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description own;
  own.add_options()  //
      ("out", po::value(&options.out)->value_name("FILE"),
       "write the packets to FILE, `-` for stdout; an untouched pcap comes out octet by octet")  //
      ("events", po::value(&options.events)->value_name("FILE"),
       "write one JSON object a message to FILE, `-` for stdout")  //
      ("ledger", po::value(&options.ledger)->value_name("FILE"),
       "charge the accounts of the ledger in FILE; without it, those of the rules' accounts.yaml, in a "
       "ledger that is "
       "thrown away")  //
      ("all", po::bool_switch(&options.all), "events of signalling that carries no message, too");
  add_capture_options(own, options.common);
  constexpr std::string_view usage =
      "usage: tollgate replay IN.pcap [options]\n\n"
      "Sends a capture (pcap or pcapng, `-` for stdin) through the packet path and prints a summary of\n"
      "what is in it; to stderr where stdout takes packets or events.\n";
  if (!read_arguments(arguments, usage, own, "the summary as JSON", options.common)) return std::nullopt;
  if (options.common.in.empty()) throw po::error("the capture to read is missing");
  if (!options.out.empty() && options.out == options.events) {
    throw po::error(fmt::format("--out and --events cannot both go to {}", options.out));
  }
  return options;
}

/// Shows a person how far a long replay is. Says nothing to a file or a pipe.
class Progress {
 public:
  void at(std::uint64_t packets) {
    if (packets % 4096 != 0 || !terminal_) return;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(500);
    fmt::print(stderr, "\r{} packets read", packets);
    shown_ = true;
  }
  ~Progress() {
    if (shown_) fmt::print(stderr, "\r\033[K");
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(2);
};

/// What the summary says of the run itself.
struct Run {
  std::uint64_t frames = 0;
  std::uint64_t first_ns = ~std::uint64_t{0};
  std::uint64_t last_ns = 0;
  double seconds = 0;  ///< that the replay took

  double captured_seconds() const { return frames == 0 ? 0 : static_cast<double>(last_ns - first_ns) * 1e-9; }
  double packets_per_second() const { return seconds > 0 ? static_cast<double>(frames) / seconds : 0; }
};

void refuse_overwriting(const dpdk::CaptureReader& reader, const std::string& path) {
  if (path != "-" && reader.reads_same_file_as(path)) {
    throw dpdk::CaptureError(fmt::format("{} is the capture that is read; write to another file", path));
  }
}

void warn(const std::string& what) { fmt::print(stderr, "tollgate replay: warning: {}\n", what); }

/// Sends all packets through the engine. Throws what the outputs throw.
Run send_all(dpdk::CaptureReader& reader, dpdk::CaptureWriter* writer, engine::Engine& engine,
             ReplayCharges* charges, Recorder& recorder, record::Summary& summary) {
  const dpdk::Eal eal({.memory_mib = dpdk::Replay::memory_mib});
  dpdk::Replay path(engine, reader, writer);
  catch_signals();
  Run run;
  Progress progress;
  dpdk::CapturedFrame frame;
  const auto start = Clock::now();
  while (stop_asked == 0 && reader.next(frame)) {
    if (charges != nullptr) charges->at(frame.time_ns);
    path.push(frame);
    recorder.drain();
    run.frames = frame.number;
    run.first_ns = std::min(run.first_ns, frame.time_ns);
    run.last_ns = std::max(run.last_ns, frame.time_ns);
    progress.at(frame.number);
  }
  path.finish();
  if (charges != nullptr) charges->end(warn);
  if (writer != nullptr) writer->close();
  recorder.close();
  run.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  summary.add(engine.counters());
  summary.add(path.counters());
  return run;
}

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::complete: return "complete";
    case Ending::cut: return "cut";
    case Ending::damaged: return "damaged";
  }
  return {};
}

std::string summary_json(const dpdk::CaptureReader& reader, const Run& run, const record::Summary& summary) {
  nlohmann::ordered_json out;
  out["capture"] = reader.path();
  out["link_type"] = reader.link_type_name();
  out["ending"] = stop_asked != 0 ? "stopped" : to_string(reader.ending());
  out["captured_seconds"] = run.captured_seconds();
  out["replay_seconds"] = run.seconds;
  out.update(summary.json());
  // A path is whatever octets a file system holds; JSON takes UTF-8 only.
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string summary_table(const dpdk::CaptureReader& reader, const Run& run, const record::Summary& summary) {
  return fmt::format("{:<34}{:>15}   {}\n", "capture", reader.link_type_name(), reader.path()) +
         fmt::format("{:<34}{:>13.3f} s\n", "duration", run.captured_seconds()) +
         fmt::format("{:<34}{:>13.3f} s   {:.0f} packets a second\n", "replayed in", run.seconds,
                     run.packets_per_second()) +
         summary.table();
}

/// What is charged stands in the ledger; that somebody did it by hand, in the audit log of its appliance.
class ReplayNote {
 public:
  /// Has nothing to say of a ledger that is no appliance's.
  explicit ReplayNote(const charge::LedgerSettings& ledger) {
    if (const std::string path = audit_of_named(ledger); !path.empty()) log_.emplace(path);
  }
  void add(const char* what, const nlohmann::ordered_json& after) {
    if (!log_) return;
    const control::Caller by = local_caller();
    log_->append({.who = by.who,
                  .role = std::string(to_string(by.role)),
                  .from = by.from,
                  .what = what,
                  .before = nullptr,
                  .after = after},
                 now_ns());
  }
  /// The caller is told `why` whatever happens here.
  void add_failure(const std::string& why) {
    try {
      add("account.replay.failed", {{"error", why}});
    } catch (const control::AuditError& error) {
      warn(error.what());
    }
  }

 private:
  std::optional<control::AuditLog> log_;
};

/// Null where nothing is charged.
std::unique_ptr<ReplayCharges> charges_of(const Options& options, const std::string& rules) {
  const ReplayCharging charging{.ledger = options.ledger, .copy_of = {}, .rules = rules};
  if (options.ledger.empty()) return ReplayCharges::make(charging);
  const charge::LedgerSettings ledger{.sqlite = options.ledger, .postgresql = {}, .appliance = "replay"};
  ReplayNote note(ledger);
  note.add("account.replay", {{"capture", options.common.in}, {"ledger", charge::name_of(ledger)}});
  try {
    return ReplayCharges::make(charging);
  } catch (const std::exception& error) {
    note.add_failure(error.what());
    throw;
  }
}

}  // namespace

int replay(const std::vector<std::string>& arguments) {
  const std::optional<Options> options = parse(arguments);
  if (!options) return Exit::fine;

  dpdk::CaptureReader reader(options->common.in);
  refuse_overwriting(reader, options->out);
  refuse_overwriting(reader, options->events);
  std::unique_ptr<dpdk::CaptureWriter> writer;
  if (!options->out.empty()) {
    writer = std::make_unique<dpdk::CaptureWriter>(options->out, reader.format());
    if (!reader.format().not_kept.empty()) warn(reader.format().not_kept);
  }
  const engine::Settings settings = settings_of(options->common);
  const Judges judges = load_judges(settings, options->common.rules);
  record::Summary summary;
  Recorder recorder(summary);
  if (!options->events.empty()) {
    // Both exist by now or not at all: the packets' file was made above.
    std::error_code unknown;
    if (std::filesystem::is_regular_file(options->out, unknown) &&
        std::filesystem::equivalent(options->out, options->events, unknown)) {
      throw dpdk::CaptureError(fmt::format("--out and --events are the same file, {}", options->events));
    }
    recorder.open_events(options->events, options->all, judges.ruleset);
  }
  engine::Engine engine(settings, recorder, judges.ruleset, judges.plugins);
  const std::string& rules = options->common.rules.empty() ? settings.rules : options->common.rules;
  const auto charges = charges_of(*options, rules);
  if (charges) engine.charge_with(&charges->charger());

  const Run run = send_all(reader, writer.get(), engine, charges.get(), recorder, summary);

  if (stop_asked != 0) warn(fmt::format("stopped by a signal after packet {}", run.frames));
  else if (reader.ending() != Ending::complete) warn(reader.ending_message());
  if (reader.link_type() == decode::LinkType::unknown) {
    warn(fmt::format("the link type {} is not one that Tollgate reads; all packets passed unread",
                     reader.link_type_name()));
  }
  std::FILE* to = options->out == "-" || options->events == "-" ? stderr : stdout;
  fmt::print(to, "{}",
             options->common.json ? summary_json(reader, run, summary) : summary_table(reader, run, summary));
  return stop_asked == 0 && reader.ending() == Ending::damaged ? Exit::failure : Exit::fine;
}

}  // namespace tollgate::cli
