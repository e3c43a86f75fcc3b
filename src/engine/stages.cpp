#include "engine/stages.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "decode/smpp.hpp"
#include "inspect/whole_message.hpp"
#include "message/number.hpp"

namespace tollgate::engine {
namespace {

int strictness(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return 0;
    case Verdict::charge: return 1;
    case Verdict::divert: return 2;
    case Verdict::throttle: return 3;
    case Verdict::block: break;
  }
  return 4;
}

}  // namespace

Judge::Judge(std::shared_ptr<const rules::Ruleset> ruleset, std::shared_ptr<const detect::Plugins> plugins,
             std::uint32_t worker) {
  if (ruleset == nullptr) return;
  if (plugins != nullptr)
    detectors = std::make_unique<detect::Detectors>(std::move(plugins), *ruleset, worker);
  signals.reserve(ruleset->signals.size());
  evaluator = std::make_unique<rules::Evaluator>(std::move(ruleset));
}

Stages::Stages(const Settings& settings, Counters& counters, Arena& arena, Consumer& events,
               std::shared_ptr<const rules::Ruleset> ruleset, std::shared_ptr<const detect::Plugins> plugins)
    : settings_(settings),
      counters_(counters),
      arena_(arena),
      events_(events),
      concatenation_(settings.concatenation),
      payments_(settings, counters, arena),
      enforces_(settings.enforcement) {
  Judge judge(std::move(ruleset), std::move(plugins));
  exchange(judge);
}

bool Stages::from_outside(const IpAddress& address) const {
  return std::any_of(settings_.replay_outside.begin(), settings_.replay_outside.end(),
                     [&](const Network& network) { return contains(network, address); });
}

/// Of a peer; empty where the address is none's.
std::string_view Stages::account_of(const IpAddress& address) const {
  const auto& peers = settings_.peers;
  const auto peer = std::lower_bound(peers.begin(), peers.end(), address,
                                     [](const Peer& p, const IpAddress& ip) { return p.ip < ip; });
  return peer != peers.end() && peer->ip == address ? std::string_view(peer->account) : std::string_view{};
}

/// Who pays for an SMPP connection pays in both directions: the ESME that is bound, else the peer that either
/// end is.
std::string_view Stages::account_of(const Message& message) const {
  if (!message.smpp.system_id.empty()) return message.smpp.system_id;
  const std::string_view account = account_of(message.origin.ip);
  return account.empty() ? account_of(message.destination.ip) : account;
}

void Stages::accept(Message& message) {
  if (message.frame != frame_) item_ = 0;
  frame_ = message.frame;
  message.item = item_++;
  for (Address* address : {&message.sender, &message.recipient}) {
    // An inspector that saw a '+' knows the number already.
    if (address->present && address->number.empty()) fill_number(*address, settings_.home, arena_);
  }
  // Replies to what came over a route come back over it.
  if (!settings_.replay_outside.empty() &&
      (from_outside(message.origin.ip) || from_outside(message.destination.ip))) {
    message.route = settings_.replay_route;
  }
  // In SS7 it follows from the table of operators, which belongs to the rules.
  if (message.protocol == Protocol::smpp) message.origin.account = account_of(message);
  if (message.kind == Kind::message && message.parts.total > 1) put_together(message);
  message.body = {};
  if (evaluator_) {
    if (message.kind == Kind::message) judge(message);
    else name_ends(message);
  }
  const StageClock::In record(clock_, Stage::record);
  events_.accept(message);
}

void Stages::name_ends(Message& message) {
  const StageClock::In charge(clock_, Stage::charge);
  payments_.name_ends(evaluator_->ruleset(), message);
}

rules::Subject& Stages::look_at(Message& message) {
  const StageClock::In normalise(clock_, Stage::normalise);
  rules::Subject& subject = evaluator_->look_at(message);
  evaluator_->normalise();
  return subject;
}

void Stages::judge(Message& message) {
  const bool part = message.parts.total > 1;
  const flow::PartsKey key = part ? flow::parts_key(message) : flow::PartsKey{};
  if (payments_.charger() != nullptr) name_ends(message);
  rules::Subject& subject = look_at(message);
  if (message.smpp.destinations.empty()) judge_looked_at(message, detect(subject));
  else judge_each_recipient(message);
  Judgement& judgement = message.judgement;
  // Once a part is blocked, every later part of its message is, for the same reason.
  Decision* const earlier = part ? concatenation_.blocked_by(key) : nullptr;
  if (earlier != nullptr && earlier->line != 0 && judgement.verdict != Verdict::block)
    evaluator_->block_by(*earlier);
  settle(message);
  if (earlier != nullptr && judgement.verdict == Verdict::block) *earlier = evaluator_->decision();
  judgement.enforced = message.editable && changes_message(judgement.verdict);
}

void Stages::settle(Message& message) {
  const StageClock::In charge(clock_, Stage::charge);
  payments_.settle(message, *evaluator_, enforces_);
}

std::span<const double> Stages::detect(rules::Subject& subject) {
  const StageClock::In detect(clock_, Stage::detect);
  return detectors_ ? detectors_->detect(subject) : std::span<const double>{};
}

void Stages::judge_looked_at(Message& message, std::span<const double> signals) {
  {
    const StageClock::In match(clock_, Stage::match);
    evaluator_->match(signals);
  }
  const StageClock::In decide(clock_, Stage::decide);
  evaluator_->decide();
  const Judgement& judgement = message.judgement;
  if (judgement.verdict == Verdict::divert && !message.divert_room.fits(judgement.divert_to))
    evaluator_->fall_back();
}

/// A submit_multi has one verdict, the strictest recipient's, which becomes the message's own. Distribution
/// lists have no number to be judged by.
void Stages::judge_each_recipient(Message& message) {
  Address strictest = message.recipient;
  std::optional<Verdict> verdict;
  bool last = true;
  decode::smpp::Destinations destinations(message.smpp.destinations);
  for (decode::smpp::Destination destination; destinations.next(destination);) {
    if (destination.is_list) continue;
    read_recipient(message, destination, settings_.home, arena_);
    const std::span<const double> signals = detect(evaluator_->look_at_recipient(message));
    judge_looked_at(message, signals);
    last = !verdict || strictness(message.judgement.verdict) > strictness(*verdict);
    if (!last) continue;
    verdict = message.judgement.verdict;
    strictest = message.recipient;
    signals_.assign(signals.begin(), signals.end());
  }
  if (verdict && last) return;
  message.recipient = strictest;
  rules::Subject& subject = evaluator_->look_at_recipient(message);
  if (verdict) judge_looked_at(message, signals_);
  else judge_looked_at(message, detect(subject));  // lists alone
}

void Stages::put_together(Message& message) {
  const auto whole =
      concatenation_.add(flow::parts_key(message), message.parts.seq,
                         {message.body, message.coding, message.language}, message.time_ns, counters_);
  inspect::read_whole_message(whole, message, arena_, counters_);
}

}  // namespace tollgate::engine
