#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/trace_tree.hpp"
#include "dpdk/capture_file.hpp"
#include "engine/engine.hpp"
#include "record/event_json.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  std::string in;
  std::string config;
  std::uint64_t frame = 0;
  std::string hex;
  std::string as;
  bool json = false;
  bool ignore_checksums = false;
};

/// Keeps the events of the packet that is explained, as JSON lines.
class KeptEvents final : public Consumer {
 public:
  void accept(Message& message) override {
    if (!listening) return;
    events.emplace_back();
    record::append_event(events.back(), message);
  }

  bool listening = false;
  std::vector<std::string> events;
};

class Nowhere final : public engine::Output {
 public:
  void send(const engine::Packet& /*packet*/) override {}
};

struct Form {
  std::string_view name;
  engine::PayloadKind kind;
};
constexpr Form forms[] = {
    {"m3ua", engine::PayloadKind::m3ua},
    {"sccp", engine::PayloadKind::sccp},
    {"tcap", engine::PayloadKind::tcap},
    {"sms-deliver", engine::PayloadKind::sms_deliver},
    {"sms-submit", engine::PayloadKind::sms_submit},
    {"smpp", engine::PayloadKind::smpp},
};

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Options> parse(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description shown("options", 100);
  shown.add_options()                                                                                    //
      ("frame", po::value(&options.frame)->value_name("N"), "the packet to explain, counted from 1")     //
      ("hex", po::value(&options.hex)->value_name("OCTETS"), "octets from a log, instead of a capture")  //
      ("as", po::value(&options.as)->value_name("FORM"),
       "what they are: m3ua, sccp, tcap, sms-deliver, sms-submit or smpp")               //
      ("config,c", po::value(&options.config)->value_name("FILE"), "the configuration")  //
      ("ignore-checksums", po::bool_switch(&options.ignore_checksums),
       "read packets with a wrong checksum too: for captures taken at the sending host")       //
      ("json", po::bool_switch(&options.json), "one line a message: the event, and `layers`")  //
      ("help,h", "this text");
  po::options_description all;
  all.add(shown).add_options()("in", po::value(&options.in));
  po::positional_options_description positional;
  positional.add("in", 1);

  constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map given;
  po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(), given);
  if (given.count("help") != 0) {
    std::cout << "usage: tollgate explain IN.pcap --frame N [options]\n"
                 "       tollgate explain --hex OCTETS --as FORM [options]\n\n"
                 "Shows one packet as Tollgate reads it: every layer, field by field, and its messages.\n\n"
              << shown;
    return std::nullopt;
  }
  po::notify(given);
  const bool from_hex = given.count("hex") != 0;
  if (from_hex == !options.in.empty())
    throw po::error("give either a capture and --frame, or --hex and --as");
  if (from_hex && options.as.empty()) throw po::error("--hex needs --as: what the octets are");
  if (!from_hex && options.frame == 0) throw po::error("--frame is missing: the packet's number, from 1");
  return options;
}

engine::PayloadKind form_of(const std::string& name) {
  for (const Form& form : forms) {
    if (form.name == name) return form.kind;
  }
  throw po::error(fmt::format("--as {}: expected m3ua, sccp, tcap, sms-deliver, sms-submit or smpp", name));
}

/// Hex digits, in pairs that blanks, colons or hyphens may stand between. Throws po::error.
std::vector<std::byte> octets_of(const std::string& hex) {
  std::vector<std::byte> octets;
  std::optional<unsigned> high;
  for (std::size_t at = 0; at < hex.size(); ++at) {
    const char c = hex[at];
    unsigned nibble = 0;
    if (c >= '0' && c <= '9') nibble = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f') nibble = static_cast<unsigned>(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F') nibble = static_cast<unsigned>(c - 'A') + 10;
    else if (!high && (c == ' ' || c == ':' || c == '-' || c == '\n' || c == '\t' || c == '\r')) continue;
    else throw po::error(fmt::format("--hex: '{}' at place {} is not a hex digit", c, at + 1));
    if (high) {
      octets.push_back(static_cast<std::byte>(*high << 4U | nibble));
      high.reset();
    } else {
      high = nibble;
    }
  }
  if (high) throw po::error("--hex: a digit is missing; octets are two digits each");
  if (octets.empty()) throw po::error("--hex: there are no octets");
  return octets;
}

