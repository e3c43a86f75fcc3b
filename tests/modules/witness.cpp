// Tells by its signals what it was shown of a message, so that tests can compare that with what they sent.
#include <cstddef>
#include <cstdint>

#include "plugin.h"

namespace {

enum Signal : std::uint32_t {
  calls,  // of this instance
  second,
  protocol,
  direction,
  operation_length,
  origin_gt_length,
  origin_port,
  origin_pc,
  account_length,
  sender_type,
  sender_number_length,
  recipient_present,
  text_length,
  folded_length,
  host_count,
  first_host_length,
  parts,
  unasked,
  count
};
constexpr const char* names[count] = {"calls",
                                      "second",
                                      "protocol",
                                      "direction",
                                      "operation_length",
                                      "origin_gt_length",
                                      "origin_port",
                                      "origin_pc",
                                      "account_length",
                                      "sender_type",
                                      "sender_number_length",
                                      "recipient_present",
                                      "text_length",
                                      "folded_length",
                                      "host_count",
                                      "first_host_length",
                                      "parts",
                                      "unasked"};

struct Witness {
  std::uint32_t calls = 0;
};

void* open(const tollgate_opening* opening) {
  if (opening->abi != TOLLGATE_PLUGIN_ABI || !TOLLGATE_HAS(opening, tollgate_opening, refuse)) return nullptr;
  for (std::uint32_t i = 0; i < count; ++i) {
    const tollgate_signal signal{
        TOLLGATE_PLUGIN_ABI, sizeof(tollgate_signal), TOLLGATE_NUMBER, 0, names[i], "things",
        "what was seen"};
    if (opening->add_signal(opening->host, &signal) != i) return nullptr;
  }
  return new Witness;
}

void detect(void* instance, const tollgate_burst* burst) {
  auto& witness = *static_cast<Witness*>(instance);
  for (std::size_t i = 0; i < burst->count; ++i) {
    const tollgate_message& m = *burst->messages[i];
    if (!TOLLGATE_HAS(&m, tollgate_message, part)) continue;
    double* const signals = burst->signals[i];
    const auto say = [&](Signal signal, auto value) { signals[signal] = static_cast<double>(value); };
    say(calls, ++witness.calls);
    say(second, m.time_ns / 1'000'000'000);
    say(protocol, m.protocol);
    say(direction, m.direction);
    say(operation_length, m.operation.size);
    if (m.origin.gt.size != 0) say(origin_gt_length, m.origin.gt.size);
    say(origin_port, m.origin.port);
    say(origin_pc, m.origin.point_code);
    say(account_length, m.origin.account.size);
    say(sender_type, m.sender.type);
    say(sender_number_length, m.sender.number.size);
    say(recipient_present, m.recipient.present);
    say(text_length, m.text.size);
    say(folded_length, burst->folded_text(burst, i).size);
    const tollgate_texts hosts = burst->url_hosts(burst, i);
    say(host_count, hosts.count);
    if (hosts.count != 0) say(first_host_length, hosts.data[0].size);
    say(parts, m.parts);
    if (burst->wanted[unasked] != 0) say(unasked, 1);
  }
}

void close(void* instance) { delete static_cast<Witness*>(instance); }

}  // namespace

const tollgate_plugin* tollgate_plugin_get() {
  static const tollgate_plugin plugin{
      TOLLGATE_PLUGIN_ABI, sizeof(tollgate_plugin), TOLLGATE_DETECTOR, 0, "witness", open, detect, close};
  return &plugin;
}
