// Traffic of many days, counted as an appliance counts it, and written as events for whoever counts it anew.
//
// usage: report-traffic FILE DAYS EVENTS SEED [NAME=NUMBER ...]
//
// FILE takes the rollups, FILE.unread a line for each time that packets were not read (second, reason, route
// and how many), and events go to standard output. Names: minutes, hours and days (for how many days these
// are kept), senders (how many of an hour or a day are kept by themselves).
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "message/counters.hpp"
#include "message/link.hpp"
#include "record/json_lines.hpp"
#include "record/rollup_store.hpp"
#include "record/rollups.hpp"

namespace tollgate {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t first_ns = 1'787'616'000 * second_ns;  // 2026-08-25T00:00:00Z
constexpr std::uint64_t day_ns = 86'400 * second_ns;
constexpr std::size_t senders = 900;  // fewer than are usually kept by themselves

/// What its messages have in common.
struct Account {
  std::string_view id;
  std::string_view currency;
  std::array<std::string_view, 2> routes;
};
constexpr std::array accounts{
    Account{"", "EUR", {"international", "hub"}}, Account{"acme", "EUR", {"domestic", "domestic"}},
    Account{"bulk-7", "GBP", {"domestic", "hub"}}, Account{"zeta", "EUR", {"international", ""}},
    Account{"north", "GBP", {"hub", "hub"}}};
struct Centre {
  std::string_view address;
  std::string_view operator_name;
};
constexpr std::array centres{Centre{"491700000000", "Rhine"}, Centre{"447700900000", "Thames"},
                             Centre{"33600000000", ""},       Centre{"", ""},
                             Centre{"4917", "Rhine"},         Centre{"14155550100", "Bay, and others"}};
/// What a sender sends.
struct Content {
  std::vector<std::string_view> labels;
  std::vector<std::uint32_t> rules;
};
const std::array<Content, 5> contents{{{{}, {}},
                                       {{"a2p", "otp"}, {1001, 1005}},
                                       {{"a2p", "marketing"}, {1002, 1005}},
                                       {{"phishing"}, {1010}},
                                       {{"otp"}, {1001, 1015}}}};
constexpr std::array<std::string_view, 3> refusals{"no credit", "no price", "suspended"};
/// By verdict.
constexpr std::array<std::string_view, 5> policies{"All else", "Phishing never passes",
                                                   "A sender, registered | known", "Slowly", "Elsewhere"};

class Traffic {
 public:
  Traffic(std::uint64_t begin_ns, std::uint64_t days, std::uint64_t events, unsigned seed)
      : begin_ns_(begin_ns), step_ns_(days * day_ns / events), random_(seed) {
    for (std::size_t i = 0; i < senders; ++i)
      senders_.push_back(i % 3 == 0 ? "Brand" + std::to_string(i) : "4477009" + std::to_string(10'000 + i));
  }

  /// The next message; good until the one after it. As in real traffic, most of what it is counted by follows
  /// from who sends it.
  const Message& next() {
    Message& m = message_ = {};
    m.kind = Kind::message;
    m.time_ns = begin_ns_ + count_ * step_ns_ + below(step_ns_);
    m.id = {.high = 7, .low = ++count_};
    m.frame = count_;
    const bool smpp = below(3) == 0;
    m.protocol = smpp ? Protocol::smpp : Protocol::map;
    m.operation = smpp ? "submit_sm" : below(5) == 0 ? "sendRoutingInfoForSM" : "mt-forwardSM";
    m.direction = smpp ? Direction::mo : Direction::mt;
    m.origin.port = smpp ? 2775 : 2905;
    const std::size_t sender = below(senders) * below(senders) / senders;
    const Account& account = accounts[sender % accounts.size()];
    m.route = account.routes[below(account.routes.size())];
    m.origin.account = account.id;
    const Centre& centre = centres[smpp ? 3 : sender % centres.size()];
    m.service_centre = centre.address;
    m.service_centre_operator = centre.operator_name;
    if (centre.address.empty()) fill_origin(m, smpp, sender / centres.size() % 4);
    m.sender = {.address = senders_[sender], .type = NumberType::alphanumeric, .present = true};
    if (sender % 3 != 0) {
      m.sender.number = senders_[sender];
      m.sender.address = m.sender.number.substr(2);  // without its country
      m.sender.type = NumberType::national;
    }
    if (below(6) == 0) m.parts = {.ref = 1, .total = 2, .seq = static_cast<std::uint8_t>(1 + below(2))};
    judge(m.judgement, account, contents[sender / 7 % contents.size()]);
    return m;
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  /// Of what no service centre is known: by what else it is told where it came from.
  static void fill_origin(Message& m, bool smpp, std::size_t kind) {
    if (kind == 0) m.origin.operator_name = "Transit";
    if (kind <= 1 && smpp) m.smpp.system_id = "bind-9";
    if (kind <= 1 && !smpp) m.origin.gt = "491710000000";
    if (kind <= 2) m.link = "ic1";
  }

  void judge(Judgement& judgement, const Account& account, const Content& content) {
    hits_.clear();
    for (const std::uint32_t id : content.rules)
      hits_.push_back({.id = id, .rev = 1, .state = id % 5 == 0 ? RuleState::shadow : RuleState::enforce});
    judgement.ruleset = "r";
    judgement.labels = content.labels;
    judgement.rules = hits_;
    judgement.verdict = std::array{Verdict::pass,  Verdict::pass,     Verdict::charge,
                                   Verdict::block, Verdict::throttle, Verdict::divert}[below(6)];
    judgement.policy = policies[static_cast<std::size_t>(judgement.verdict)];
    if (judgement.verdict == Verdict::charge) {
      judgement.tariff = "domestic";
      judgement.charged = true;
      judgement.charged_before = below(20) == 0;
      judgement.currency = account.currency;
      judgement.amount = judgement.charged_before ? 0 : static_cast<std::int64_t>(10'000 + below(50'000));
      judgement.fees = judgement.charged_before || below(3) != 0 ? 0 : static_cast<std::int64_t>(below(900));
    } else if (judgement.verdict == Verdict::block && below(4) == 0) {
      judgement.tariff = "domestic";
      judgement.charge_refused = refusals[below(refusals.size())];
    } else if (judgement.verdict == Verdict::pass && below(4) == 0) {
      judgement.leaked = static_cast<std::int64_t>(20'000 + below(10'000));
      judgement.currency = account.currency;
    }
  }

  const std::uint64_t begin_ns_;
  const std::uint64_t step_ns_;
  std::mt19937_64 random_;
  std::uint64_t count_ = 0;
  std::vector<std::string> senders_;
  std::vector<RuleHit> hits_;
  Message message_;
};

/// Packets that nobody reads, now and then, on one of some links.
class UnreadPackets {
 public:
  UnreadPackets(const std::string& file, unsigned seed) : lines_(file), random_(seed) {}

