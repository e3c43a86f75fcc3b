#include "engine/tcp_wire.hpp"

#include "enforce/tcp_segment.hpp"

namespace tollgate::engine {

TcpWire::TcpWire(Output& output, StageClock& clock, std::uint64_t time_ns, std::uint64_t frame)
    : output_(output), clock_(clock) {
  packet_.time_ns = time_ns;
  packet_.frame = frame;
}

TcpWire::TcpWire(Output& output, StageClock& clock, const Packet& packet, std::size_t ip_at,
                 std::size_t tcp_at, std::size_t segment_size)
    : output_(output),
      clock_(clock),
      packet_(packet),
      ip_at_(ip_at),
      tcp_at_(tcp_at),
      segment_size_(segment_size) {}

void TcpWire::pass() { output_.send(packet_); }

void TcpWire::drop() { output_.drop(packet_); }

void TcpWire::change(const flow::TcpChange& change) {
  const StageClock::In enforce(clock_, Stage::enforce);
  const std::size_t size = enforce::change_tcp_packet(packet_.octets, ip_at_, tcp_at_, segment_size_, change);
  Packet changed = packet_;
  changed.octets = packet_.octets.first(size);
  changed.wire_length = static_cast<std::uint32_t>(size);
  output_.send(changed);
}

void TcpWire::make(const flow::RelayHeaders& model, const flow::TcpMade& segment) {
  const StageClock::In enforce(clock_, Stage::enforce);
  const std::size_t size = enforce::tcp_packet_size(model, segment);
  Packet made;
  if (!output_.make(size, made)) return;  // as lost on the wire: it is repeated
  made.octets = made.octets.first(size);
  made.wire_length = static_cast<std::uint32_t>(size);
  made.link_type = model.link_type;
  made.side = model.side;
  made.link = model.link;
  made.time_ns = packet_.time_ns;
  made.frame = packet_.frame;
  enforce::write_tcp_packet(made.octets, model, segment);
  output_.send(made);
}

}  // namespace tollgate::engine
