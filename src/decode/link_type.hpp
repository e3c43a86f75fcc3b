#pragma once

#include <cstdint>

namespace tollgate::decode {

/// What a packet begins with. Live ports are `ethernet`; the others come from capture files.
enum class LinkType : std::uint8_t {
  ethernet,
  linux_sll,       ///< Linux cooked capture
  linux_sll2,      ///< Linux cooked capture, version 2
  raw_ip,          ///< IPv4 or IPv6 without a link header
  null_loopback,   ///< BSD loopback: an address family of four octets in either byte order
  mtp2,            ///< SS7 MTP2 with FSN, BSN and length indicator
  mtp2_with_phdr,  ///< the same behind a pseudo-header of four octets
  mtp3,
  sccp,
  unknown,
};

}  // namespace tollgate::decode
