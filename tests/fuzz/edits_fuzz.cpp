#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "decode/smpp.hpp"
#include "inspect/smpp.hpp"
#include "inspect/tcap.hpp"

// A verdict 1, which payload 1, then an SMPP PDU or a TCAP message. What is stopped names nobody and says
// nothing.

using namespace tollgate;

namespace {

constexpr std::string_view number = "4477009009";

void check(bool holds) {
  if (!holds) std::abort();
}

/// Gives every message the same verdict, and counts.
class Judge final : public Consumer {
 public:
  explicit Judge(Verdict given) { judgement_.verdict = given; }

  void accept(Message& message) override {
    if (message.kind != Kind::message) return;
    ++messages;
    for (const char digit : message.imsi) imsi_is_zeros = imsi_is_zeros && digit == '0';
    message.judgement = judgement_;
    if (judgement_.verdict == Verdict::divert) {
      message.judgement.divert_to = number;
      if (!message.divert_room.fits(number)) message.judgement.verdict = Verdict::block;
    }
    message.judgement.enforced = message.editable && changes_message(message.judgement.verdict);
    verdict = message.judgement.verdict;
  }

  unsigned messages = 0;
  bool imsi_is_zeros = true;
  Verdict verdict = Verdict::pass;  ///< of the last

 private:
  Judgement judgement_;
};

std::vector<std::byte> edited(Octets octets, const Edits& edits) {
  std::vector<std::byte> after(octets.begin(), octets.end());
  for (const Edit& edit : edits.all()) {
    check(edit.offset + edit.octets.size() <= after.size());
    std::copy(edit.octets.begin(), edit.octets.end(),
              after.begin() + static_cast<std::ptrdiff_t>(edit.offset));
  }
  return after;
}

bool is_all(std::string_view text, char covered) {
  return std::all_of(text.begin(), text.end(), [=](char c) { return c == covered; });
}

void check_stopped(const decode::smpp::Pdu& pdu) {
  using namespace decode::smpp;
  const bool multi = pdu.command_id == CommandId::submit_multi;
  if (!multi) check(is_all(pdu.destination.addr, '*'));
  Destinations destinations(multi ? pdu.list : Octets{});
  for (Destination destination; destinations.next(destination);)
    check(is_all(destination.is_list ? destination.list_name : destination.address.addr, '*'));
  check(is_all(as_chars(pdu.short_message), ' '));
  check(pdu.registered_delivery == 0);
  TlvWalk walk(pdu.tlvs);
  while (const auto tlv = walk.next())
    check(tlv->tag != tag::message_payload || is_all(as_chars(tlv->value), ' '));
  check(is_all(as_chars(walk.rest()), ' '));
}

void try_smpp(Verdict verdict, bool old, Octets octets) {
  static Counters counters;
  static Arena arena(1U << 18U);
  static Edits edits;
  inspect::Smpp smpp(4, 4, counters, arena);
  Judge judge(verdict);
  const flow::Carriage carriage{.frame = 1, .connection = 1, .opposite = 2, .position = 1};
  constexpr std::array bind{0, 0, 0, 23, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x33, 0, 0, 0};
  if (old) {
    std::array<std::byte, bind.size()> pdu{};
    std::transform(bind.begin(), bind.end(), pdu.begin(),
                   [](int octet) { return static_cast<std::byte>(octet); });
    smpp.pdu(carriage, pdu, judge);
  }
  edits.begin(octets);
  smpp.pdu(carriage, octets, judge, nullptr, &edits);
  const auto after = edited(octets, edits);
  if (judge.messages == 0 || !changes_message(judge.verdict)) return check(edits.empty());
  const auto before = decode::smpp::decode(octets);
  const auto pdu = decode::smpp::decode(after);
  check(before.ok() && pdu.ok());
  check(before->command_id == pdu->command_id && before->sequence_number == pdu->sequence_number);
  if (judge.verdict != Verdict::divert) return check_stopped(*pdu);
  check(pdu->destination.addr == number);
  check(as_chars(pdu->short_message) == as_chars(before->short_message));
}

void try_tcap(Verdict verdict, Octets octets) {
  static Counters counters;
  static Arena arena(1U << 18U);
  static Edits edits;
  const flow::Carriage carriage{.frame = 1, .position = 1};
  Judge judge(verdict);
  edits.begin(octets);
  inspect::Tcap(4, counters, arena).read({carriage, judge, nullptr, &edits}, {}, octets);
  const auto after = edited(octets, edits);
  if (judge.messages == 0 || !changes_message(judge.verdict)) return check(edits.empty());
  Judge again(Verdict::pass);
  inspect::Tcap(4, counters, arena).read({carriage, again}, {}, after);
  check(again.messages <= judge.messages);
  check(again.messages == 0 || again.imsi_is_zeros);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2 || size > 65'537) return 0;
  const auto verdict = static_cast<Verdict>(data[0] % 5U);
  const Octets octets = std::as_bytes(std::span{data + 2, size - 2});
  switch (data[1] % 3U) {
    case 0: try_smpp(verdict, false, octets); break;
    case 1: try_smpp(verdict, true, octets); break;
    default: try_tcap(verdict, octets); break;
  }
  return 0;
}
