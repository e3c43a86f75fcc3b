#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "decode/ip.hpp"
#include "decode/sctp.hpp"
#include "decode/tpdu.hpp"
#include "decode/trace.hpp"
#include "engine/ip_wire.hpp"
#include "engine/memory.hpp"
#include "engine/output.hpp"
#include "engine/packet.hpp"
#include "engine/sctp_wire.hpp"
#include "engine/settings.hpp"
#include "engine/stage_clock.hpp"
#include "engine/stages.hpp"
#include "engine/tables.hpp"
#include "engine/tcp_wire.hpp"
#include "flow/carriage.hpp"
#include "flow/ip_fragments.hpp"
#include "flow/sctp_associations.hpp"
#include "flow/tcp_relay.hpp"
#include "flow/tcp_streams.hpp"
#include "flow/zero_pages.hpp"
#include "inspect/sigtran.hpp"
#include "inspect/smpp.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::engine {

/// What octets from a log are, as `explain --hex` takes them.
enum class PayloadKind : std::uint8_t { m3ua, sccp, tcap, sms_deliver, sms_submit, smpp };

/// The stages in order, for one worker: packets in, packets and messages out. Knows no clock, no files
/// and no DPDK.
class Engine {
 public:
  /// `events` is told of every message; it must outlive the engine. Messages are judged by `ruleset`, where
  /// there is one, and by the signals of `plugins`, with whose names it was loaded. `memory` is what an
  /// engine of the same Memory::layout() left behind, or zeros; where it is empty, nothing is left behind.
  Engine(const Settings& settings, Consumer& events, std::shared_ptr<const rules::Ruleset> ruleset = {},
         std::shared_ptr<const detect::Plugins> plugins = {}, std::span<std::byte> memory = {});
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes a burst. Each packet is given back to `output` once, in this call or, where it is held, in a later
  /// one.
  void process(std::span<const Packet> burst, Output& output);

  /// Takes a packet that there is no time to read. Its messages are counted, and pass. What it changes of the
  /// state of its connection is learned, and what was decided of octets that it repeats holds.
  void pass_unread(const Packet& packet, Output& output);

  /// What time alone brings, while no packet comes. To be called every few milliseconds.
  void tick(std::uint64_t time_ns, Output& output);

  // The process ends, and another one may go on with the memory:

  /// From now on no sender is told any more that octets are delivered which its receiver does not have.
  void prepare_to_leave() {
    if (relay_) relay_->take_no_custody();
  }
  /// Whether no sender relies on this memory.
  bool may_leave() const { return !relay_ || relay_->drained(); }
  /// What senders rely on this memory for, and is held, goes on: its rest did not come.
  void release_custody(Output& output);
  /// What is in custody: of how many connections, and octets.
  flow::TcpRelay::InCustody in_custody() const {
    return relay_ ? relay_->in_custody() : flow::TcpRelay::InCustody{};
  }
  /// What is held is dropped, as a wire may: its sender, or the next process, sends it again. Once, in the
  /// place of finish().
  void leave(Output& output);

  /// The end of the input: reads, or counts, what waits for octets that will not come, and lets it go. Once.
  void finish(Output& output);

  /// Reads octets that came without the layers below them, at that time. Gives what would be changed in them,
  /// good until the next call.
  std::span<const Edit> process_payload(PayloadKind kind, Octets octets, std::uint64_t time_ns = 0);

  const Counters& counters() const { return counters_; }

  /// From now on a sample of the packets is measured.
  void measure_by(const StageClock::Source& source) { stages_.clock().measure_by(source); }
  const StageTimes& stage_times() const { return stages_.clock().times(); }

  /// How full each table is, those of the shell left out.
  TableUses tables() const;

  /// Whether what the policy decides is done to the packets, from now on. False: it is only recorded.
  void enforce(bool on) {
    enforce_ = on;
    stages_.enforce(on);
    if (relay_) relay_->enforce(enforces());
  }

  /// What judges, and knows more of the message that `events` is told of; null where there is no ruleset.
  rules::Evaluator* evaluator() { return stages_.evaluator(); }

  /// From now on `judge` judges; it becomes what has judged until now, and may be freed when the messages are
  /// recorded that `events` was told of before. Between two calls of process(); does not allocate.
  void exchange(Judge& judge) { stages_.exchange(judge); }

