#pragma once

#include <cstdint>
#include <span>

#include "traffic/bytes.hpp"
#include "traffic/host.hpp"

namespace tollgate::traffic::tcp {

constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t psh = 0x08;
constexpr std::uint8_t ack = 0x10;

struct Segment {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint8_t flags = ack;
  std::span<const std::uint8_t> payload;
};

/// RFC 9293 3.1. A SYN carries the usual options; the checksum is right.
void segment(Bytes& out, const Host& from, const Host& to, const Segment& segment);

}  // namespace tollgate::traffic::tcp
