#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/tcp.hpp"
#include "flow/bounded_table.hpp"
#include "flow/due_order.hpp"
#include "flow/relay_memory.hpp"
#include "flow/tcp_wire.hpp"
#include "message/counters.hpp"

namespace tollgate::flow {

/// Stands in TCP connections: decides which octets go on to the receiver, when, and with which content. It
/// terminates nothing: sequence numbers stay.
///
/// - What a reader has seen and not asked for again goes on, with the reader's edits; a segment of which that
///   is all leaves as it came. The rest is held; when it may go, it leaves in segments that are made.
/// - Of octets that come more than once, the first copy counts, and every later copy is overwritten with what
///   was sent.
/// - Octets behind a gap are kept; their packets are dropped and the sender gets a duplicate acknowledgement.
/// - The sender of held octets gets an acknowledgement for them after 5 ms: see Custody.
/// - Where segments say numbers that fit nothing that was seen, their octets are dropped and the receiver is
///   asked where it stands. Where both ends agree, what lies between has passed around us: the connection is
///   picked up anew.
/// - What comes in where its receiver's segments do says nothing of that receiver.
/// - What is not the reader's passes untouched and is forgotten, as soon as its receiver has those octets
///   that showed it, and no others in their place.
///
/// One a worker. Its state stands in memory from outside: see RelayMemory.
class TcpRelay {
 public:
  using Limits = RelayMemory::Limits;
  static constexpr std::uint64_t custody_ns = 5'000'000;  ///< octets that are held longer are in custody
  static constexpr std::uint64_t again_ns =
      1'000'000'000;  ///< what was due and could not be done is tried again after it
  static constexpr std::uint64_t start_lifetime_ns =
      1'000'000'000;  ///< of a first few octets that may be anything
  static constexpr std::uint32_t start_size = 16;
  static constexpr std::uint64_t stuck_lifetime_ns =
      2'000'000'000;  ///< where the rest may never come: no custody, no window
  static constexpr std::uint64_t probe_ns =
      50'000'000;  ///< a receiver whose window is full is asked so often
  /// A receiver that says for so long, while its sender goes on, that it lacks what came before the first
  /// octets seen will never get it.
  static constexpr std::uint64_t lacking_lifetime_ns = 2'500'000'000;
  static constexpr std::uint64_t gap_lifetime_ns = 60'000'000'000;
  static constexpr std::uint64_t reset_lifetime_ns = 10'000'000'000;
  static constexpr std::uint64_t idle_ns = 120'000'000'000;  ///< then it makes room, where that is short
  static constexpr std::uint32_t most_unread = 160 * 1024;   ///< octets that a reader may want again
  static constexpr std::int32_t most_distance = 1 << 20;  ///< of a sequence number, where no window is known

  /// `memory`: see RelayMemory; what another relay left in it is adopted by `adopt`.
  /// `links` by RelayHeaders::link.
  TcpRelay(std::span<std::byte> memory, const Limits& limits, std::span<const Link> links, Counters& counters,
           StreamReader& reader, Edits& edits);

  /// How long a reader waits for the rest of what it wants.
  void set_hold_lifetime(std::uint64_t ns) { hold_lifetime_ns_ = ns; }

  /// Takes over the connections that an earlier process left in the memory; how many.
  std::uint32_t adopt(std::uint64_t time_ns);

  void segment(TcpArrival arrival, TcpWire& wire);
  bool is_due(std::uint64_t time_ns) const { return hurries_ || due_.is_due(time_ns); }
  /// What time alone brings. To be called every few milliseconds; costs nothing where nothing is due.
  void tick(std::uint64_t time_ns, TcpWire& wire);

  /// Off: nothing new is held or changed, but what was is repeated until it is acknowledged.
  void enforce(bool on) {
    hurries_ = !on && (hurries_ || !bypass_);
    bypass_ = !on;
  }

