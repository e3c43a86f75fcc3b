#include "decode/map_address.hpp"

#include <cstddef>

#include "decode/digit_pairs.hpp"

namespace tollgate::decode::map {

AddressString read_address(Octets contents) {
  if (contents.empty()) return {};
  const auto first = std::to_integer<std::uint8_t>(contents[0]);
  return {static_cast<std::uint8_t>(first >> 4U & 7U), static_cast<std::uint8_t>(first & 15U),
          contents.subspan(1)};
}

std::string_view to_digits(Octets tbcd, std::span<char> out) {
  static constexpr DigitPairs pairs = digit_pairs("0123456789*#abc");
  return {out.data(), write_digits(tbcd, tbcd.size() * 2, pairs, out)};
}

std::string_view nature_name(std::uint8_t nature) {
  static constexpr std::string_view names[] = {"unknown",
                                               "international number",
                                               "national significant number",
                                               "network specific number",
                                               "subscriber number",
                                               "reserved",
                                               "abbreviated number",
                                               "reserved for extension"};
  return nature < std::size(names) ? names[nature] : std::string_view{};
}

std::string_view plan_name(std::uint8_t plan) {
  switch (plan) {
    case 0: return "unknown";
    case 1: return "ISDN/Telephony Numbering Plan (E.164)";
    case 3: return "data numbering plan (X.121)";
    case 4: return "telex numbering plan (F.69)";
    case 6: return "land mobile numbering plan (E.212)";
    case 8: return "national numbering plan";
    case 9: return "private numbering plan";
    case 15: return "reserved for extension";
    default: return {};
  }
}

void show_address(Trace& trace, std::string_view name, const ber::Tlv& tlv) {
  const TraceScope scope(&trace, name, tlv.whole);
  ber::show_header(trace, tlv);
  const Octets contents = tlv.contents;
  if (contents.empty()) return;
  const AddressString address = read_address(contents);
  char digits[40];
  const Octets first = contents.first(1);
  const auto octet = std::to_integer<unsigned>(first[0]);
  trace.code("extension, nature of address, numbering plan", first, octet, {});
  trace.bits("extension", first, 0x80, octet >> 7U, (octet & 0x80U) != 0 ? "no extension" : "extended");
  trace.bits("nature of address", first, 0x70, address.nature, nature_name(address.nature));
  trace.bits("numbering plan", first, 0x0f, address.plan, plan_name(address.plan));
  trace.text("digits", address.digits, to_digits(address.digits, digits));
}

}  // namespace tollgate::decode::map
