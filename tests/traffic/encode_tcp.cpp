#include "traffic/encode_tcp.hpp"

#include "traffic/encode_net.hpp"

namespace tollgate::traffic::tcp {

void segment(Bytes& out, const Host& from, const Host& to, const Segment& segment) {
  const std::size_t start = out.size();
  const bool opens = (segment.flags & syn) != 0;
  out.u16(from.port);
  out.u16(to.port);
  out.u32(segment.sequence);
  out.u32(segment.acknowledgment);
  out.u8((opens ? 8U : 5U) << 4U);
  out.u8(segment.flags);
  out.u16(0xfff0);
  out.u16(0);
  out.u16(0);
  if (opens) {
    out.append(Bytes{2, 4, 0x05, 0xb4}.span());        // maximum segment size 1460
    out.append(Bytes{4, 2, 1, 3, 3, 7, 1, 1}.span());  // SACK permitted, window scale 7
  }
  out.append(segment.payload);
  const std::size_t length = out.size() - start;
  const std::uint32_t pseudo = pseudo_header_sum(from, to, ip_protocol_tcp, length);
  out.set_u16(start + 16, checksum(ones_complement_sum(out.span(start, length), pseudo)));
}

}  // namespace tollgate::traffic::tcp
