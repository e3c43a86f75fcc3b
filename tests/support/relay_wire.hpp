#pragma once

#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/tcp_relay.hpp"

namespace tollgate::test {

/// Zeroed memory that a relay may use, and that can be copied as a mapped file can.
class RelayRoom {
 public:
  explicit RelayRoom(const flow::RelayMemory::Limits& limits)
      : size_(flow::RelayMemory::size(limits)),
        octets_(static_cast<std::byte*>(::operator new(size_, alignment))) {
    std::memset(octets_, 0, size_);
  }
  RelayRoom(const RelayRoom& other)
      : size_(other.size_), octets_(static_cast<std::byte*>(::operator new(size_, alignment))) {
    std::memcpy(octets_, other.octets_, size_);
  }
  RelayRoom& operator=(const RelayRoom&) = delete;
  ~RelayRoom() { ::operator delete(octets_, alignment); }
  std::span<std::byte> octets() { return {octets_, size_}; }

 private:
  static constexpr std::align_val_t alignment{flow::RelayMemory::alignment};
  std::size_t size_;
  std::byte* octets_;
};

/// A TCP segment as the tests write and see it.
struct RelaySegment {
  bool from_client = true;
  std::uint32_t sequence = 0;
  std::string payload;
  unsigned flags = decode::tcp_ack;
  std::uint32_t acknowledgement = 0;
  std::uint16_t window = 1'000;
  bool timestamps = false;
  std::uint32_t timestamp = 0;
  std::uint32_t echo = 0;
  std::vector<flow::TcpMade::Block> blocks;
  std::optional<Side> side;  ///< where it comes in; else the client outside, the server inside
  std::string syn_options;   ///< as they stand in the header
  enum class Kind { passed, changed, made } kind = Kind::passed;  ///< how it left

  std::uint32_t end() const { return sequence + static_cast<std::uint32_t>(payload.size()); }
};

/// Of 20 octets, the first of which says so (RFC 791 3.1: Version 4, IHL 5).
constexpr std::string_view client_headers = "E, which is a client";
constexpr std::string_view server_headers = "E, which is a server";

/// Reads PDUs: length 16 (of all), verdict 8, text. 'B': its text becomes zeros. A first octet of 0xff is not
/// a PDU's: the connection is not the reader's.
class PduReader final : public flow::StreamReader {
 public:
  static constexpr std::size_t header = 3;
  std::size_t read(const flow::Carriage& carriage, flow::StreamState& state, Octets in_order,
                   Edits& edits) override {
    carriages.push_back(carriage);
    states.push_back(state);
    state.unrecognised = unsure;
    if (unsure) return in_order.size();
    std::size_t done = 0;
    while (in_order.size() - done >= header) {
      const Octets rest = in_order.subspan(done);
      if (rest[0] == std::byte{0xff}) {
        state.not_mine = true;
        return in_order.size();
      }
      const std::size_t size =
          std::to_integer<std::size_t>(rest[0]) << 8U | std::to_integer<std::size_t>(rest[1]);
      if (size < header) std::abort();
      if (size > rest.size()) break;
      const Octets text = rest.subspan(header, size - header);
      if (rest[2] == std::byte{'B'} && !edits.replace(text, zeros(text.size()))) std::abort();
      pdus.emplace_back(as_chars(rest.first(size)));
      enforced.push_back(state.left <= done);
      positions.push_back(carriage.position + done);
      done += size;
    }
    return done;
  }
  bool spoil(std::span<std::byte> rest) override {
    if (rest.size() < header) return false;
    rest[2] = std::byte{'X'};
    return true;
  }

  static Octets zeros(std::size_t size) {
    static const std::vector<std::byte> all(65'536);
    return Octets{all}.first(size);
  }

  bool unsure = false;
  std::vector<std::string> pdus;
  std::vector<bool> enforced;
  std::vector<std::uint64_t> positions;
  std::vector<flow::Carriage> carriages;
  std::vector<flow::StreamState> states;
};

/// A client (192.0.2.1:40000) and a server (192.0.2.9:2775) with a relay between them.
class RelayWire final : public flow::TcpWire {
 public:
  static constexpr flow::RelayMemory::Limits small{.connections = 4, .small_buffers = 8, .large_buffers = 2};

  explicit RelayWire(const flow::RelayMemory::Limits& with = small) : limits(with), room(with) { restart(); }

  /// Another process takes over what stands in the memory.
  void restart() {
    relay.emplace(room.octets(), limits, links, counters, reader, edits);
    relay->adopt(time_ns);
  }
  /// Which copy of each connection's state is committed: the first four octets of each slot.
  std::vector<std::uint32_t> committed() {
    std::vector<std::uint32_t> all;
    for (std::uint32_t slot = 0; slot < limits.connections; ++slot) {
      std::uint32_t active = 0;
      std::memcpy(&active, slot_at(slot), sizeof active);
      all.push_back(active);
    }
    return all;
  }
  /// The process ends before it commits what `committed` does not say yet; another takes over.
  void end_before_commit(const std::vector<std::uint32_t>& committed) {
    for (std::uint32_t slot = 0; slot < limits.connections; ++slot)
      std::memcpy(slot_at(slot), &committed[slot], sizeof committed[slot]);
    restart();
  }

