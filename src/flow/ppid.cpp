#include "flow/ppid.hpp"

#include "decode/reader.hpp"

namespace tollgate::flow {
namespace {

SctpUser by_number(std::uint32_t ppid) {
  const bool is_swapped = (ppid & 0xffffffU) == 0;
  switch (is_swapped ? ppid >> 24U : ppid) {
    case 2: return SctpUser::m2ua;
    case 3: return SctpUser::m3ua;
    case 4: return SctpUser::sua;
    case 5: return SctpUser::m2pa;
    case 47:  // Diameter in DTLS
    case 66:  // NGAP, XnAP, F1AP, E1AP over DTLS
    case 67:
    case 68:
    case 69: return SctpUser::encrypted;
    default: return SctpUser::other;
  }
}

// DTLSPlaintext and DTLSCiphertext, RFC 6347 4.1, RFC 9147 4
//
//  +-----------------------+--------------------------+----------+--------------------+-----------+
//  | Content type 20 to 26 | Version 254.255, 254.253 | Epoch 16 | Sequence number 48 | Length 16 |
//  +-----------------------+--------------------------+----------+--------------------+-----------+
//
// A SIGTRAN message begins with version 1.
bool is_dtls(Octets payload) {
  if (payload.empty() || payload.front() < std::byte{20} || payload.front() > std::byte{26}) return false;
  decode::Reader r{payload};
  r.u8("Content type");
  const std::uint16_t version = r.u16("Version");
  r.u16("Epoch");
  r.skip(6);
  const std::uint16_t length = r.u16("Length");
  return !r.failed() && (version == 0xfeff || version == 0xfefd) && length <= r.remaining();
}

// Common message header, RFC 4666 1.4 (M3UA), RFC 3331 1.4 (M2UA), RFC 3868 1.4 (SUA), RFC 4165 2.1 (M2PA)
//
//  +-----------+------------+-----------------+----------------+------------------------------+
//  | Version 1 | Reserved 0 | Message Class 8 | Message Type 8 | Message Length 32, header too |
//  +-----------+------------+-----------------+----------------+------------------------------+
//
// Management classes (0, 3, 4, 9) are the same in M3UA, M2UA and SUA: taken for M3UA, by far the most common.
SctpUser by_header(Octets payload) {
  decode::Reader r{payload};
  const bool starts = r.u8("Version") == 1 && r.u8("Reserved") == 0;
  const std::uint8_t message_class = r.u8("Message Class");
  r.u8("Message Type");
  const std::size_t length = r.u32("Message Length");
  // Some senders do not count the padding of the last parameter.
  if (!starts || r.failed() || length < 8 || length > payload.size() || payload.size() - length > 3)
    return SctpUser::other;
  switch (message_class) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 9: return SctpUser::m3ua;
    case 6: return SctpUser::m2ua;
    case 7:
    case 8: return SctpUser::sua;
    case 11: return SctpUser::m2pa;
    default: return SctpUser::other;
  }
}

}  // namespace

SctpUser classify(std::uint32_t ppid, Octets payload) {
  if (is_dtls(payload)) return SctpUser::encrypted;
  if (ppid == 0) return by_header(payload);
  return by_number(ppid);
}

bool may_be_ss7(std::uint32_t ppid) { return ppid == 0 || is_ss7(by_number(ppid)); }

}  // namespace tollgate::flow
