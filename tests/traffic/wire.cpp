#include "traffic/wire.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace tollgate::traffic {

std::uint64_t Wire::write(std::uint64_t time_ns, std::size_t captured) {
  last_time_ns_ = std::max(time_ns, last_time_ns_ + 1'000);
  return capture_.write(last_time_ns_, packet_, captured);
}

std::uint64_t Wire::send_bare(std::uint64_t time_ns, const Bytes& packet) {
  packet_ = packet;
  return write(time_ns);
}

std::uint64_t Wire::send_ip(std::uint64_t time_ns, const Host& from, const Host& to, std::uint8_t protocol,
                            const Bytes& payload, const Handling& handling) {
  if (handling.ip_fragments && payload.size() > 64) {
    send_fragments(time_ns, from, to, protocol, payload, handling);
    return capture_.frames();
  }
  packet_.clear();
  encode_link(packet_, link_, handling.tags, from, to);
  const std::size_t ip = packet_.size();
  encode_ip(packet_, from, to, protocol, payload.size(),
            {.options = handling.ip_options, .identification = identification_++});
  const std::size_t ip_header_length = packet_.size() - ip;
  packet_.append(payload);

  std::size_t captured = SIZE_MAX;
  const std::size_t length_at = ip + (from.v6 ? 4 : 2);
  switch (handling.damage) {
    case Damage::ip_checksum: packet_.set_u16(ip + 10, packet_[ip + 10] ^ 0x55U); break;
    case Damage::cut_by_capture: captured = packet_.size() - payload.size() / 2; break;
    case Damage::short_ip_length: packet_.set_u16(length_at, 12); break;
    case Damage::long_ip_length: packet_.set_u16(length_at, packet_.size() + 100); break;
    default: break;
  }
  const bool mend = handling.damage == Damage::short_ip_length || handling.damage == Damage::long_ip_length;
  if (mend && !from.v6) {
    packet_.set_u16(ip + 10, 0);
    packet_.set_u16(ip + 10, checksum(ones_complement_sum(packet_.span(ip, ip_header_length))));
  }
  const std::uint64_t frame = write(time_ns, captured);
  switch (handling.damage) {
    case Damage::ip_checksum: truth_.damaged(frame, "ip", "bad_checksum"); break;
    case Damage::short_ip_length: truth_.damaged(frame, "ip", "bad_length"); break;
    case Damage::long_ip_length: truth_.damaged(frame, "ip", "truncated"); break;
    case Damage::cut_by_capture: truth_.damaged(frame, "ip", "cut_by_capture"); break;
    default: break;
  }
  return frame;
}

void Wire::send_fragments(std::uint64_t time_ns, const Host& from, const Host& to, std::uint8_t protocol,
                          const Bytes& payload, const Handling& handling) {
  const std::uint16_t identification = identification_++;
  const std::size_t size = (payload.size() + 23) / 24 * 8;
  std::array<std::size_t, 3> offsets{0, size, 2 * size};
  if (handling.ip_fragments_reversed) std::reverse(offsets.begin(), offsets.end());
  for (const std::size_t offset : offsets) {
    if (offset >= payload.size()) continue;
    const std::size_t length = std::min(size, payload.size() - offset);
    packet_.clear();
    encode_link(packet_, link_, handling.tags, from, to);
    encode_ip(packet_, from, to, protocol, length,
              {.options = handling.ip_options,
               .fragment = true,
               .more_fragments = offset + length < payload.size(),
               .fragment_offset = static_cast<std::uint32_t>(offset),
               .identification = identification});
    packet_.append(payload.span(offset, length));
    write(time_ns);
  }
}

}  // namespace tollgate::traffic
