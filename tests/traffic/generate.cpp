#include "traffic/generate.hpp"

#include <charconv>

#include <pcap/pcap.h>

#include "traffic/capture.hpp"

namespace tollgate::traffic {
namespace {

constexpr std::uint64_t epoch_ns = 1'795'298'400'000'000'000;  // 2026-11-21T22:00:00Z

int libpcap_link_type(LinkType link) {
  switch (link) {
    case LinkType::ethernet: return DLT_EN10MB;
    case LinkType::linux_sll: return DLT_LINUX_SLL;
    case LinkType::linux_sll2: return DLT_LINUX_SLL2;
    case LinkType::raw_ip: return DLT_RAW;
    case LinkType::mtp2: return DLT_MTP2;
    case LinkType::mtp3: return DLT_MTP3;
    case LinkType::sccp: return DLT_SCCP;
  }
  return DLT_EN10MB;
}

bool is_bare(LinkType link) {
  return link == LinkType::mtp2 || link == LinkType::mtp3 || link == LinkType::sccp;
}

struct Weighted {
  const Mix* mix;
  std::uint64_t weight;
};

std::vector<Weighted> sample(const MixList& list) {
  std::vector<Weighted> chosen;
  for (const Mix& mix : list.all()) {
    if (mix.weight != 0) chosen.push_back({&mix, mix.weight});
  }
  return chosen;
}

/// Reads `NAME[=WEIGHT],...`.
std::vector<Weighted> parse(const MixList& list, std::string_view text) {
  std::vector<Weighted> chosen;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    const std::string_view name = entry.substr(0, entry.find('='));
    std::uint64_t weight = 1;
    if (name.size() < entry.size()) {
      const char* end = entry.data() + entry.size();
      const auto read = std::from_chars(name.data() + name.size() + 1, end, weight);
      if (read.ec != std::errc{} || read.ptr != end || weight == 0 || weight > 1'000'000) {
        throw UsageError("--mix: not a weight from 1 to 1000000: " + std::string{entry});
      }
    }
    const Mix* mix = list.find(name);
    if (mix == nullptr) throw UsageError("--mix: no such mix: " + std::string{name} + "; see --list-mixes");
    chosen.push_back({mix, weight});
  }
  if (chosen.empty()) throw UsageError("--mix: names nothing");
  return chosen;
}

}  // namespace

void generate(const Order& order) {
  const MixList list = all_mixes();
  const bool in_turn = order.mix == "all";
  std::vector<Weighted> chosen;
  if (in_turn) {
    for (const Mix& mix : list.all()) chosen.push_back({&mix, 1});
  } else if (order.mix == "sample") {
    chosen = sample(list);
  } else {
    chosen = parse(list, order.mix);
  }
  if (is_bare(order.link)) std::erase_if(chosen, [](const Weighted& w) { return w.mix->needs_ip; });
  if (chosen.empty()) throw UsageError("--mix: nothing of it can be written to this link type");
  if (order.rate == 0) throw UsageError("--rate: must not be 0");

  Capture capture(order.capture, libpcap_link_type(order.link), order.nanoseconds);
  Truth truth(order.truth);
  Wire wire(capture, truth, order.link);
  Context context(wire, order.seed);
  context.now_ns = epoch_ns;
  Generator generator(context);

  std::uint64_t total = 0;
  for (const Weighted& one : chosen) total += one.weight;
  const std::uint64_t gap_ns = 1'000'000'000 / order.rate;
  std::uint64_t conversations = 0;
  // A bound on conversations, for mixes without messages.
  while (context.messages < order.count || (in_turn && conversations < chosen.size())) {
    const Mix* mix = chosen[conversations % chosen.size()].mix;
    if (!in_turn) {
      std::uint64_t ticket = context.random.below(total);
      for (const Weighted& one : chosen) {
        mix = one.mix;
        if (ticket < one.weight) break;
        ticket -= one.weight;
      }
    }
    mix->run(generator);
    ++conversations;
    if (conversations >= order.count && !in_turn) {
      if (context.messages == 0) break;
    }
    context.now_ns += gap_ns / 2 + context.random.below(gap_ns + 1);
    context.timeline.run_until(context.now_ns);
  }
  generator.finish();
  capture.close();
  truth.close();
}

}  // namespace tollgate::traffic