  /// From now on no sender is told that octets are delivered which its receiver does not have; what was told
  /// holds.
  void take_no_custody() { takes_custody_ = false; }
  /// Whether no sender relies on us for octets that it was told are delivered.
  bool drained() const { return in_custody().connections == 0; }
  /// What is held of octets in custody goes on, unread where it has to.
  void release_custody(std::uint64_t time_ns, TcpWire& wire);
  /// How much is in custody.
  struct InCustody {
    std::uint32_t connections = 0;
    std::uint64_t octets = 0;
  };
  InCustody in_custody() const;
  /// The end of the input: all that is held goes on, and what waited in vain is counted.
  void finish(std::uint64_t time_ns, TcpWire& wire);

  std::uint32_t connections() const { return table_.size(); }
  std::uint32_t buffers_taken() const { return memory_.buffers().taken(); }
  TableUse connection_use() const { return table_.use(); }
  TableUse buffer_use() const { return {memory_.buffers().taken(), memory_.buffers().count()}; }

 private:
  /// A SYN that was not answered yet.
  struct Opening {
    bool seen = false;
    std::uint32_t start = 0;
    std::uint16_t window = 0;
    Entrance entrance;
    decode::TcpOptions options;
  };
  /// The largest buffer that a connection has.
  enum class Keeps : std::uint8_t { nothing, small, large };
  /// What this process alone knows of a connection.
  struct Local {
    std::uint32_t slot = RelayMemory::none;
    Ignored ignored = Ignored::no;  ///< then there is no slot
    std::uint8_t signed_by = 0;     ///< by side: it has sent a signed segment
    bool plain = false;             ///< a segment came that is not signed
    std::uint64_t seen_ns = 0;      ///< the last segment; 0: adopted, and no time has passed
    DuePlace<Local> due;
    TcpEnds ends;
    bool doubted = false;  ///< nothing shows that both ends are there
    Keeps keeps = Keeps::nothing;
    ListPlace<Local> to_go;  ///< see giving_
    std::array<Opening, 2> openings;
  };
  using Locals = LinkedList<Local, &Local::to_go>;
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  /// What a step sends when its state is committed.
  struct Plan {
    enum class Packet : std::uint8_t { none, pass, drop, change } packet = Packet::none;
    TcpChange change;  ///< but for the payload, which is what is kept from change_from on
    std::uint32_t change_from = 0;
    std::uint32_t change_end = 0;
    bool fin_behind = false;  ///< the FIN with it
    Span before;              ///< of the direction in hand: leaves before the packet
    Span behind;              ///< and behind it
    // By direction:
    std::array<Span, 2> more;           ///< leaves as well: what is in custody again, or was held until now
    std::array<bool, 2> fin{};          ///< and its FIN
    std::array<bool, 2> ranges{};       ///< what stands behind gaps leaves
    std::array<bool, 2> probe{};        ///< its receiver is asked for an acknowledgement
    std::array<bool, 2> acknowledge{};  ///< its sender gets an acknowledgement
  };
  struct Work;

  // tcp_relay.cpp: connections
  bool knows_links(std::uint32_t slot);
  bool has_moved_on(const Local& local, const TcpPlace& at, const decode::TcpSegment& segment) const;
  bool begin_in_middle(Local& local, const TcpPlace& place, std::uint32_t sequence);
  void begin_at(Work& work, std::uint32_t sequence);
  static bool is_before_start(const RelayDirection& direction, const decode::TcpSegment& segment);
  bool begin_answered(Local& local, const TcpPlace& place, const TcpArrival& arrival, const Opening& answer);
  enum class Placing : std::uint8_t { good, doubtful, wrong };
  Placing placing(const Local& local, unsigned side, const TcpArrival& arrival) const;
  void misplaced(const TcpArrival& arrival, TcpWire& wire);
  void syn(Local& local, const TcpPlace& place, const TcpArrival& arrival, TcpWire& wire);
  void authenticated(Work& work, const TcpArrival& arrival, TcpWire& wire);
  void unread(Ignored why, const TcpArrival& arrival, TcpWire& wire);
  void start_work(Work& work);
  void finish_work(Work& work, TcpWire& wire);
  void keep_headers(std::uint32_t slot, unsigned side, RelayDirection& direction, const TcpArrival& arrival);

