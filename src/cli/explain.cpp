#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/charging.hpp"
#include "cli/commands.hpp"
#include "cli/explanation.hpp"
#include "cli/now.hpp"
#include "cli/octet_changes.hpp"
#include "cli/rules_folder.hpp"
#include "cli/terminal.hpp"
#include "cli/trace_tree.hpp"
#include "dpdk/capture_packets.hpp"
#include "engine/engine.hpp"
#include "record/event_json.hpp"
#include "rules/spans.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  Arguments common;
  std::uint64_t frame = 0;
  std::string hex;
  std::string as;
  std::optional<std::uint32_t> rule;
  std::string ledger;  ///< empty: that of the accounts beside the rules
  bool from_hex = false;
};

/// Keeps the events of the packet that is explained, as JSON lines, and why they were judged so.
class KeptEvents final : public Consumer {
 public:
  struct Event {
    std::string line;
    std::optional<Explanation> why;  ///< of what was judged
  };

  void accept(Message& message) override {
    if (!listening) return;
    Event& event = events.emplace_back();
    if (evaluator != nullptr && message.kind == Kind::message) {
      event.why = explanation_of(message, *evaluator, *spans, asked);
      event.why->price = price_explanation_of(message, *payments, evaluator->ruleset());
    }
    record::append_event(event.line, message);
  }