/// What was refused while the packet was read, as `sccp.bad_pointer: 1`.
std::vector<std::string> refusals(const Counters& before, const Counters& after) {
  std::vector<std::string> found;
  for (std::size_t layer = 0; layer < decode::layer_count; ++layer) {
    for (std::size_t reason = 0; reason < decode::reason_count; ++reason) {
      const auto l = static_cast<decode::Layer>(layer);
      const auto r = static_cast<decode::Reason>(reason);
      if (after.of(l, r) != before.of(l, r)) {
        found.push_back(fmt::format("{}.{}", decode::to_string(l), decode::to_string(r)));
      }
    }
  }
  for (std::size_t i = 0; i < count_count; ++i) {
    const auto count = static_cast<Count>(i);
    if (count == Count::packets || count == Count::octets || after.of(count) == before.of(count)) continue;
    found.push_back(fmt::format("{}: {}", to_string(count), help(count)));
  }
  return found;
}

/// `{"a": {"b": 1}}` as the line `a.b  1`: the names that rules use.
void print_fields(const Json& value, const std::string& name) {
  if (!value.is_object()) {
    fmt::print("  {:<28} {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
    return;
  }
  for (const auto& [key, inner] : value.items()) print_fields(inner, name.empty() ? key : name + "." + key);
}

void print(const Options& options, const TraceTree& tree, const KeptEvents& kept,
           const std::vector<std::string>& notes) {
  if (options.json) {
    const Json layers = to_json(tree.layers());
    for (const std::string& event : kept.events) {
      Json line = Json::parse(event);
      line["layers"] = layers;
      fmt::print("{}\n", line.dump());
    }
    if (kept.events.empty()) fmt::print("{}\n", Json{{"layers", layers}, {"notes", notes}}.dump());
    return;
  }
  fmt::print("{}", to_text(tree.layers()));
  for (std::size_t i = 0; i < kept.events.size(); ++i) {
    fmt::print("\nMessage {} of {}\n", i + 1, kept.events.size());
    print_fields(Json::parse(kept.events[i]), "");
  }
  if (kept.events.empty()) fmt::print("\nNo message is complete with this packet.\n");
  for (const std::string& note : notes) fmt::print("Note: {}\n", note);
}

void explain_frame(const Options& options, engine::Engine& engine, KeptEvents& kept) {
  dpdk::CaptureReader reader(options.in);
  dpdk::CapturedFrame frame;
  Nowhere nowhere;
  std::vector<std::byte> room;
  while (reader.next(frame)) {
    room.assign(frame.octets.begin(), frame.octets.end());
    const engine::Packet packet{.octets = room,
                                .wire_length = frame.wire_length,
                                .link_type = reader.link_type(),
                                .time_ns = frame.time_ns,
                                .frame = frame.number};
    if (frame.number < options.frame) {
      engine.process({&packet, 1}, nowhere);
      continue;
    }
    const Counters before = engine.counters();
    TraceTree tree(packet.octets);
    kept.listening = true;
    engine.trace_with(&tree);
    engine.process({&packet, 1}, nowhere);
    engine.trace_with(nullptr);
    return print(options, tree, kept, refusals(before, engine.counters()));
  }
  throw dpdk::CaptureError(
      fmt::format("{} has {} packets; there is no packet {}", options.in, frame.number, options.frame));
}

void explain_octets(const Options& options, engine::Engine& engine, KeptEvents& kept) {
  const engine::PayloadKind kind = form_of(options.as);
  const std::vector<std::byte> octets = octets_of(options.hex);
  TraceTree tree(octets);
  kept.listening = true;
  const Counters before = engine.counters();
  engine.trace_with(&tree);
  engine.process_payload(kind, octets);
  engine.trace_with(nullptr);
  print(options, tree, kept, refusals(before, engine.counters()));
}

}  // namespace

int explain(const std::vector<std::string>& arguments) {
  const std::optional<Options> options = parse(arguments);
  if (!options) return Exit::fine;
  engine::Settings settings = load_config(options->config);
  settings.ignore_checksums = options->ignore_checksums;
  KeptEvents kept;
  engine::Engine engine(settings, kept);
  if (options->in.empty()) explain_octets(*options, engine, kept);
  else explain_frame(*options, engine, kept);
  return Exit::fine;
}

}  // namespace tollgate::cli
