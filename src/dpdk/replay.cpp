#include "dpdk/replay.hpp"

#include <cassert>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ring.h>

namespace tollgate::dpdk {
namespace {

constexpr std::uint16_t ordinary_room = 2048;
constexpr std::uint16_t large_room = 65535;
constexpr unsigned ordinary_buffers = 4095;
constexpr unsigned large_buffers = 127;
constexpr unsigned input_ring_size = 64;     // holds 63: more than a burst
constexpr unsigned output_ring_size = 8192;  // more than there are buffers: always has room

/// What an mbuf has no field for, in its private area: set by to_mbuf(), read by work() and transmit().
struct Origin {
  std::uint64_t time_ns;
  std::uint64_t frame;
  std::uint32_t wire_length;
  std::uint32_t seconds;
  std::uint32_t fraction;
};

Origin& origin_of(rte_mbuf* mbuf) { return *static_cast<Origin*>(rte_mbuf_to_priv(mbuf)); }

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(fmt::format("DPDK cannot make {}: {}", what, rte_strerror(rte_errno)));
}

rte_mempool* make_pool(const char* name, unsigned buffers, std::uint16_t room) {
  static_assert(sizeof(Origin) % RTE_MBUF_PRIV_ALIGN == 0);
  rte_mempool* pool = rte_pktmbuf_pool_create(name, buffers, 0, sizeof(Origin), room, SOCKET_ID_ANY);
  if (pool == nullptr) fail("packet buffers");
  return pool;
}

rte_ring* make_ring(const char* name, unsigned size) {
  rte_ring* ring = rte_ring_create(name, size, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
  if (ring == nullptr) fail("a ring");
  return ring;
}

/// A port whose receive and transmit queue are `ring`; replay uses one side of each.
std::uint16_t make_port(rte_ring* ring, rte_mempool* pool) {
  const int port = rte_eth_from_ring(ring);
  if (port < 0) fail("a port");
  const auto id = static_cast<std::uint16_t>(port);
  constexpr std::uint16_t queue_size = 64;  // the driver does not look at it
  const rte_eth_conf defaults{};
  if (rte_eth_dev_configure(id, 1, 1, &defaults) != 0 ||
      rte_eth_rx_queue_setup(id, 0, queue_size, rte_socket_id(), nullptr, pool) != 0 ||
      rte_eth_tx_queue_setup(id, 0, queue_size, rte_socket_id(), nullptr) != 0 ||
      rte_eth_dev_start(id) != 0) {
    fail("a port");
  }
  return id;
}

}  // namespace

Replay::Replay(engine::Engine& engine, const CaptureReader& reader, CaptureWriter* writer)
    : engine_(engine),
      link_type_(reader.link_type()),
      nanoseconds_(reader.format().nanoseconds),
      writer_(writer) {
  ordinary_ = make_pool("ordinary", ordinary_buffers, ordinary_room);
  large_ = make_pool("large", large_buffers, large_room);
  to_port_ = make_ring("replay_in", input_ring_size);
  from_port_ = make_ring("replay_out", output_ring_size);
  port_in_ = make_port(to_port_, ordinary_);
  port_out_ = make_port(from_port_, ordinary_);
}

Replay::~Replay() {
  for (const std::uint16_t port : {port_in_, port_out_}) {
    rte_eth_dev_stop(port);
    rte_eth_dev_close(port);
  }
  rte_ring_free(to_port_);
  rte_ring_free(from_port_);
  rte_mempool_free(ordinary_);
  rte_mempool_free(large_);
}

void Replay::push(const CapturedFrame& frame) {
  if (frame.octets.size() > large_room) return pass_beside(frame, Count::unread_too_large);
  rte_mbuf* mbuf = to_mbuf(frame);
  if (mbuf == nullptr) return pass_beside(frame, Count::unread_no_buffer);
  rte_ring_enqueue(to_port_, mbuf);
  if (++waiting_ == burst) work();
}

void Replay::finish() {
  work();
  engine_.finish(*this);
  write_out();
}

rte_mbuf* Replay::to_mbuf(const CapturedFrame& frame) {
  rte_mbuf* mbuf = rte_pktmbuf_alloc(frame.octets.size() <= ordinary_room ? ordinary_ : large_);
  if (mbuf == nullptr) return nullptr;
  mbuf->data_off = 0;  // nothing is ever put in front of a packet: the whole room is for its octets
  mbuf->data_len = static_cast<std::uint16_t>(frame.octets.size());
  mbuf->pkt_len = mbuf->data_len;
  if (!frame.octets.empty())
    std::memcpy(rte_pktmbuf_mtod(mbuf, void*), frame.octets.data(), frame.octets.size());
  origin_of(mbuf) = {.time_ns = frame.time_ns,
                     .frame = frame.number,
                     .wire_length = frame.wire_length,
                     .seconds = frame.seconds,
                     .fraction = frame.fraction};
  return mbuf;
}

/// One turn of the worker's loop: what the port has received, through the engine, to the other port.
void Replay::work() {
  std::array<rte_mbuf*, burst> received{};
  const std::uint16_t count = rte_eth_rx_burst(port_in_, 0, received.data(), burst);
  waiting_ = 0;
  std::array<engine::Packet, burst> packets;
  for (std::uint16_t i = 0; i < count; ++i) {
    rte_mbuf* mbuf = received[i];
    const Origin& origin = origin_of(mbuf);
    packets[i] = {.octets = {rte_pktmbuf_mtod(mbuf, std::byte*), mbuf->data_len},
                  .wire_length = origin.wire_length,
                  .link_type = link_type_,
                  .time_ns = origin.time_ns,
                  .frame = origin.frame,
                  .handle = mbuf};
  }
  engine_.process({packets.data(), count}, *this);
  write_out();
}

// The engine calls these; they must not throw.

void Replay::send(const engine::Packet& packet) {
  auto* mbuf = static_cast<rte_mbuf*>(packet.handle);
  Origin& origin = origin_of(mbuf);
  const bool as_it_came = packet.octets.size() == mbuf->data_len && packet.frame == origin.frame;
  if (!as_it_came) adapt(*mbuf, packet);
  sent_[sent_count_++] = mbuf;
  if (sent_count_ == burst) transmit();
}

void Replay::drop(const engine::Packet& packet) { rte_pktmbuf_free(static_cast<rte_mbuf*>(packet.handle)); }

bool Replay::make(std::size_t size, engine::Packet& packet) {
  if (size > large_room) return false;
  rte_mbuf* mbuf = rte_pktmbuf_alloc(size <= ordinary_room ? ordinary_ : large_);
  if (mbuf == nullptr) return false;
  mbuf->data_off = 0;
  mbuf->data_len = static_cast<std::uint16_t>(size);
  mbuf->pkt_len = mbuf->data_len;
  origin_of(mbuf) = {};
  packet.octets = {rte_pktmbuf_mtod(mbuf, std::byte*), size};
  packet.handle = mbuf;
  return true;
}

/// The engine made this packet, or cut it: what the capture says of it follows.
void Replay::adapt(rte_mbuf& mbuf, const engine::Packet& packet) const {
  constexpr std::uint64_t second = 1'000'000'000;
  mbuf.data_len = static_cast<std::uint16_t>(packet.octets.size());
  mbuf.pkt_len = mbuf.data_len;
  const std::uint64_t rest = packet.time_ns % second;
  origin_of(&mbuf) = {.time_ns = packet.time_ns,
                      .frame = packet.frame,
                      .wire_length = mbuf.data_len,
                      .seconds = static_cast<std::uint32_t>(packet.time_ns / second),
                      .fraction = static_cast<std::uint32_t>(nanoseconds_ ? rest : rest / 1'000)};
}

void Replay::transmit() {
  [[maybe_unused]] const std::uint16_t accepted = rte_eth_tx_burst(port_out_, 0, sent_.data(), sent_count_);
  assert(accepted == sent_count_);
  sent_count_ = 0;
}

/// Writes what has come out of the output port.
void Replay::write_out() {
  transmit();
  void* object = nullptr;
  while (rte_ring_dequeue(from_port_, &object) == 0) {
    auto* mbuf = static_cast<rte_mbuf*>(object);
    const Origin& origin = origin_of(mbuf);
    if (writer_ != nullptr) {
      writer_->write({.octets = {rte_pktmbuf_mtod(mbuf, std::byte*), mbuf->data_len},
                      .wire_length = origin.wire_length,
                      .seconds = origin.seconds,
                      .fraction = origin.fraction,
                      .time_ns = origin.time_ns,
                      .number = origin.frame});
    }
    rte_pktmbuf_free(mbuf);
  }
}

/// Keeps the order: what came before leaves first.
void Replay::pass_beside(const CapturedFrame& frame, Count why) {
  work();
  counters_.add(Count::packets);
  counters_.add(Count::octets, frame.wire_length);
  counters_.add(why);
  if (writer_ != nullptr) writer_->write(frame);
}

}  // namespace tollgate::dpdk
