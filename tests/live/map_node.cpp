#include "live/map_node.hpp"

#include <algorithm>

#include "traffic/encode_map.hpp"
#include "traffic/encode_sccp.hpp"
#include "traffic/encode_sigtran.hpp"
#include "traffic/encode_tcap.hpp"
#include "traffic/encode_tpdu.hpp"

namespace live {
namespace {

using namespace tollgate::traffic;

constexpr std::int32_t mt_forward_sm = 44;  // version 3
constexpr std::int32_t forward_sm = 46;     // versions 1 and 2
constexpr std::int32_t unidentified_subscriber = 5;
constexpr std::int32_t unrecognized_operation = 1;  // Q.773 table 24: problem of an Invoke
constexpr std::uint8_t unrecognized_message_type = 0;
constexpr std::size_t segment_size = 80;
const std::string centre = "447700900001";
const std::string msc = "447700900002";

SccpAddress node(const std::string& digits) {
  SccpAddress made;
  made.digits = digits;
  made.ssn = std::uint8_t{8};
  return made;
}

Octets octets(const Bytes& bytes) { return {bytes.span().begin(), bytes.span().end()}; }

Octets in_m3ua(const sccp::Message& message, bool from_centre) {
  Bytes unitdata;
  sccp::message(unitdata, message);
  Bytes out;
  m3ua_data(out, {from_centre ? 1234U : 5678U, from_centre ? 5678U : 1234U, 1}, service_indicator_sccp,
            unitdata.span());
  return octets(out);
}

sccp::Message to_other(bool from_centre) {
  sccp::Message made;
  made.called = node(from_centre ? msc : centre);
  made.calling = node(from_centre ? centre : msc);
  return made;
}

Bytes transaction(std::uint32_t id) {
  Bytes made;
  made.u32(id);
  return made;
}

Bytes invoke_parameter(const ShortMessage& message) {
  Tpdu tpdu;
  tpdu.address = {message.sender, ton_international, 1};
  tpdu.user_data.alphabet = Alphabet::gsm7;
  tpdu.user_data.text = message.text;
  Bytes ui;
  deliver(ui, tpdu);
  map::ForwardSm arg;
  arg.da = {map::RpChoice::imsi, {message.imsi}};
  arg.oa = {map::RpChoice::service_centre, {centre}};
  arg.ui = ui.span();
  return map::forward_sm_arg(arg, LengthForm::definite);
}

Bytes begin(const ShortMessage& message, std::uint32_t dialogue) {
  tcap::Message made;
  made.type = tcap::MessageType::begin;
  made.otid = transaction(dialogue);
  if (message.version > 1) {
    made.apdu = tcap::Apdu::aarq;
    made.context = map::context_oid(map::short_msg_mt_relay, static_cast<std::uint8_t>(message.version));
  }
  tcap::Component component;
  component.code = message.version == 3 ? mt_forward_sm : forward_sm;
  component.parameter = invoke_parameter(message);
  made.components.push_back(std::move(component));
  Bytes out;
  tcap::message(out, made, LengthForm::definite);
  return out;
}

/// One BER element; `rest` becomes what is behind it. Lengths are definite, as peers here write them, or
/// longer than needed.
struct Element {
  std::uint8_t tag = 0;
  View contents;
};
std::optional<Element> element(View& rest) {
  if (rest.size() < 2) return {};
  Element made{rest[0], {}};
  std::size_t length = rest[1];
  std::size_t head = 2;
  if (length > 0x80) {
    const std::size_t count = length - 0x80;
    if (count > 3 || rest.size() < 2 + count) return {};
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8U | rest[2 + i];
    head += count;
  } else if (length == 0x80) {
    return {};
  }
  if (rest.size() - head < length) return {};
  made.contents = rest.subspan(head, length);
  rest = rest.subspan(head + length);
  return made;
}

/// The first element with that tag.
std::optional<View> find(View elements, std::uint8_t tag) {
  while (const auto found = element(elements)) {
    if (found->tag == tag) return found->contents;
  }
  return {};
}

std::uint32_t number(View contents) {
  std::uint32_t made = 0;
  for (const std::uint8_t octet : contents) made = made << 8U | octet;
  return made;
}

bool read_component(View elements, Received& out) {
  const auto component = element(elements);
  if (!component) return false;
  out.component = component->tag;
  View rest = component->contents;
  const auto id = element(rest);
  if (!id || id->tag != 0x02) return false;
  out.invoke_id = static_cast<int>(number(id->contents));
  const auto code = element(rest);
  if (!code) return component->tag == 0xa2;  // a result may end here
  out.code = static_cast<int>(number(code->contents));
  out.parameter = rest;
  return true;
}

/// The version is the last arc of the application context's name (TS 29.002 17.3.2), found in AARQ and AARE.
int context_version(View portion) {
  const auto external = find(portion, 0x28);
  const auto single = external ? find(*external, 0xa0) : std::nullopt;
  if (!single) return 1;
  View rest = *single;
  const auto pdu = element(rest);
  const auto name = pdu ? find(pdu->contents, 0xa1) : std::nullopt;
  const auto arcs = name ? find(*name, 0x06) : std::nullopt;
  return arcs && !arcs->empty() ? arcs->back() : 1;
}

std::string digits(View packed) {
  std::string made;
  for (const std::uint8_t octet : packed) {
    for (const unsigned digit : {octet & 15U, unsigned{octet} >> 4U}) {
      if (digit < 10) made += static_cast<char>('0' + digit);
    }
  }
  return made;
}

/// TS 23.038 6.1.2.1; only characters that ASCII has at the same place.
std::string septets(View packed, std::size_t count) {
  std::string made;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t bit = 7 * i;
    const std::size_t at = bit / 8;
    if (at >= packed.size()) return made;
    const unsigned high = at + 1 < packed.size() ? packed[at + 1] : 0U;
    made += static_cast<char>(((packed[at] | high << 8U) >> (bit % 8)) & 0x7fU);
  }
  return made;
}

}  // namespace

