#include "decode/tpdu.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "decode/alphabet.hpp"
#include "decode/digit_pairs.hpp"
#include "decode/reader.hpp"
#include "decode/tpdu_names.hpp"
#include "decode/udh.hpp"

namespace tollgate::decode {
namespace {

constexpr bool bit(std::uint8_t octet, unsigned number) { return (octet >> number & 1U) != 0; }

/// 9.1.2.3: two decimal digits, the first in the low half; above 99 where a half is no digit.
constexpr std::uint8_t semi_octets(std::uint8_t octet) {
  const unsigned first = octet & 15U;
  const unsigned second = octet >> 4U;
  return first > 9 || second > 9 ? std::uint8_t{255} : static_cast<std::uint8_t>(first * 10 + second);
}

/// A field of one octet; nothing where the TPDU ends before it.
template <class R, class Meaning = NoMeaning>
std::optional<std::uint8_t> read_octet(R& r, std::string_view name, Meaning meaning = {}) {
  const std::uint8_t value = r.u8(name, meaning);
  if (r.failed()) return std::nullopt;
  return value;
}

//  +--------+-----------------+----------------+-----+      TS 23.040 9.1.2.5
//  | length | 1 | TON | NPI   | digit 2 digit 1| ... |      length: useful semi-octets of the value
//  +--------+-----------------+----------------+-----+
template <class R>
std::optional<TpAddress> read_address(R& r, std::string_view name) {
  const TraceScope scope{
      r.trace(), name,
      r.input().subspan(r.position(), std::min<std::size_t>(r.remaining(), 2U + (r.peek() + 1U) / 2U))};
  TpAddress address;
  address.length = r.u8("Address-Length");
  const std::uint8_t type = r.u8("Type-of-Address", hexadecimal);
  address.type_of_number = static_cast<std::uint8_t>(type >> 4U & 7U);
  address.numbering_plan = static_cast<std::uint8_t>(type & 15U);
  r.bits("Type-of-number", r.last(1), 0x70, type_of_number_name);
  r.bits("Numbering-plan-identification", r.last(1), 0x0f, numbering_plan_name);
  address.value = r.take((address.length + 1U) / 2U);
  if constexpr (R::tracing) {
    if (!r.failed()) {
      std::array<char, address_text_bound> text;
      r.note("Address-Value", address.value, {text.data(), address_to_text(address, text)});
    }
  }
  if (r.failed()) return std::nullopt;
  return address;
}

constexpr std::string_view time_form = "26-11-21 22:00:00 +01:00";
constexpr std::string_view no_time = " (not a time)";
constexpr std::size_t time_text_size = time_form.size() + no_time.size();

/// As `time_form`, for the trace. A half octet that is no digit shows as `?`.
std::size_t write_time(const TpTime& time, std::span<char, time_text_size> out) {
  char* at = out.data();
  const auto put = [&](char before, unsigned value) {
    if (before != '\0') *at++ = before;
    *at++ = value > 99 ? '?' : static_cast<char>('0' + value / 10);
    *at++ = value > 99 ? '?' : static_cast<char>('0' + value % 10);
  };
  const auto offset = static_cast<unsigned>(std::abs(time.zone_minutes));
  put('\0', time.year);
  put('-', time.month);
  put('-', time.day);
  put(' ', time.hour);
  put(':', time.minute);
  put(':', time.second);
  *at++ = ' ';
  put(time.zone_minutes < 0 ? '-' : '+', offset / 60);
  put(':', offset % 60);
  if (!time.valid) at += no_time.copy(at, no_time.size());
  return static_cast<std::size_t>(at - out.data());
}

//  +------+-------+-----+------+--------+--------+------+      TS 23.040 9.2.3.11: semi-octets; in Zone bit 3
//  | Year | Month | Day | Hour | Minute | Second | Zone |      is the sign, the rest counts quarters of an
//  hour
//  +------+-------+-----+------+--------+--------+------+
template <class R>
TpTime read_time(R& r, std::string_view name) {
  const Octets octets = r.take(7);
  if (octets.empty()) return {};
  const auto field = [&](std::size_t i) { return semi_octets(std::to_integer<std::uint8_t>(octets[i])); };
  const auto zone = std::to_integer<std::uint8_t>(octets[6]);
  const std::uint8_t quarters = semi_octets(zone & 0xF7U);
  TpTime time{field(0), field(1), field(2), field(3), field(4), field(5)};
  time.valid = time.year < 100 && time.month >= 1 && time.month <= 12 && time.day >= 1 && time.day <= 31 &&
               time.hour < 24 && time.minute < 60 && time.second < 60 && quarters < 80;
  time.zone_minutes = static_cast<std::int16_t>(bit(zone, 3) ? -15 * quarters : 15 * quarters);
  if constexpr (R::tracing) {
    std::array<char, time_text_size> text;
    r.note(name, octets, {text.data(), write_time(time, text)});
  }
  return time;
}

/// 9.2.3.12.1
constexpr std::uint32_t relative_seconds(std::uint8_t value) {
  constexpr std::uint32_t minute = 60;
  constexpr std::uint32_t hour = 60 * minute;
  constexpr std::uint32_t day = 24 * hour;
  if (value <= 143) return (value + 1U) * 5 * minute;
  if (value <= 167) return 12 * hour + (value - 143U) * 30 * minute;
  if (value <= 196) return (value - 166U) * day;
  return (value - 192U) * 7 * day;
}

//  +-----------------------+---------------------+      TS 23.040 9.2.3.12.3: always seven octets
//  | E S 0 0 0 format (3)  | the period, if any  |      E: extension, S: single shot SM
//  +-----------------------+---------------------+
template <class R>
void read_enhanced_validity(R& r, ValidityPeriod& period) {
  const Octets octets = r.octets(7, "TP-VP (enhanced format)");
  if (octets.empty()) return;
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(octets[i]); };
  r.bits("extension", octets.first(1), 0x80);
  r.bits("single shot SM", octets.first(1), 0x40);
  r.bits("format", octets.first(1), 0x07);
  period.single_shot = bit(at(0), 6);
  if (bit(at(0), 7)) return;  // a functionality indicator that no release defines
  switch (at(0) & 7U) {
    case 1: period.seconds = relative_seconds(at(1)); break;
    case 2: period.seconds = at(1); break;
    case 3: {
      const std::uint32_t hours = semi_octets(at(1));
      const std::uint32_t minutes = semi_octets(at(2));
      const std::uint32_t seconds = semi_octets(at(3));
      if (hours < 100 && minutes < 60 && seconds < 60) {
        period.seconds = hours * 3600 + minutes * 60 + seconds;
      }
      break;
    }
    default: break;
  }
  if (period.seconds) r.note("period in seconds", octets, *period.seconds);
}

template <class R>
ValidityPeriod read_validity(R& r, std::uint8_t format) {  // TP-VPF, 9.2.3.3
  ValidityPeriod period;
  switch (format) {
    case 2:
      period.format = ValidityPeriod::Format::relative;
      if (const auto value = read_octet(r, "TP-VP (relative format)")) {
        period.seconds = relative_seconds(*value);
        r.note("period in seconds", r.last(1), *period.seconds);
      }
      break;
    case 1:
      period.format = ValidityPeriod::Format::enhanced;
      read_enhanced_validity(r, period);
      break;
    case 3:
      period.format = ValidityPeriod::Format::absolute;
      period.until = read_time(r, "TP-VP (absolute format)");
      break;
    default: break;
  }
  return period;
}

template <class R>
void read_protocol_identifier(R& r, Tpdu& tpdu) {
  tpdu.protocol_identifier = read_octet(r, "TP-PID", in_hex(protocol_identifier_name));
}

/// TS 23.038 4: which bits say what depends on the group.
template <class R>
void show_data_coding(R& r, std::uint8_t dcs, const DataCoding& coding) {
  const Octets octet = r.last(1);
  const unsigned group = dcs >> 4U;
  const std::string_view alphabet = describe(coding.alphabet);
  if (group < 8) {
    r.bits("compression", octet, 0x20, coding.compressed ? "compressed (3GPP TS 23.042)" : "not compressed");
    r.bits("message class meaning", octet, 0x10, coding.message_class ? "has a meaning" : "has no meaning");
    r.bits("alphabet", octet, 0x0c, coding.reserved ? "reserved" : alphabet);
  } else if (group == 15) {
    r.bits("alphabet", octet, 0x04, alphabet);
  } else {
    r.note("alphabet", octet, alphabet);
  }
  if (coding.message_waiting) {
    r.bits("indication sense", octet, 0x08, coding.message_waiting->active ? "active" : "inactive");
    r.bits("indication type", octet, 0x03, describe_waiting(coding.message_waiting->type));
  }
  if (coding.message_class) r.bits("message class", octet, 0x03, describe_class(*coding.message_class));
}

template <class R>
void read_data_coding_scheme(R& r, Tpdu& tpdu) {
  tpdu.data_coding_scheme = read_octet(r, "TP-DCS", in_hex(describe_group));
  if constexpr (R::tracing) {
    if (r.failed()) return;
    show_data_coding(r, *tpdu.data_coding_scheme, data_coding(*tpdu.data_coding_scheme));
  }
}

/// Shows header and text; the packet path reads them where it makes a Message.
void trace_user_data(const Tpdu& tpdu, const DataCoding& coding, Trace* trace) {
  const TraceScope scope{trace, "TP-UD", tpdu.user_data};
  Octets text_octets = tpdu.user_data;
  NationalLanguage language;
  if (tpdu.user_data_header) {
    const TraceScope header_scope{trace, "User Data Header", tpdu.user_data};
    const auto header = decode_user_data_header(tpdu.user_data, trace);
    if (!header) return;
    text_octets = tpdu.user_data.subspan(header->octets.size());
    language = header->language;
  }
  if (text_octets.empty()) return;
  if (coding.compressed || coding.alphabet == Alphabet::data8)
    return trace->octets("Short Message", text_octets);
  std::array<char, gsm7_bound(256)> text;
  const std::size_t skipped = tpdu.user_data.size() - text_octets.size();
  const std::size_t length =
      coding.alphabet == Alphabet::ucs2
          ? ucs2_to_utf8(text_octets, text)
          : gsm7_packed_to_utf8(tpdu.user_data, header_septets(skipped),
                                *tpdu.user_data_length -
                                    std::min<std::size_t>(*tpdu.user_data_length, header_septets(skipped)),
                                language, text);
  trace->text("Short Message", text_octets, {text.data(), length});
}

//  +--------+------------------------------------------+      TS 23.040 9.2.3.16, 9.2.3.24: TP-UDL counts
//  | TP-UDL | TP-UD: [header, fill bits] short message |      septets where the alphabet is the GSM 7 bit one
//  +--------+------------------------------------------+      and not compressed, else octets
template <class R>
void read_user_data(R& r, Tpdu& tpdu) {
  const DataCoding coding = data_coding(tpdu.data_coding_scheme.value_or(0));
  const bool septets = coding.counts_septets();
  tpdu.user_data_length =
      read_octet(r, "TP-UDL", [&](auto) -> std::string_view { return septets ? "septets" : "octets"; });
  if (!tpdu.user_data_length) return;
  std::size_t size = septets ? packed_octets(*tpdu.user_data_length) : *tpdu.user_data_length;
  if (size > r.remaining()) {
    size = r.remaining();
    tpdu.user_data_length = static_cast<std::uint8_t>(septets ? size * 8 / 7 : size);
    tpdu.cut = Error{Layer::tpdu, Reason::truncated, static_cast<std::uint32_t>(r.position() + size)};
  }
  tpdu.user_data = r.take(size);
  if constexpr (R::tracing) {
    if (size > 0) trace_user_data(tpdu, coding, r.trace());
  }
}

std::string_view present(std::uint64_t bit) { return bit != 0 ? "present" : "not present"; }

/// TP-PI, and extensions of it that no release defines (9.2.3.27).
template <class R>
void read_parameter_indicator(R& r, Tpdu& tpdu) {
  tpdu.parameter_indicator = read_octet(r, "TP-PI", hexadecimal);
  r.bits("extension", r.last(1), 0x80);
  r.bits("TP-UDL", r.last(1), 0x04, present);
  r.bits("TP-DCS", r.last(1), 0x02, present);
  r.bits("TP-PID", r.last(1), 0x01, present);
  for (std::uint8_t octet = tpdu.parameter_indicator.value_or(0); bit(octet, 7) && !r.failed();)
    octet = r.u8("TP-PI extension");
}

/// The fields that TP-PI announces.
template <class R>
void read_indicated_fields(R& r, Tpdu& tpdu) {
  const std::uint8_t indicator = tpdu.parameter_indicator.value_or(0);
  if (bit(indicator, 0)) read_protocol_identifier(r, tpdu);
  if (bit(indicator, 1)) read_data_coding_scheme(r, tpdu);
  if (bit(indicator, 2)) read_user_data(r, tpdu);
}

template <class R>
void read_failure_cause(R& r, Tpdu& tpdu) {
  tpdu.failure_cause = read_octet(r, "TP-FCS", in_hex(failure_cause_name));
}

//  octet 0, bits    7    6     5    4     3    2    1 0       TS 23.040 9.2.2
//  SMS-DELIVER      RP   UDHI  SRI  -     LP   MMS  MTI=00
//  SMS-SUBMIT       RP   UDHI  SRR  VPF (2)    RD   MTI=01
//  SMS-STATUS-R.    -    UDHI  SRQ  -     LP   MMS  MTI=10
//  SMS-COMMAND      -    UDHI  SRR  -     -    -    MTI=10
//  the reports      -    UDHI  -    -     -    -    MTI=00 (DELIVER), 01 (SUBMIT)

/// 9.2.2.1: TP-OA, TP-PID, TP-DCS, TP-SCTS, TP-UDL, TP-UD
template <class R>
void read_deliver(R& r, std::uint8_t first, Tpdu& tpdu) {
  tpdu.reply_path = bit(first, 7);
  tpdu.status_report_indication = bit(first, 5);
  tpdu.loop_prevention = bit(first, 3);
  tpdu.more_messages_to_send = !bit(first, 2);
  r.bits("TP-RP", r.last(1), 0x80);
  r.bits("TP-UDHI", r.last(1), 0x40);
  r.bits("TP-SRI", r.last(1), 0x20);
  r.bits("TP-LP", r.last(1), 0x08);
  r.bits("TP-MMS", r.last(1), 0x04,
         tpdu.more_messages_to_send ? "More messages are waiting" : "No more messages are waiting");
  tpdu.address = read_address(r, "TP-OA");
  read_protocol_identifier(r, tpdu);
  read_data_coding_scheme(r, tpdu);
  tpdu.service_centre_time_stamp = read_time(r, "TP-SCTS");
  read_user_data(r, tpdu);
}

/// 9.2.2.2: TP-MR, TP-DA, TP-PID, TP-DCS, [TP-VP], TP-UDL, TP-UD
template <class R>
void read_submit(R& r, std::uint8_t first, Tpdu& tpdu) {
  const auto format = static_cast<std::uint8_t>(first >> 3U & 3U);
  static constexpr std::string_view formats[] = {"TP-VP field not present", "enhanced format",
                                                 "relative format", "absolute format"};
  tpdu.reply_path = bit(first, 7);
  tpdu.status_report_request = bit(first, 5);
  tpdu.reject_duplicates = bit(first, 2);
  r.bits("TP-RP", r.last(1), 0x80);
  r.bits("TP-UDHI", r.last(1), 0x40);
  r.bits("TP-SRR", r.last(1), 0x20);
  r.bits("TP-VPF", r.last(1), 0x18, formats[format]);
  r.bits("TP-RD", r.last(1), 0x04);
  tpdu.message_reference = read_octet(r, "TP-MR");
  tpdu.address = read_address(r, "TP-DA");
  read_protocol_identifier(r, tpdu);
  read_data_coding_scheme(r, tpdu);
  tpdu.validity_period = read_validity(r, format);
  read_user_data(r, tpdu);
}

/// 9.2.2.3: TP-MR, TP-RA, TP-SCTS, TP-DT, TP-ST, and TP-PI with what it announces, or nothing more
template <class R>
void read_status_report(R& r, std::uint8_t first, Tpdu& tpdu) {
  tpdu.status_report_qualifier = bit(first, 5);
  tpdu.loop_prevention = bit(first, 3);
  tpdu.more_messages_to_send = !bit(first, 2);
  r.bits("TP-UDHI", r.last(1), 0x40);
  r.bits("TP-SRQ", r.last(1), 0x20,
         tpdu.status_report_qualifier ? "result of an SMS-COMMAND" : "result of an SMS-SUBMIT");
  r.bits("TP-LP", r.last(1), 0x08);
  r.bits("TP-MMS", r.last(1), 0x04,
         tpdu.more_messages_to_send ? "More messages are waiting" : "No more messages are waiting");
  tpdu.message_reference = read_octet(r, "TP-MR");
  tpdu.address = read_address(r, "TP-RA");
  tpdu.service_centre_time_stamp = read_time(r, "TP-SCTS");
  tpdu.discharge_time = read_time(r, "TP-DT");
  tpdu.status = read_octet(r, "TP-ST", in_hex(status_name));
  if (r.failed() || r.empty()) return;
  read_parameter_indicator(r, tpdu);
  read_indicated_fields(r, tpdu);
}

/// 9.2.2.4: TP-MR, TP-PID, TP-CT, TP-MN, TP-DA, TP-CDL, TP-CD
template <class R>
void read_command(R& r, std::uint8_t first, Tpdu& tpdu) {
  tpdu.status_report_request = bit(first, 5);
  r.bits("TP-UDHI", r.last(1), 0x40);
  r.bits("TP-SRR", r.last(1), 0x20);
  tpdu.message_reference = read_octet(r, "TP-MR");
  read_protocol_identifier(r, tpdu);
  tpdu.command_type = read_octet(r, "TP-CT", command_type_name);
  tpdu.message_number = read_octet(r, "TP-MN");
  tpdu.address = read_address(r, "TP-DA");
  tpdu.command_data = r.octets(r.u8("TP-CDL"), "TP-CD");
}

/// 9.2.2.1a: [TP-FCS], TP-PI and what it announces
template <class R>
void read_deliver_report(R& r, RpMessage carrier, Tpdu& tpdu) {
  r.bits("TP-UDHI", r.last(1), 0x40);
  if (carrier == RpMessage::error) read_failure_cause(r, tpdu);
  read_parameter_indicator(r, tpdu);
  read_indicated_fields(r, tpdu);
}

/// 9.2.2.2a: [TP-FCS], TP-PI, TP-SCTS and what TP-PI announces
template <class R>
void read_submit_report(R& r, RpMessage carrier, Tpdu& tpdu) {
  r.bits("TP-UDHI", r.last(1), 0x40);
  if (carrier == RpMessage::error) read_failure_cause(r, tpdu);
  read_parameter_indicator(r, tpdu);
  tpdu.service_centre_time_stamp = read_time(r, "TP-SCTS");
  read_indicated_fields(r, tpdu);
}

/// Whether a TPDU of this type is carried so.
bool fits(TpduType type, RpMessage carrier) {
  const bool report = type == TpduType::deliver_report || type == TpduType::submit_report;
  switch (carrier) {
    case RpMessage::data: return !report;
    case RpMessage::ack:
    case RpMessage::error: return report;
    case RpMessage::data_or_ack: break;
  }
  return true;
}

/// 9.2.3.1; nothing where the standard reserves the value.
std::optional<TpduType> type_of(std::uint8_t indicator, TpduDirection direction) {
  if (direction == TpduDirection::sc_to_ms) {
    switch (indicator) {
      case 1: return TpduType::submit_report;
      case 2: return TpduType::status_report;
      default: return TpduType::deliver;
    }
  }
  switch (indicator) {
    case 0: return TpduType::deliver_report;
    case 1: return TpduType::submit;
    case 2: return TpduType::command;
    default: return std::nullopt;
  }
}

template <class R>
Result<Tpdu> read(R r, TpduDirection direction, RpMessage carrier) {
  const TraceScope scope{r.trace(), "SMS TPDU", r.input()};
  const std::uint8_t first = r.u8("first octet", hexadecimal);
  if (r.failed()) return r.truncated(Layer::tpdu);
  Result<Tpdu> result{std::in_place};  // filled where it is: a copy costs as much as the reading
  Tpdu& tpdu = *result;
  tpdu.message_type_indicator = first & 3U;
  tpdu.user_data_header = bit(first, 6);
  const auto type = type_of(tpdu.message_type_indicator, direction);
  if (!type) {
    result = Error{Layer::tpdu, Reason::unknown_type, 0};
    return result;
  }
  tpdu.type = *type;
  r.bits("TP-MTI", r.last(1), 0x03, to_string(tpdu.type));
  if (!fits(tpdu.type, carrier)) {
    result = Error{Layer::tpdu, Reason::bad_value, 0};
    return result;
  }

  switch (tpdu.type) {
    case TpduType::deliver: read_deliver(r, first, tpdu); break;
    case TpduType::submit: read_submit(r, first, tpdu); break;
    case TpduType::status_report: read_status_report(r, first, tpdu); break;
    case TpduType::command: read_command(r, first, tpdu); break;
    case TpduType::deliver_report: read_deliver_report(r, carrier, tpdu); break;
    case TpduType::submit_report: read_submit_report(r, carrier, tpdu); break;
  }
  if (r.failed()) tpdu.cut = r.truncated(Layer::tpdu);
  else tpdu.trailing = static_cast<std::uint32_t>(r.remaining());
  return result;
}

}  // namespace

std::string_view to_string(TpduType type) {
  switch (type) {
    case TpduType::deliver: return "SMS-DELIVER";
    case TpduType::deliver_report: return "SMS-DELIVER-REPORT";
    case TpduType::submit: return "SMS-SUBMIT";
    case TpduType::submit_report: return "SMS-SUBMIT-REPORT";
    case TpduType::status_report: return "SMS-STATUS-REPORT";
    case TpduType::command: return "SMS-COMMAND";
  }
  return {};
}

std::size_t address_to_text(const TpAddress& address, std::span<char> out) {
  if (address.alphanumeric()) {
    return gsm7_packed_to_utf8(address.value, 0, address.length * 4U / 7U, {}, out);
  }
  static constexpr DigitPairs pairs = digit_pairs("0123456789*#abc");  // 9.1.2.3
  return write_digits(address.value, address.length, pairs, out);
}

Result<Tpdu> decode_tpdu(Octets tpdu, TpduDirection direction, RpMessage carrier, Trace* trace) {
  return with_reader(tpdu, trace, [&](auto r) { return read(r, direction, carrier); });
}

}  // namespace tollgate::decode