  /// Counts some, and tells the rollups what was counted in all, as an engine does.
  void come(record::Rollups& rollups, std::uint64_t time_ns) {
    const std::size_t link = random_() % links_.size();
    const Count reason = reasons[random_() % reasons.size()];
    const std::uint64_t packets = 1 + random_() % most_at_once;
    counters_.be_on(link);
    counters_.add(reason, packets);
    counters_.add(Count::packets, packets + 1);  // and another one, which was read
    rollups.add_unread(counters_, links_, time_ns);
    if (reason != Count::unread_not_ip)
      lines_ << time_ns / second_ns << ',' << to_string(reason) << ',' << links_[link].route << ',' << packets
             << '\n';
  }

 private:
  static constexpr std::uint64_t most_at_once = 40;
  /// The last of them hides no message.
  static constexpr std::array reasons{Count::unread_encrypted, Count::uninspected_overload_messages,
                                      Count::unread_smpp_too_long, Count::unread_not_ip};

  std::ofstream lines_;
  std::mt19937_64 random_;
  Counters counters_;
  const std::vector<Link> links_{{.name = "a", .route = "international"},
                                 {.name = "b", .route = "hub"},
                                 {.name = "c", .route = "domestic"},
                                 {.name = "d", .route = "hub"}};
};

struct Wanted {
  record::RollupSettings settings;
  std::uint64_t begin_ns = first_ns;
  std::uint64_t days = 0;
  std::uint64_t events = 0;
  unsigned seed = 0;
};

void make(const Wanted& wanted) {
  const auto& [settings, begin_ns, days, events, seed] = wanted;
  record::RollupStore store(settings);
  record::Rollups rollups({.numbers = record::ShownNumbers::full});
  record::JsonLines lines("-", {});
  Traffic traffic(begin_ns, days, events, seed);
  UnreadPackets unread(settings.file + ".unread", seed);
  constexpr std::uint64_t most_at_once = 20'000;
  constexpr std::uint64_t between_unread = 50;
  const std::uint64_t batch = std::min(most_at_once, events / days);
  for (std::uint64_t i = 0; i < events; ++i) {
    const Message& message = traffic.next();
    rollups.add(message);
    lines.write(message);
    if (i % between_unread == 0) unread.come(rollups, message.time_ns);
    if (i % batch != batch - 1) continue;
    store.add(rollups.take());
    store.tidy(static_cast<std::int64_t>(message.time_ns / second_ns));
  }
  store.add(rollups.take());
  while (!store.tidy(static_cast<std::int64_t>((begin_ns + days * day_ns) / second_ns))) continue;
  lines.close();
}

/// `NAME=NUMBER`.
void set(Wanted& wanted, std::string_view text) {
  record::RollupSettings& settings = wanted.settings;
  const std::size_t equals = std::min(text.find('='), text.size() - 1);
  const std::string_view name = text.substr(0, equals);
  const auto number = static_cast<std::uint32_t>(std::stoul(std::string(text.substr(equals + 1))));
  if (name == "minutes") settings.minutes_days = number;
  else if (name == "hours") settings.hours_days = number;
  else if (name == "days") settings.days_days = number;
  else if (name == "senders") settings.senders = number;
  else if (name == "begin") wanted.begin_ns += number * second_ns;
  else
    throw std::runtime_error("found " + std::string(text) +
                             "; expected minutes=7, hours=, days=, senders= or begin=");
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  try {
    constexpr int needed = 5;
    if (argc < needed)
      throw std::runtime_error("usage: report-traffic FILE DAYS EVENTS SEED [NAME=NUMBER ...]");
    constexpr std::uint32_t all_days = 2000;
    tollgate::Wanted wanted{.settings = {.file = argv[1],
                                         .time_zone = "Europe/London",
                                         .minutes_days = all_days,
                                         .hours_days = all_days,
                                         .days_days = all_days},
                            .days = std::stoull(argv[2]),
                            .events = std::stoull(argv[3]),
                            .seed = static_cast<unsigned>(std::stoul(argv[4]))};
    for (int i = needed; i < argc; ++i) tollgate::set(wanted, argv[i]);
    tollgate::make(wanted);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "report-traffic: %s\n", error.what());
    return 1;
  }
  return 0;
}