std::vector<Octets> request(const ShortMessage& message, Form form, std::uint32_t dialogue) {
  const Bytes tcap = begin(message, dialogue);
  sccp::Message made = to_other(true);
  if (form != Form::segments) {
    made.form = form == Form::unitdata ? sccp::Form::udt : sccp::Form::xudt;
    made.data = tcap.span();
    return {in_m3ua(made, true)};
  }
  std::vector<Octets> out;
  const std::size_t count = (tcap.size() + segment_size - 1) / segment_size;
  for (std::size_t i = 0; i < count; ++i) {
    made.form = sccp::Form::xudt;
    const std::size_t from = i * segment_size;
    made.data = tcap.span(from, std::min(segment_size, tcap.size() - from));
    made.segment = sccp::Segment{i == 0, static_cast<std::uint8_t>(count - 1 - i), dialogue & 0xffffffU};
    out.push_back(in_m3ua(made, true));
  }
  return out;
}

std::optional<Received> Reader::read(View m3ua) {
  ++broken;
  // RFC 4666 3.3.1: parameters of tag and length; Protocol Data has 12 octets before the user data.
  if (m3ua.size() < 8 || m3ua[2] != 1 || m3ua[3] != 1) return {};
  View sccp;
  for (View rest = m3ua.subspan(8); rest.size() >= 4;) {
    const std::size_t size = number(rest.subspan(2, 2));
    if (size < 4 || size > rest.size()) return {};
    if (number(rest.first(2)) == 0x0210 && size >= 16) sccp = rest.subspan(16, size - 16);
    rest = rest.subspan(std::min((size + 3) / 4 * 4, rest.size()));
  }
  // Q.713 4.10, 4.18: type, class, (hop counter,) pointers to called, calling, data (, optional part)
  if (sccp.size() < 7 || (sccp[0] != 0x09 && sccp[0] != 0x11)) return {};
  const bool extended = sccp[0] == 0x11;
  const std::size_t third = extended ? 5 : 4;
  const std::size_t data = third + sccp[third];
  if (data >= sccp.size() || data + 1 + sccp[data] > sccp.size()) return {};
  const View user_data = sccp.subspan(data + 1, sccp[data]);
  if (!extended || sccp[6] == 0) return tcap(user_data);
  // 3.17: the parameter Segmentation: 0x10, length 4, first and remaining, local reference
  const std::size_t optional = 6U + sccp[6];
  if (optional + 6 > sccp.size() || sccp[optional] != 0x10) return {};
  const bool first = (sccp[optional + 2] & 0x80U) != 0;
  const unsigned remaining = sccp[optional + 2] & 0x0fU;
  const std::uint32_t reference = number(sccp.subspan(optional + 3, 3));
  if (first) segments_[reference].clear();
  Octets& collected = segments_[reference];
  collected.insert(collected.end(), user_data.begin(), user_data.end());
  --broken;
  if (remaining > 0) return {};
  ++broken;
  whole_ = std::move(collected);
  segments_.erase(reference);
  return tcap(whole_);
}

