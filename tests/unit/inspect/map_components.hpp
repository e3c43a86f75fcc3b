#pragma once

#include "support/hex.hpp"
#include "support/tlv.hpp"

// Messages are composed here element by element as Q.773 and TS 29.002 17.7 have them.
namespace tollgate::inspect {

using test::Bytes;
using test::hex;
using test::join;
using test::tlv;

// SMS-DELIVER (TS 23.040 9.2.2.1) from the alphanumeric sender ACME: the text "Hello", GSM 7 bit packed.
inline const Bytes deliver = hex("04 07 d0 c161b308 00 00 62112202000000 05 c8329bfd06");
// SMS-SUBMIT (9.2.2.2) to 447700900123 (national-looking TON 1, NPI 1), the same text.
inline const Bytes submit = hex("01 07 0c91 447700091032 00 00 05 c8329bfd06");

inline const Bytes subscriber = hex("00010100000010f1");  // 001010000000011
inline const Bytes centre = hex("91 447700090000");       // international, ISDN: 447700900000
inline const Bytes mobile = hex("91 447700091011");       // 447700900111
inline const Bytes gateway = hex("91 447700092022");      // 447700900222
inline const Bytes register_ = hex("91 447700093033");    // 447700900333
// UpdateLocationArg: imsi, [1] msc-Number, vlr-Number (TS 29.002 17.7.1).
inline const Bytes update_location =
    tlv(0x30, {tlv(0x04, subscriber), tlv(0x81, gateway), tlv(0x04, register_)});

inline Bytes context(unsigned number, unsigned version) {
  return tlv(0x06, {hex("040000 0100"), {static_cast<std::byte>(number), static_cast<std::byte>(version)}});
}
// DialoguePortion: EXTERNAL { dialogue-as-id, single-ASN1-type AARQ } (Q.773 4.2.3)
inline Bytes request(unsigned number, unsigned version) {
  return tlv(
      0x6b,
      {tlv(0x28, {tlv(0x06, "00118605010101"),
                  tlv(0xa0, {tlv(0x60, {tlv(0x80, "0780"), tlv(0xa1, {context(number, version)})})})})});
}
// The same with an AARE that accepts.
inline Bytes response(unsigned number, unsigned version) {
  return tlv(0x6b, {tlv(0x28, {tlv(0x06, "00118605010101"),
                               tlv(0xa0, {tlv(0x61, {tlv(0x80, "0780"), tlv(0xa1, {context(number, version)}),
                                                     tlv(0xa2, {tlv(0x02, "00")}),
                                                     tlv(0xa3, {tlv(0xa1, {tlv(0x02, "00")})})})})})});
}
inline Bytes invoke(unsigned id, unsigned operation, const Bytes& parameter) {
  return tlv(0xa1, {tlv(0x02, {static_cast<std::byte>(id)}),
                    tlv(0x02, Bytes{static_cast<std::byte>(operation)}), parameter});
}
inline Bytes result(unsigned id) { return tlv(0xa2, {tlv(0x02, Bytes{static_cast<std::byte>(id)})}); }
inline Bytes error(unsigned id, unsigned code) {
  return tlv(0xa3,
             {tlv(0x02, Bytes{static_cast<std::byte>(id)}), tlv(0x02, Bytes{static_cast<std::byte>(code)})});
}
inline Bytes mt_argument(const Bytes& tpdu) {
  return tlv(0x30, {tlv(0x80, subscriber), tlv(0x84, centre), tlv(0x04, tpdu)});
}
inline Bytes mo_argument(const Bytes& tpdu) {
  return tlv(0x30, {tlv(0x84, centre), tlv(0x82, mobile), tlv(0x04, tpdu)});
}
inline Bytes begin(const Bytes& dialogue, const Bytes& components) {
  return tlv(0x62, {tlv(0x48, "0000000a"), dialogue, tlv(0x6c, components)});
}
inline Bytes end(const Bytes& components) {
  return tlv(0x64, {tlv(0x49, "0000000a"), tlv(0x6c, components)});
}

}  // namespace tollgate::inspect
