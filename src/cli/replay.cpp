#include "dpdk/replay.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands.hpp"
#include "dpdk/capture_file.hpp"
#include "dpdk/eal.hpp"
#include "engine/engine.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string in;
  std::string out;  ///< empty: none
  bool ignore_checksums = false;
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
  po::options_description shown("options", 100);
  shown.add_options()                                                                                    //
      ("out", po::value(&options.out)->value_name("FILE"), "write the packets to FILE, `-` for stdout")  //
      ("ignore-checksums", po::bool_switch(&options.ignore_checksums),
       "read packets with a wrong checksum too: for captures taken at the sending host")  //
      ("help,h", "this text");
  po::options_description all;
  all.add(shown).add_options()("in", po::value(&options.in));
  po::positional_options_description positional;
  positional.add("in", 1);

  constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map given;
  po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(), given);
  if (given.count("help") != 0) {
    std::cout << "usage: tollgate replay IN.pcap [options]\n\n"
                 "Sends a capture (pcap or pcapng, `-` for stdin) through the packet path and tells what is "
                 "in it.\n\n"
              << shown;
    return std::nullopt;
  }
  po::notify(given);
  if (options.in.empty()) throw po::error("the capture to read is missing");
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
    fmt::print(stderr, "\r{:L} packets read", packets);
    shown_ = true;
  }
  void clear() {
    if (shown_) fmt::print(stderr, "\r\033[K");
    shown_ = false;
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(2);
};

class NoEvents final : public Consumer {
 public:
  void accept(Message& /*message*/) override {}
};

std::unique_ptr<dpdk::CaptureWriter> open_output(const Options& options, const dpdk::CaptureReader& reader) {
  if (options.out.empty()) return nullptr;
  if (reader.reads_same_file_as(options.out)) {
    throw dpdk::CaptureError(
        fmt::format("{} is the capture that is read; write the output to another file", options.out));
  }
  return std::make_unique<dpdk::CaptureWriter>(options.out, reader.format());
}

void warn(const std::string& what) { fmt::print(stderr, "tollgate replay: warning: {}\n", what); }

}  // namespace

int replay(const std::vector<std::string>& arguments) {
  const std::optional<Options> options = parse(arguments);
  if (!options) return Exit::fine;

  dpdk::CaptureReader reader(options->in);
  const std::unique_ptr<dpdk::CaptureWriter> writer = open_output(*options, reader);
  if (writer && !reader.format().not_kept.empty()) warn(reader.format().not_kept);
  engine::Settings settings;
  settings.ignore_checksums = options->ignore_checksums;
  NoEvents events;
  engine::Engine engine(settings, events);

  const dpdk::Eal eal(dpdk::Replay::memory_mib);
  dpdk::Replay pipeline(engine, reader.link_type(), writer.get());
  catch_signals();
  Progress progress;
  dpdk::CapturedFrame frame;
  while (stop_asked == 0 && reader.next(frame)) {
    pipeline.push(frame);
    progress.at(frame.number);
  }
  pipeline.finish();
  if (writer) writer->close();
  progress.clear();

  if (stop_asked != 0) warn(fmt::format("stopped by a signal after packet {}", frame.number));
  if (!reader.ending_message().empty()) warn(reader.ending_message());
  std::FILE* summary = options->out == "-" ? stderr : stdout;
  fmt::print(summary, "{} packets, {} octets\n", engine.counters().of(Count::packets),
             engine.counters().of(Count::octets));
  return reader.ending() == dpdk::CaptureReader::Ending::damaged ? Exit::failure : Exit::fine;
}

}  // namespace tollgate::cli