std::optional<Received> Reader::tcap(View octets) {
  const auto message = element(octets);
  if (!message) return {};
  Received made;
  made.type = message->tag;
  if (const auto otid = find(message->contents, 0x48)) made.otid = number(*otid);
  if (const auto dtid = find(message->contents, 0x49)) made.dtid = number(*dtid);
  if (const auto portion = find(message->contents, 0x6b)) made.version = context_version(*portion);
  if (const auto components = find(message->contents, 0x6c)) {
    if (!read_component(*components, made)) return {};
  }
  --broken;
  return made;
}

std::optional<ShortMessage> argument(const Received& invoke) {
  View rest = invoke.parameter;
  const auto sequence = element(rest);
  if (!sequence || sequence->tag != 0x30) return {};
  const auto imsi = find(sequence->contents, 0x80);
  const auto ui = find(sequence->contents, 0x04);
  if (!imsi || !ui || ui->size() < 2) return {};
  // TS 23.040 9.2.2.1: first octet, originating address, PID, DCS, time stamp of 7 octets, length, user data
  const View tpdu = *ui;
  const std::size_t address = (tpdu[1] + 1U) / 2;
  const std::size_t length_at = 3 + address + 9;
  if (length_at >= tpdu.size()) return {};
  ShortMessage made;
  made.version = invoke.version;
  made.imsi = digits(*imsi);
  made.sender = digits(tpdu.subspan(3, address));
  made.text = septets(tpdu.subspan(length_at + 1), tpdu[length_at]);
  return made;
}

Reaction react(const Received& begin) {
  const bool known =
      begin.component == 0xa1 && begin.code == (begin.version == 3 ? mt_forward_sm : forward_sm);
  Reaction made{"taken", {}};
  tcap::Message answer;
  answer.type = tcap::MessageType::end;
  answer.dtid = transaction(begin.otid);
  tcap::Component component;
  component.invoke_id = begin.invoke_id;
  if (begin.version > 1) {
    answer.apdu = tcap::Apdu::aare;
    answer.context = map::context_oid(map::short_msg_mt_relay, static_cast<std::uint8_t>(begin.version));
  }
  if (!known && begin.version == 1) {
    made.outcome = "unknown operation";
    answer.type = tcap::MessageType::abort;
    answer.p_abort = unrecognized_message_type;
  } else if (!known) {
    made.outcome = "unknown operation";
    component.type = tcap::ComponentType::reject;
    component.code = unrecognized_operation;
  } else {
    const auto message = argument(begin);
    if (!message || message->imsi.find_first_not_of('0') == std::string::npos) {
      made.outcome = "unknown subscriber";
      component.type = tcap::ComponentType::return_error;
      component.code = unidentified_subscriber;
    } else {
      component.type = tcap::ComponentType::return_result_last;
      component.has_operation = false;
    }
  }
  if (answer.type == tcap::MessageType::end) answer.components.push_back(std::move(component));
  Bytes tcap;
  tcap::message(tcap, answer, LengthForm::definite);
  sccp::Message unitdata = to_other(false);
  unitdata.data = tcap.span();
  made.m3ua = in_m3ua(unitdata, false);
  return made;
}

}  // namespace live