  // tcp_relay_room.cpp: which connections go where room is short
  Locals* list_of(const Local& local);
  void list(Local& local, bool doubted, Keeps keeps);
  Local& insert(const TcpEnds& key);
  void forget(Local& local);
  void erase(Local& local);
  void evict(Local& local);
  void doubt(Local& local);
  void confirm(Local& local);
  void note_buffers(Local& local, const RelayConnection& state);
  bool recycle(const Work& work, std::size_t size);

  // tcp_relay_segment.cpp: what a segment does
  void take(Work& work, const TcpArrival& arrival);
  void reset(Work& work, const TcpArrival& arrival);
  static bool is_in_window(const Work& work, const decode::TcpSegment& segment);
  bool acceptable(Work& work, const TcpArrival& arrival);
  bool is_astray(Work& work, const decode::TcpSegment& segment);
  void ask_receiver(Work& work, const decode::TcpSegment& segment);
  void learn(Work& work, const TcpArrival& arrival);
  void acknowledgement(Work& work, const TcpArrival& arrival);
  void octets(Work& work, const TcpArrival& arrival);
  bool place(Work& work, const TcpArrival& arrival);
  void leave(Work& work, const TcpArrival& arrival);
  bool is_urgent(const Work& work, const decode::TcpSegment& segment) const;
  void leave_as_it_is(Work& work, const decode::TcpSegment& segment);
  void leave_without_payload(Work& work, const TcpArrival& arrival);
  bool may_take_custody(const RelayConnection& state, unsigned side) const;
  bool take_custody(Work& work, unsigned side);
  bool passes_all(const Work& work, const RelayDirection& direction) const;

  // tcp_relay_offer.cpp: what the reader gets, and its edits
  void offer(Work& work, unsigned side, const Carriage& carriage);
  bool offer_until(Work& work, unsigned side, Carriage carriage, std::uint32_t end, std::uint32_t left_end);
  void apply_edits(Work& work, RelayDirection& direction);
  void go_on_at(Work& work, RelayDirection& direction, std::uint32_t sequence);

  // tcp_relay_unread.cpp: of what is not the reader's
  void stop_reading(Work& work, Ignored why);
  void take_unread(Work& work, const TcpArrival& arrival);

  // tcp_relay_time.cpp: what time does
  void watch(const Work& work);
  std::uint64_t due_ns(const RelayConnection& state, unsigned side, std::uint64_t time_ns) const;
  static bool waits_for_room(const RelayDirection& direction);
  std::uint64_t held_lifetime_ns(const RelayDirection& direction) const;
  void poll(Local& local, std::uint64_t time_ns, TcpWire& wire);
  void poll_direction(Work& work, unsigned side);
  void poll_held(Work& work, unsigned side);
  void let_go(Work& work, unsigned side);
  void flush(Local& local, std::uint64_t time_ns, bool at_end, TcpWire& wire);
  Carriage carriage_of(const Work& work, unsigned side);

  // tcp_relay_send.cpp: what leaves
  void send(Work& work, TcpWire& wire);
  static TcpMade forward_segment(const Work& work, unsigned side);
  void send_span(Work& work, unsigned side, Span span, bool fin, TcpWire& wire);
  void send_probe(Work& work, unsigned side, TcpWire& wire);
  void send_acknowledgement(Work& work, unsigned side, TcpWire& wire);

  RelayMemory memory_;
  const std::span<const Link> links_;
  Counters& counters_;
  StreamReader& reader_;
  Edits& edits_;
  BoundedTable<TcpEnds, Local> table_;
  DueOrder<Local, &Local::due> due_;  ///< those that hold octets, have some in custody or were reset
  std::array<Locals, 3> doubted_;     ///< by what they keep and by use
  std::array<Locals, 3> giving_;      ///< the others, that keep something
  std::uint64_t frame_ = 0;           ///< of the last segment
  std::uint64_t hold_lifetime_ns_ = 30'000'000'000;
  bool bypass_ = false;
  bool hurries_ = false;  ///< what is held is to be let go
  bool takes_custody_ = true;
};

}  // namespace tollgate::flow