  bool listening = false;
  rules::Evaluator* evaluator = nullptr;
  engine::Payments* payments = nullptr;
  std::optional<rules::SpanFinder> spans;  ///< where there is an evaluator
  const rules::Rule* asked = nullptr;      ///< by --rule
  std::vector<Event> events;
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

/// `argument` of --frame. Throws po::error.
std::uint64_t frame_number(const std::string& argument) {
  std::uint64_t number = 0;
  const char* const end = argument.data() + argument.size();
  const auto [parsed, error] = std::from_chars(argument.data(), end, number);
  if (error != std::errc{} || parsed != end || number == 0)
    throw po::error(fmt::format("--frame {}: expected the packet's number in the capture, from 1", argument));
  return number;
}

/// `argument` of --rule. Throws po::error.
std::uint32_t rule_id(const std::string& argument) {
  std::uint32_t id = 0;
  const char* const end = argument.data() + argument.size();
  const auto [parsed, error] = std::from_chars(argument.data(), end, id);
  if (error != std::errc{} || parsed != end)
    throw po::error(fmt::format("--rule {}: expected the id of a rule, a number", argument));
  return id;
}

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Options> parse(const std::vector<std::string>& arguments) {
  Options options;
  std::string frame;
  std::string rule;
  po::options_description own;
  own.add_options()                                                                                      //
      ("frame", po::value(&frame)->value_name("N"), "the packet to explain, counted from 1")             //
      ("hex", po::value(&options.hex)->value_name("OCTETS"), "octets from a log, instead of a capture")  //
      ("as", po::value(&options.as)->value_name("FORM"),
       "what they are: m3ua, sccp, tcap, sms-deliver, sms-submit or smpp")                             //
      ("rule", po::value(&rule)->value_name("ID"), "show what became of each condition of this rule")  //
      ("ledger", po::value(&options.ledger)->value_name("FILE"),
       "show what the message costs by the accounts, prices and balances of the ledger in FILE, which is "
       "only "
       "read; without it, by those of the rules' accounts.yaml");
  add_capture_options(own, options.common);
  constexpr std::string_view usage =
      "usage: tollgate explain IN.pcap --frame N [options]\n"
      "       tollgate explain --hex OCTETS --as FORM [options]\n\n"
      "Shows one packet as Tollgate reads it: every layer, field by field, its messages, why rules and "
      "policy\n"
      "judge them so, who pays what for them, and which of its octets change for that.\n";
  if (!read_arguments(arguments, usage, own, "one line a message: the event, why, and `layers`",
                      options.common))
    return std::nullopt;
  if (!rule.empty()) options.rule = rule_id(rule);
  // An option that is given is never empty, but for --hex ''.
  options.from_hex = !options.hex.empty() || !options.as.empty();
  if (options.from_hex == !options.common.in.empty() || (options.from_hex && !frame.empty()))
    throw po::error("give either a capture and --frame, or --hex and --as");
  if (options.from_hex && options.as.empty()) throw po::error("--hex needs --as: what the octets are");
  if (!options.from_hex) {
    if (frame.empty()) throw po::error("--frame is missing: the packet's number, from 1");
    options.frame = frame_number(frame);
  }
  return options;
}

engine::PayloadKind form_of(const std::string& name) {
  for (const Form& form : forms) {
    if (form.name == name) return form.kind;
  }
  throw po::error(fmt::format("--as {}: expected m3ua, sccp, tcap, sms-deliver, sms-submit or smpp", name));
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// Octets as logs write them: two hex digits each, any of them with `0x` before, and blanks, line ends,
/// colons, commas and hyphens between. Throws po::error.
std::vector<std::byte> octets_of(std::string_view hex) {
  constexpr std::string_view between = " \t\r\n:,-";
  std::vector<std::byte> octets;
  for (std::size_t at = 0; at < hex.size();) {
    if (between.find(hex[at]) != between.npos) {
      ++at;
      continue;
    }
    const std::string_view prefix = hex.substr(at, 2);
    if (prefix == "0x" || prefix == "0X") at += 2;
    const std::size_t end = std::min(at + 2, hex.size());
    unsigned value = 0;
    for (std::size_t i = at; i < end; ++i) {
      const auto digit = hex_digit(hex[i]);
      if (!digit) {
        throw po::error(fmt::format("--hex: found '{}' at place {}; expected a hex digit",
                                    printable(hex.substr(i, 1)), i + 1));
      }
      value = value << 4U | *digit;
    }
    if (end != at + 2)
      throw po::error(
          fmt::format("--hex: a digit is missing after place {}; octets are two digits each", end));
    octets.push_back(static_cast<std::byte>(value));
    at = end;
  }
  if (octets.empty()) throw po::error("--hex: there are no octets; expected hex digits, two an octet");
  return octets;
}

/// Where the packet was refused for this, as ` at octet 99`.
std::string place_of(const TraceTree& tree, decode::Layer layer, decode::Reason reason) {
  for (const TraceTree::Refusal& refusal : tree.refusals()) {
    if (refusal.error.layer == layer && refusal.error.reason == reason) {
      return fmt::format(" at octet {}{}", refusal.error.offset,
                         refusal.in_packet ? "" : " of what was put together from several packets");
    }
  }
  return {};
}

/// What was counted while the packet was read, as `sccp.bad_pointer at octet 99`.
std::vector<std::string> notes_of(const TraceTree& tree, const Counters& before, const Counters& after) {
  std::vector<std::string> found;
  for (std::size_t layer = 0; layer < decode::layer_count; ++layer) {
    for (std::size_t reason = 0; reason < decode::reason_count; ++reason) {
      const auto l = static_cast<decode::Layer>(layer);
      const auto r = static_cast<decode::Reason>(reason);
      if (after.of(l, r) != before.of(l, r)) {
        found.push_back(
            fmt::format("{}.{}{}", decode::to_string(l), decode::to_string(r), place_of(tree, l, r)));
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

/// The event, without what octets from a log cannot tell.
Json event_of(const Options& options, const std::string& line) {
  Json event = Json::parse(line);
  if (!options.from_hex) return event;
  for (const char* unknown : {"time", "frame", "answers"}) event.erase(unknown);
  if (options.as == "sms-deliver" || options.as == "sms-submit") {
    for (const char* of_carrier : {"protocol", "component", "enforced"}) event.erase(of_carrier);
  }
  return event;
}

/// `{"a": {"b": 1}}` as the line `a.b  1`: the names that rules use.
void print_fields(const Json& value, const std::string& name) {
  if (!value.is_object()) {
    fmt::print("  {:<28} {}\n", name,
               value.is_string() ? printable(value.get_ref<const std::string&>()) : value.dump());
    return;
  }
  for (const auto& [key, inner] : value.items())
    print_fields(inner, name.empty() ? key : fmt::format("{}.{}", name, key));
}

void print_json(const TraceTree& tree, const std::vector<Json>& events,
                const std::vector<OctetChange>& changes, const std::vector<std::string>& notes) {
  Json common{{"layers", to_json(tree.layers())}};
  if (!changes.empty()) common["edits"] = to_json(changes);
  if (!notes.empty() || events.empty()) common["notes"] = notes;
  if (events.empty()) fmt::print("{}\n", common.dump());
  for (Json line : events) {
    line.update(common);
    // A path is whatever octets a file system holds; JSON takes UTF-8 only.
    fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
}

void print_text(const Options& options, const TraceTree& tree, const KeptEvents& kept,
                const std::vector<OctetChange>& changes, const std::vector<std::string>& notes) {
  const bool colours = wants_colours();
  fmt::print("{}", to_text(tree.layers(), colours));
  for (std::size_t i = 0; i < kept.events.size(); ++i) {
    fmt::print("\nMessage {} of {}\n", i + 1, kept.events.size());
    Json event = event_of(options, kept.events[i].line);
    if (kept.events[i].why) {  // which says the same in more words
      for (const char* of_why : {"labels", "rules", "more_rules", "policy"}) event.erase(of_why);
      if (kept.events[i].why->price) {
        for (const char* of_price : {"charge", "leaked"}) event.erase(of_price);
      }
    }
    print_fields(event, "");
    if (kept.events[i].why) fmt::print("{}", to_text(*kept.events[i].why, colours));
  }
  if (kept.events.empty()) fmt::print("\nNo message is complete with this packet.\n");
  if (!changes.empty()) fmt::print("\nWhat is changed, checksums too\n{}", to_text(changes));
  for (const std::string& note : notes) fmt::print("Note: {}\n", note);
}

void print(const Options& options, const TraceTree& tree, const KeptEvents& kept,
           const std::vector<OctetChange>& changes, const std::vector<std::string>& notes) {
  if (!options.common.json) return print_text(options, tree, kept, changes, notes);
  std::vector<Json> events;
  for (const KeptEvents::Event& event : kept.events) {
    events.push_back(event_of(options, event.line));
    if (event.why) add_to(events.back(), *event.why);
  }
  print_json(tree, events, changes, notes);
}

/// What --rule asks for. Throws po::error, and std::runtime_error where there is no such rule.
const rules::Rule* asked_rule(const Options& options, const rules::Ruleset* ruleset) {
  if (!options.rule) return nullptr;
  if (ruleset == nullptr) throw po::error("--rule needs rules: --rules DIR, or `rules` in the configuration");
  const rules::Rule* rule = rules::find_rule(*ruleset, *options.rule);
  if (rule == nullptr) throw std::runtime_error(fmt::format("there is no rule {}", *options.rule));
  return rule;
}

/// `charges`: null where nobody is charged.
void explain_frame(const Options& options, engine::Engine& engine, ReplayCharges* charges, KeptEvents& kept) {
  dpdk::CaptureReader reader(options.common.in);
  dpdk::CapturePackets packets(reader);
  while (const auto packet = packets.next()) {
    if (charges != nullptr) charges->at(packet->time_ns);
    if (packet->frame < options.frame) {
      engine.process({&*packet, 1}, packets);
      continue;
    }
    const std::vector<std::byte> came(packet->octets.begin(), packet->octets.end());
    std::vector<OctetChange> changes;
    packets.leaves = [&](const engine::Packet& left) {
      if (left.frame == options.frame && left.octets.size() == came.size())
        changes = changes_between(came, left.octets);
    };
    const Counters before = engine.counters();
    TraceTree tree(packet->octets);
    kept.listening = true;
    engine.trace_with(&tree);
    engine.process({&*packet, 1}, packets);
    engine.trace_with(nullptr);
    return print(options, tree, kept, changes, notes_of(tree, before, engine.counters()));
  }
  if (reader.ending() != dpdk::CaptureReader::Ending::complete)
    throw dpdk::CaptureError(
        fmt::format("{}; packet {} was not reached", reader.ending_message(), options.frame));
  throw dpdk::CaptureError(fmt::format("{} has {} packets; there is no packet {}", options.common.in,
                                       packets.number(), options.frame));
}

/// What a log does not tell, when they came, prices ask for: they cost what they would cost now.
void explain_octets(const Options& options, engine::Engine& engine, ReplayCharges* charges,
                    KeptEvents& kept) {
  const engine::PayloadKind kind = form_of(options.as);
  const std::vector<std::byte> octets = octets_of(options.hex);
  TraceTree tree(octets);
  kept.listening = true;
  const Counters before = engine.counters();
  engine.trace_with(&tree);
  const std::uint64_t time_ns = charges == nullptr ? 0 : now_ns();
  if (charges != nullptr) charges->at(time_ns);
  const std::span<const Edit> edits = engine.process_payload(kind, octets, time_ns);
  engine.trace_with(nullptr);
  std::vector<std::byte> after = octets;
  for (const Edit& edit : edits)
    std::copy(edit.octets.begin(), edit.octets.end(),
              after.begin() + static_cast<std::ptrdiff_t>(edit.offset));
  print(options, tree, kept, changes_between(octets, after), notes_of(tree, before, engine.counters()));
}

}  // namespace

int explain(const std::vector<std::string>& arguments) {
  const std::optional<Options> options = parse(arguments);
  if (!options) return Exit::fine;
  KeptEvents kept;
  const engine::Settings settings = settings_of(options->common);
  const Judges judges = load_judges(settings, options->common.rules);
  if (judges.ruleset != nullptr) kept.spans.emplace(judges.ruleset, pattern_cache());
  kept.asked = asked_rule(*options, judges.ruleset.get());
  engine::Engine engine(settings, kept, judges.ruleset, judges.plugins);
  kept.evaluator = engine.evaluator();
  kept.payments = &engine.payments();
  const std::string& rules = options->common.rules.empty() ? settings.rules : options->common.rules;
  const auto charges = ReplayCharges::make({.ledger = {}, .copy_of = options->ledger, .rules = rules});
  if (charges) engine.charge_with(&charges->charger());
  if (options->from_hex) explain_octets(*options, engine, charges.get(), kept);
  else explain_frame(*options, engine, charges.get(), kept);
  return Exit::fine;
}

}  // namespace tollgate::cli
