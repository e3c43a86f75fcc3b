#include "inspect/smpp_message.hpp"

#include <algorithm>
#include <optional>

#include "decode/alphabet.hpp"
#include "decode/dcs.hpp"
#include "decode/udh.hpp"
#include "inspect/charset.hpp"
#include "inspect/user_data.hpp"

namespace tollgate::inspect {
namespace {

using decode::smpp::CommandId;
using decode::smpp::Pdu;
namespace tag = decode::smpp::tag;

constexpr std::uint8_t udhi = 0x40;  // of esm_class

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  return all < 0x80;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_outcome(const Pdu& pdu, Message& message) {
  if (!pdu.is_response()) return;
  message.component = pdu.command_status == 0 ? Component::result : Component::error;
  if (pdu.command_id == CommandId::generic_nack) message.component = Component::reject;
  if (message.component == Component::result) return;
  message.error = decode::smpp::status_name(pdu.command_status);
  message.error_code = pdu.command_status;
}

// The optional parameters that say how a message is to be read.
struct Options {
  Octets payload;              ///< the first message_payload that is not empty
  unsigned more_payloads = 0;  ///< others that are not empty
  std::optional<std::uint32_t> sar_ref, sar_total, sar_seq;
  std::optional<std::uint16_t> source_port, destination_port;
};

std::optional<std::uint16_t> port(const decode::smpp::Tlv& tlv) {
  const auto value = tlv.integer();
  if (!value) return {};
  return static_cast<std::uint16_t>(*value);
}

Options read_options(const Pdu& pdu, Counters& counters) {
  Options options;
  decode::smpp::TlvWalk walk(pdu.tlvs, pdu.command_length - pdu.tlvs.size());
  while (const auto tlv = walk.next()) {
    switch (tlv->tag) {
      case tag::message_payload:
        if (options.payload.empty()) options.payload = tlv->value;
        else if (!tlv->value.empty()) ++options.more_payloads;
        break;
      case tag::sar_msg_ref_num: options.sar_ref = tlv->integer(); break;
      case tag::sar_total_segments: options.sar_total = tlv->integer(); break;
      case tag::sar_segment_seqnum: options.sar_seq = tlv->integer(); break;
      case tag::source_port: options.source_port = port(*tlv); break;
      case tag::destination_port: options.destination_port = port(*tlv); break;
      default: break;
    }
  }
  if (const auto fault = walk.fault()) counters.add(*fault);
  return options;
}

void read_parts_and_ports(const Options& options, Message& message) {
  if (message.parts.total == 0 && options.sar_ref && options.sar_total && options.sar_seq) {
    const std::uint32_t total = *options.sar_total;
    const std::uint32_t seq = *options.sar_seq;
    if (seq >= 1 && seq <= total && total <= 255) {
      message.parts = {.ref = static_cast<std::uint16_t>(*options.sar_ref),
                       .total = static_cast<std::uint8_t>(total),
                       .seq = static_cast<std::uint8_t>(seq),
                       .wide = true};
    }
  }
  if (!message.ports && (options.source_port || options.destination_port)) {
    message.ports = Ports{.destination = options.destination_port, .source = options.source_port};
  }
}

// data_coding values that name a character set of their own, not one of TS 23.038.
Coding own_coding(std::uint8_t data_coding) {
  switch (data_coding) {
    case 1: return Coding::ascii;
    case 3: return Coding::latin1;
    case 5: return Coding::jis;
    case 6: return Coding::latin_cyrillic;
    case 7: return Coding::latin_hebrew;
    case 9: return Coding::pictogram;
    case 10: return Coding::iso2022_jp;
    case 13: return Coding::euc_jp;
    case 14: return Coding::ks_c_5601;
    default: return Coding::none;
  }
}

// The TS 23.038 data coding scheme of the others; nothing where SMPP and TS 23.038 both reserve the value.
std::optional<std::uint8_t> gsm_coding(std::uint8_t data_coding) {
  if (data_coding == 2 || data_coding == 4) return std::uint8_t{4};
  if (data_coding == 0 || data_coding == 8) return data_coding;
  if (data_coding < 16 || decode::data_coding(data_coding).reserved) return {};
  return data_coding;
}

void read_own_text(Coding coding, Octets text, Message& message, Arena& arena, Counters& counters) {
  message.coding = coding;
  if ((coding == Coding::ascii || coding == Coding::latin1) && is_ascii(as_chars(text))) {
    message.text = as_chars(text);
  } else {
    const std::span<char> room = arena.room();
    if (room.size() < Charsets::bound(text.size())) {
      counters.add(Count::lost_text_no_room);
      message.data = text;
      return;
    }
    message.text = arena.commit(charsets().to_utf8(coding, text, room));
  }
  message.has_text = true;
}

void read_text(const Pdu& pdu, Octets octets, Message& message, Arena& arena, Counters& counters) {
  const bool has_header = (pdu.esm_class & udhi) != 0 && !octets.empty();
  const Coding own = own_coding(pdu.data_coding);
  const auto gsm = gsm_coding(pdu.data_coding);
  if (gsm) {
    read_user_data(
        {.dcs = *gsm, .has_header = has_header, .length = octets.size(), .octets = octets, .packed = false},
        message, arena, counters);
  } else {
    HeaderReading header;
    if (has_header) header = read_user_data_header(octets, message, counters);
    message.coding = own == Coding::none ? Coding::reserved : own;
    message.body = octets.subspan(header.length);
    if (own == Coding::none || !header.ok) message.data = message.body;
    else read_own_text(own, message.body, message, arena, counters);
  }
  message.dcs = pdu.data_coding;
}

void trace_content(const Message& message, Octets content, decode::Trace* trace) {
  if (trace == nullptr || content.empty()) return;
  const decode::TraceScope scope(trace, "User data", content);
  if (!message.udh.empty()) (void)decode::decode_user_data_header(content, trace);
  const Octets body = content.subspan(message.udh.size());
  if (message.has_text) trace->text("Text", body, message.text);
  else trace->octets("Data", body);
}

void read_content(const Pdu& pdu, Message& message, Arena& arena, Counters& counters, decode::Trace* trace) {
  message.smpp.esm_class = pdu.esm_class;
  if (pdu.command_id != CommandId::data_sm && pdu.command_id != CommandId::broadcast_sm)
    message.pid = pdu.protocol_id;
  if (pdu.command_id == CommandId::broadcast_sm) message.smpp.esm_class.reset();
  const Options options = read_options(pdu, counters);
  // Where sm_length says that there is a short_message it counts: it must be 0 beside a message_payload (3.4
  // 5.2.21, 5.3.2.32). What is not read stays among the parameters of the event.
  message.smpp.payload_is_text = pdu.short_message.empty() && !options.payload.empty();
  const bool both = !pdu.short_message.empty() && !options.payload.empty();
  counters.add(Count::ignored_smpp_message_payload, options.more_payloads + (both ? 1U : 0U));
  const Octets content = message.smpp.payload_is_text ? options.payload : pdu.short_message;
  read_text(pdu, content, message, arena, counters);
  read_parts_and_ports(options, message);
  trace_content(message, content, trace);
}

}  // namespace

Kind kind_of(CommandId id) {
  using enum CommandId;
  switch (id) {
    case submit_sm:
    case data_sm:
    case deliver_sm:
    case submit_multi:
    case broadcast_sm: return Kind::message;
    case submit_sm_resp:
    case data_sm_resp:
    case deliver_sm_resp:
    case submit_multi_resp:
    case broadcast_sm_resp:
    case generic_nack: return Kind::response;
    default: return Kind::signalling;
  }
}

std::string_view as_utf8(std::string_view text, Arena& arena) {
  if (is_ascii(text)) return text;
  const std::span<char> room = arena.room();
  if (room.size() < decode::latin1_bound(text.size())) return {};
  return arena.commit(decode::latin1_to_utf8(as_octets(text), room));
}

Address read_smpp_address(const decode::smpp::Address& address, Arena& arena) {
  Address read;
  read.ton = address.ton;
  read.npi = address.npi;
  read.type = address.ton <= 6 ? static_cast<NumberType>(address.ton) : NumberType::reserved;
  read.present = !address.addr.empty();
  std::string_view text = address.addr;
  const bool plus =
      text.starts_with('+') && is_digits(text.substr(1)) && read.type != NumberType::alphanumeric;
  if (plus) text.remove_prefix(1);
  read.address = as_utf8(text, arena);
  const bool international = read.type == NumberType::international && address.npi <= 1;
  if (plus || (international && is_digits(text))) read.number = read.address;
  return read;
}

void read_smpp_message(const Pdu& pdu, Message& message, Arena& arena, Counters& counters,
                       decode::Trace* trace) {
  message.protocol = Protocol::smpp;
  message.kind = kind_of(pdu.command_id);
  message.operation = decode::smpp::name_of(pdu.command_id);
  message.smpp.sequence = pdu.sequence_number;
  message.smpp.status = pdu.command_status;
  message.smpp.message_id = as_utf8(pdu.message_id, arena);
  message.smpp.tlvs = pdu.tlvs;
  // The address_range of a bind says whom the ESME serves; it sends nothing.
  if (!pdu.is_bind()) message.sender = read_smpp_address(pdu.source, arena);
  message.recipient = read_smpp_address(pdu.destination, arena);
  if (pdu.command_id == CommandId::submit_multi) message.smpp.destinations = pdu.list;
  if (pdu.command_id == CommandId::submit_multi_resp) message.smpp.unsuccess_smes = pdu.list;
  if (pdu.unterminated) counters.add(Count::mended_smpp_string);
  read_outcome(pdu, message);
  if (message.kind == Kind::message) read_content(pdu, message, arena, counters, trace);
  else if (pdu.command_id == CommandId::replace_sm) message.data = pdu.short_message;
}

}  // namespace tollgate::inspect