  void send(const RelaySegment& segment) {
    in_hand_ = segment;
    std::string options = segment.syn_options;
    if (segment.timestamps) options += timestamps_option(segment.timestamp, segment.echo);
    if (!segment.blocks.empty()) options += sack_option(segment.blocks);
    decode::TcpSegment decoded;
    decoded.source_port = segment.from_client ? port : 2'775;
    decoded.destination_port = segment.from_client ? 2'775 : port;
    decoded.sequence = segment.sequence;
    decoded.acknowledgement = segment.acknowledgement;
    decoded.window = segment.window;
    decoded.flags = static_cast<std::uint8_t>(segment.flags);
    decoded.options = as_octets(options);
    decoded.payload = as_octets(segment.payload);
    flow::Carriage carriage;
    carriage.time_ns = time_ns;
    carriage.frame = ++frame;
    carriage.link = &links[link];
    carriage.source = ipv4(segment.from_client ? 1 : 9);
    carriage.destination = ipv4(segment.from_client ? 9 : 1);
    given_back_ = 0;
    relay->segment({.carriage = carriage,
                    .segment = decoded,
                    .headers = as_octets(segment.from_client ? client_headers : server_headers),
                    .side = segment.side.value_or(segment.from_client ? Side::outside : Side::inside),
                    .link = link},
                   *this);
    if (given_back_ != 1) std::abort();
  }
  void tick(std::uint64_t after_ns) {
    time_ns += after_ns;
    relay->tick(time_ns, *this);
  }

  void pass() override { give(in_hand_, RelaySegment::Kind::passed); }
  void drop() override {
    ++given_back_;
    ++dropped;
  }
  void change(const flow::TcpChange& change) override {
    RelaySegment changed = in_hand_;
    changed.sequence = change.sequence;
    changed.flags = change.flags;
    if (change.size > changed.payload.size()) std::abort();
    changed.payload.resize(change.size);
    if (!change.payload.empty()) {
      if (change.offset + change.payload.size() > change.size) std::abort();
      changed.payload.replace(change.offset, change.payload.size(), as_chars(change.payload));
    }
    give(changed, RelaySegment::Kind::changed);
  }
  void make(const flow::RelayHeaders& model, const flow::TcpMade& made) override {
    RelaySegment segment;
    segment.from_client = model.side == Side::outside;
    segment.sequence = made.sequence;
    segment.acknowledgement = made.acknowledgement;
    segment.window = made.window;
    segment.flags = made.flags;
    segment.timestamps = made.timestamps;
    segment.timestamp = made.timestamp;
    segment.echo = made.timestamp_echo;
    segment.blocks.assign(made.blocks.begin(), made.blocks.begin() + made.block_count);
    segment.payload = as_chars(made.payload);
    segment.kind = RelaySegment::Kind::made;
    on_leave(segment);
  }

  static std::string timestamps_option(std::uint32_t value, std::uint32_t echo) {
    return std::string{"\x01\x01\x08\x0a"} + be32(value) + be32(echo);
  }
  static std::string sack_option(const std::vector<flow::TcpMade::Block>& blocks) {
    std::string option{"\x01\x01\x05"};
    option += static_cast<char>(2 + 8 * blocks.size());
    for (const auto& block : blocks) option += be32(block.begin) + be32(block.end);
    return option;
  }
  /// Options of a SYN: MSS, and what else is asked for. Pads with no-operations.
  static std::string syn_options(std::uint16_t mss, bool sack, bool timestamps, int scale,
                                 std::uint32_t value = 1) {
    std::string options{"\x02\x04"};
    options += be32(mss).substr(2);
    if (sack) options += std::string{"\x04\x02"};
    if (scale >= 0) options += std::string{"\x03\x03"} + static_cast<char>(scale);
    if (timestamps) options += timestamps_option(value, 0);
    while (options.size() % 4 != 0) options += '\x01';
    return options;
  }
  static std::string be32(std::uint32_t value) {
    std::string octets;
    for (int shift = 24; shift >= 0; shift -= 8) octets += static_cast<char>(value >> shift & 0xffU);
    return octets;
  }

  flow::RelayMemory::Limits limits;
  RelayRoom room;
  std::vector<Link> links{Link{}};
  Counters counters;
  Edits edits;
  PduReader reader;
  std::optional<flow::TcpRelay> relay;
  std::uint64_t time_ns = 1'000'000'000;
  std::uint64_t frame = 0;
  std::uint16_t port = 40'000;  ///< of the client
  std::uint16_t link = 0;
  unsigned dropped = 0;
  std::function<void(const RelaySegment&)> on_leave = [](const RelaySegment&) {};

 private:
  std::byte* slot_at(std::uint32_t slot) {
    constexpr std::size_t first = 4'096;
    std::uint32_t size = 0;
    std::memcpy(&size, room.octets().data() + 12, sizeof size);
    return room.octets().data() + first + slot * size;
  }
  static IpAddress ipv4(std::uint8_t last) {
    IpAddress address;
    address.octets = {std::byte{192}, std::byte{0}, std::byte{2}, std::byte{last}};
    address.version = 4;
    return address;
  }
  void give(RelaySegment segment, RelaySegment::Kind kind) {
    ++given_back_;
    segment.kind = kind;
    on_leave(segment);
  }

  RelaySegment in_hand_;
  unsigned given_back_ = 0;
};

}  // namespace tollgate::test