  /// From now on `charger` charges what the policy says, unless that is only recorded; null: nobody.
  void charge_with(charge::Charger* charger) { stages_.charge_with(charger); }

  /// How messages are paid for: knows more of the message that `events` is told of.
  Payments& payments() { return stages_.payments(); }

  /// From now on `trace` is told what the decoders read; null: nobody.
  void trace_with(decode::Trace* trace) { trace_ = trace; }

 private:
  /// What TcpStreams offers its octets to.
  auto deliver_to_smpp() {
    return [this](const flow::Carriage& carriage, flow::StreamState& state, Octets octets) {
      const StageClock::In inspect(clock_, Stage::inspect);
      be_on(carriage.link);
      return smpp_.octets(carriage, state, octets, stages_, trace_);
    };
  }
  /// What TcpRelay offers them to.
  class SmppReader final : public flow::StreamReader {
   public:
    explicit SmppReader(Engine& engine) : engine_(engine) {}
    std::size_t read(const flow::Carriage& carriage, flow::StreamState& state, Octets in_order,
                     Edits& edits) override;
    bool spoil(std::span<std::byte> rest) override;

   private:
    Engine& engine_;
  };
  /// What becomes of a packet once it was read.
  enum class Fate : std::uint8_t {
    leaves,  ///< now
    taken,   ///< held, dropped or sent already
  };

  /// Octets may be read when no packet of theirs comes.
  void be_on(const Link* link) {
    if (link != nullptr) counters_.be_on(static_cast<std::size_t>(link - settings_.links.data()));
  }
  flow::Carriage carriage_of(const Packet& packet) const;
  flow::Carriage carriage_of(const Packet& packet, const decode::IpPacket& ip) const;
  flow::Entrance entrance_of(const Packet& packet) const;
  void pass_unread(bool on);
  /// Whether what is decided now is to be done.
  bool enforces() const { return enforce_ && !passes_unread_; }
  Fate unread(Count why);
  Fate unread(const Packet& packet, const decode::Error& error);
  void advance(std::uint64_t time_ns, Output& output);
  Fate read(const Packet& packet, Output& output);
  Fate read_link(const Packet& packet, Output& output);
  Fate read_ip(const Packet& packet, Octets octets, Output& output);
  Fate read_fragment(const Packet& packet, const decode::IpPacket& fragment, Output& output);
  Fate read_whole(const Packet& packet, const decode::IpPacket& ip, Output& output);
  Fate read_transport(const Packet& packet, const decode::IpPacket& ip, Output& output);
  struct SctpReader;
  Fate read_sctp(const Packet& packet, const decode::IpPacket& ip, Output& output);
  Fate read_tcp(const Packet& packet, const decode::IpPacket& ip, Output& output);
  void relay_tcp(const Packet& packet, const decode::IpPacket& ip, const decode::TcpSegment& segment,
                 Output& output);
  /// Whether a decision could change what becomes of the packet.
  bool is_in_the_wire(const Packet& packet) const { return judges_ && !settings_.links[packet.link].tap; }
  void read_user_message(const flow::Carriage& carriage, const flow::SctpUserMessage& message, Edits* edits);
  void read_payload(PayloadKind kind, const flow::Carriage& carriage, Octets octets, Edits* edits);
  void read_pdus(flow::Carriage carriage, Octets octets, Edits* edits);
  void read_tpdu(const flow::Carriage& carriage, decode::TpduDirection direction, Octets octets);

  const Settings settings_;
  Counters counters_;
  Arena arena_;
  Stages stages_;
  StageClock& clock_ = stages_.clock();
  flow::ZeroPages pages_;
  const Memory memory_;  ///< in them
  flow::IpFragments fragments_;
  IpWire ip_;
  flow::SctpAssociations associations_;
  SctpWire sctp_;
  flow::TcpStreams streams_;
  inspect::Sigtran sigtran_;
  inspect::Smpp smpp_;
  Edits edits_;
  const bool judges_;  ///< there are rules, or may be: these may change, but do not go
  bool enforce_;
  bool passes_unread_ = false;  ///< the packet in hand
  SmppReader smpp_reader_{*this};
  std::optional<flow::TcpRelay> relay_;  ///< where there are rules, and they may be enforced
  std::uint64_t time_ns_ = 0;            ///< of the last packet, or tick
  std::uint64_t frame_ = 0;              ///< of the last packet
  decode::Trace* trace_ = nullptr;
};

}  // namespace tollgate::engine
