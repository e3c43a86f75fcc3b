#include "record/event_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include <arpa/inet.h>
#include <fmt/compile.h>
#include <fmt/format.h>

#include "decode/ber.hpp"
#include "decode/smpp.hpp"
#include "message/countries.hpp"
#include "message/urls.hpp"
#include "record/json_writer.hpp"

namespace tollgate::record {
namespace {

namespace smpp = decode::smpp;

void text_unless_empty(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.text(key, value);
}

void hex_unless_empty(JsonWriter& json, std::string_view key, Octets value) {
  if (!value.empty()) json.hex(key, value);
}

template <class Number>
void number_if_present(JsonWriter& json, std::string_view key, const std::optional<Number>& value) {
  if (value) json.number(key, *value);
}

void write_id(JsonWriter& json, const MessageId& id) {
  std::array<char, 32> digits{};
  fmt::format_to(digits.data(), FMT_COMPILE("{:016x}{:016x}"), id.high, id.low);
  json.text("id", {digits.data(), digits.size()});
}

/// ISO 8601 in UTC, to the microsecond; what is below is cut off.
void write_time(JsonWriter& json, std::uint64_t time_ns) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds{time_ns / 1000}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 32> room{};
  const auto* end =
      fmt::format_to(room.data(), FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z"), int{date.year()},
                     unsigned{date.month()}, unsigned{date.day()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
  json.text("time", {room.data(), static_cast<std::size_t>(end - room.data())});
}

/// A global code as 0.4.0.0; one with an arc beyond 32 bits as its octets.
void write_global_code(JsonWriter& json, std::string_view key, Octets oid) {
  std::array<char, 256> room;
  const std::string_view dotted = decode::ber::to_dotted(oid, room);
  if (dotted.empty()) json.hex(key, oid);
  else json.text(key, dotted);
}

/// A standard name; where the code has none, the code.
template <class Code>
void write_name(JsonWriter& json, std::string_view key, std::string_view name,
                const std::optional<Code>& code) {
  if (!name.empty()) {
    json.text(key, name);
  } else if (code) {
    json.text(key, std::string_view{fmt::format_int(*code).c_str()});
  }
}

void write_ip(JsonWriter& json, const IpAddress& ip) {
  std::array<char, INET6_ADDRSTRLEN> room{};
  if (ip.version == 6) {
    if (inet_ntop(AF_INET6, ip.octets.data(), room.data(), room.size()) != nullptr)
      json.text("ip", room.data());
    return;
  }
  const auto octet = [&](std::size_t i) { return std::to_integer<unsigned>(ip.octets[i]); };
  const auto* end =
      fmt::format_to(room.data(), FMT_COMPILE("{}.{}.{}.{}"), octet(0), octet(1), octet(2), octet(3));
  json.text("ip", {room.data(), static_cast<std::size_t>(end - room.data())});
}

void write_endpoint(JsonWriter& json, std::string_view key, const Endpoint& end, std::string_view account) {
  if (end.ip.version == 0 && end.port == 0 && !end.pc && end.gt.empty() && !end.ssn && account.empty())
    return;
  json.begin_object(key);
  if (end.ip.version != 0) write_ip(json, end.ip);
  if (end.port != 0) json.number("port", end.port);
  number_if_present(json, "pc", end.pc);
  text_unless_empty(json, "gt", end.gt);
  number_if_present(json, "ssn", end.ssn);
  text_unless_empty(json, "operator", end.operator_name);
  if (!end.country.empty()) json.text("country", end.country);
  else if (end.gt_begins_with_country_code) text_unless_empty(json, "country", country_of(end.gt));
  text_unless_empty(json, "account", account);
  json.end_object();
}

void write_tcap(JsonWriter& json, const TcapInfo& tcap) {
  if (tcap.otid.empty() && tcap.dtid.empty() && !tcap.invoke && tcap.context.empty() && tcap.version == 0)
    return;
  json.begin_object("tcap");
  hex_unless_empty(json, "otid", tcap.otid);
  hex_unless_empty(json, "dtid", tcap.dtid);
  number_if_present(json, "invoke", tcap.invoke);
  text_unless_empty(json, "context", tcap.context);
  if (tcap.version != 0) json.number("version", tcap.version);
  json.end_object();
}

/// The optional parameters but the text, in the order of their tags, repeated ones side by side. Ends where
/// they are malformed: the decoder has counted that.
std::vector<smpp::Tlv> split_tlvs(const SmppInfo& m) {
  std::vector<smpp::Tlv> tlvs;
  smpp::TlvWalk walk(m.tlvs);
  bool text_is_next = m.payload_is_text;
  while (const auto tlv = walk.next()) {
    const bool is_text = text_is_next && tlv->tag == smpp::tag::message_payload && !tlv->value.empty();
    if (is_text) text_is_next = false;
    else tlvs.push_back(*tlv);
  }
  std::stable_sort(tlvs.begin(), tlvs.end(), [](const auto& a, const auto& b) { return a.tag < b.tag; });
  return tlvs;
}

void write_value(JsonWriter& json, const smpp::Tlv& tlv, smpp::TlvKind kind) {
  if (const auto integer = tlv.integer(); integer && kind == smpp::TlvKind::integer) json.number(*integer);
  else if (kind == smpp::TlvKind::c_string) json.text(tlv.chars());
  else json.hex(tlv.value);
}

void write_tlvs(JsonWriter& json, const SmppInfo& m) {
  const std::vector<smpp::Tlv> tlvs = split_tlvs(m);
  if (tlvs.empty()) return;
  json.begin_object("tlvs");
  for (auto first = tlvs.begin(); first != tlvs.end();) {
    const auto last = std::find_if(first, tlvs.end(), [&](const auto& tlv) { return tlv.tag != first->tag; });
    const smpp::TlvDefinition* definition = smpp::find_definition(first->tag);
    const auto kind = definition != nullptr ? definition->kind : smpp::TlvKind::octets;
    if (definition != nullptr) json.key(definition->name);
    else json.key(fmt::format(FMT_COMPILE("0x{:04x}"), first->tag));
    const bool repeated = last - first > 1;
    if (repeated) json.begin_array();
    for (; first != last; ++first) write_value(json, *first, kind);
    if (repeated) json.end_array();
  }
  json.end_object();
}

/// An address of a list. What number it means is said of the first recipient alone.
void write_list_address(JsonWriter& json, const smpp::Address& address) {
  std::string_view addr = address.addr;
  if (addr.starts_with('+')) addr.remove_prefix(1);
  json.text("address", addr);
  json.text("type",
            to_string(address.ton <= 6 ? static_cast<NumberType>(address.ton) : NumberType::reserved));
  json.number("ton", address.ton);
  json.number("npi", address.npi);
}

void write_destinations(JsonWriter& json, Octets list) {
  if (list.empty()) return;
  json.begin_array("destinations");
  smpp::Destinations destinations(list);
  for (smpp::Destination destination; destinations.next(destination);) {
    json.begin_object();
    if (destination.is_list) json.text("dl_name", destination.list_name);
    else write_list_address(json, destination.address);
    json.end_object();
  }
  json.end_array();
}

void write_unsuccess_smes(JsonWriter& json, Octets list) {
  if (list.empty()) return;
  json.begin_array("unsuccess_smes");
  smpp::UnsuccessSmes elements(list);
  for (smpp::UnsuccessSme element; elements.next(element);) {
    json.begin_object();
    write_list_address(json, element.address);
    write_name(json, "error", smpp::status_name(element.error_status_code),
               std::optional{element.error_status_code});
    json.end_object();
  }
  json.end_array();
}

void write_smpp(JsonWriter& json, const Message& m) {
  json.begin_object("smpp");
  text_unless_empty(json, "system_id", m.smpp.system_id);
  json.number("sequence", m.smpp.sequence);
  if (m.component != Component::invoke || m.smpp.status != 0) json.number("status", m.smpp.status);
  text_unless_empty(json, "message_id", m.smpp.message_id);
  number_if_present(json, "esm_class", m.smpp.esm_class);
  write_destinations(json, m.smpp.destinations);
  write_unsuccess_smes(json, m.smpp.unsuccess_smes);
  write_tlvs(json, m.smpp);
  json.end_object();
}

void write_address(JsonWriter& json, std::string_view key, const Address& address, std::string_view country) {
  if (!address.present) return;
  json.begin_object(key);
  json.text("address", address.address);
  text_unless_empty(json, "number", address.number);
  json.text("type", to_string(address.type));
  json.number("ton", address.ton);
  json.number("npi", address.npi);
  text_unless_empty(json, "operator", address.operator_name);
  text_unless_empty(json, "country", country.empty() ? country_of(address.number) : country);
  json.end_object();
}

void write_node(JsonWriter& json, std::string_view key, std::string_view digits,
                std::string_view operator_name = {}) {
  if (digits.empty()) return;
  json.begin_object(key);
  json.text("address", digits);
  text_unless_empty(json, "operator", operator_name);
  text_unless_empty(json, "country", country_of(digits));
  json.end_object();
}

void write_map(JsonWriter& json, const MapNodes& nodes) {
  if (nodes.network_node.empty() && nodes.additional_node.empty() && nodes.other_address.empty()) return;
  json.begin_object("map");
  write_node(json, "network_node", nodes.network_node);
  write_node(json, "additional_node", nodes.additional_node);
  write_node(json, "other_address", nodes.other_address);
  json.end_object();
}

void write_tpdu(JsonWriter& json, const TpduInfo& tpdu) {
  if (tpdu.type.empty()) return;
  json.begin_object("tpdu");
  json.text("type", tpdu.type);
  number_if_present(json, "message_reference", tpdu.message_reference);
  number_if_present(json, "status", tpdu.status);
  number_if_present(json, "failure_cause", tpdu.failure_cause);
  number_if_present(json, "command_type", tpdu.command_type);
  json.end_object();
}

void write_urls(JsonWriter& json, std::string_view text) {
  UrlFinder urls(text);
  std::string_view url = urls.next();
  if (url.empty()) return;
  json.begin_array("urls");
  for (; !url.empty(); url = urls.next()) json.text(url);
  json.end_array();
}

void write_content(JsonWriter& json, const Message& m) {
  number_if_present(json, "pid", m.pid);
  number_if_present(json, "dcs", m.dcs);
  if (m.coding != Coding::none) json.text("coding", to_string(m.coding));
  number_if_present(json, "class", m.message_class);
  hex_unless_empty(json, "udh", m.udh);
  if (m.ports) {
    json.begin_object("ports");
    number_if_present(json, "destination", m.ports->destination);
    number_if_present(json, "source", m.ports->source);
    json.end_object();
  }
  if (m.parts.total != 0) {
    json.begin_object("parts");
    json.number("ref", m.parts.ref);
    json.number("total", m.parts.total);
    json.number("seq", m.parts.seq);
    json.end_object();
  }
  if (m.has_text) json.text("text", m.text);
  else hex_unless_empty(json, "data", m.data);
  text_unless_empty(json, "message_text", m.message_text);
  hex_unless_empty(json, "message_data", m.message_data);
  write_urls(json, m.message_text.empty() ? m.text : m.message_text);
}

void write_rules(JsonWriter& json, const Judgement& judgement) {
  json.begin_array("rules");
  const TextSpan* span = judgement.spans.data();
  for (const RuleHit& hit : judgement.rules) {
    json.begin_object();
    json.number("id", hit.id);
    json.number("rev", hit.rev);
    json.text("state", to_string(hit.state));
    if (hit.spans != 0) {
      json.begin_array("spans");
      for (std::uint32_t i = 0; i < hit.spans; ++i, ++span) {
        json.begin_array();
        json.number(span->begin);
        json.number(span->end);
        json.end_array();
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
  if (judgement.more_rules != 0) json.number("more_rules", judgement.more_rules);
}

/// What became of a message that has gone on, where that is not as the verdict says.
void write_outcome(JsonWriter& json, const Judgement& judgement) {
  if (changes_message(judgement.verdict) && !judgement.enforced) json.flag("enforced", false);
}

void write_answer(JsonWriter& json, const Answer& answer) {
  if (!answer.owed) return;
  json.begin_object("response");
  text_unless_empty(json, "as", answer.as);
  if (answer.smpp_status != 0) json.number("smpp_status", answer.smpp_status);
  text_unless_empty(json, "map_error", answer.map_error);
  json.flag("given", answer.given);
  json.end_object();
}

/// What was paid and by whom, or why not.
void write_charge(JsonWriter& json, const Judgement& judgement, std::string_view account) {
  if (!judgement.tariff.empty()) {
    json.begin_object("charge");
    if (judgement.charged || !judgement.charge_refused.empty()) text_unless_empty(json, "account", account);
    json.text("tariff", judgement.tariff);
    text_unless_empty(json, "refused", judgement.charge_refused);
    if (judgement.charged) {
      json.number("amount", judgement.amount);
      if (judgement.fees != 0) json.number("fees", judgement.fees);
      json.text("currency", judgement.currency);
      if (judgement.charged_before) json.flag("repeated", true);
    }
    json.end_object();
  }
  if (judgement.leaked != 0) {
    json.begin_object("leaked");
    json.number("amount", judgement.leaked);
    json.text("currency", judgement.currency);
    json.end_object();
  }
}

void write_judgement(JsonWriter& json, const Judgement& judgement, std::string_view account) {
  json.begin_array("labels");
  for (const std::string_view label : judgement.labels) json.text(label);
  json.end_array();
  if (!judgement.ruleset.empty()) {
    json.text("ruleset", judgement.ruleset);
    write_rules(json, judgement);
  }
  if (!judgement.signals.empty()) {
    json.begin_object("signals");
    for (const SignalValue& signal : judgement.signals) json.real(signal.name, signal.value);
    json.end_object();
  }
  json.text("verdict", to_string(judgement.verdict));
  text_unless_empty(json, "policy", judgement.policy);
  if (judgement.alert) json.flag("alert", true);
  if (judgement.accepted || judgement.smpp_status != 0 || !judgement.map_error.empty()) {
    json.begin_object("response");
    if (judgement.accepted) json.text("as", "accepted");
    if (judgement.smpp_status != 0) json.number("smpp_status", judgement.smpp_status);
    text_unless_empty(json, "map_error", judgement.map_error);
    json.end_object();
  }
  write_charge(json, judgement, account);
  text_unless_empty(json, "divert", judgement.divert_to);
}

}  // namespace

void append_judgement(std::string& out, const Judgement& judgement) {
  JsonWriter json(out);
  json.begin_object();
  write_judgement(json, judgement, {});
  json.end_object();
}

void append_event(std::string& out, const Message& m, const Countries& countries) {
  JsonWriter json(out);
  json.begin_object();
  write_id(json, m.id);
  write_time(json, m.time_ns);
  json.number("frame", m.frame);
  json.number("item", m.item);
  json.text("kind", to_string(m.kind));
  json.text("protocol", to_string(m.protocol));
  write_name(json, "operation", m.operation, m.operation_code);
  const bool global = !m.global_code.empty();
  const bool error = m.component == Component::error;
  if (global && !error && m.operation.empty()) write_global_code(json, "operation", m.global_code);
  json.text("component", to_string(m.component));
  write_name(json, "error", m.error, m.error_code);
  if (global && error) write_global_code(json, "error", m.global_code);
  if (m.answers_frame != 0) {
    json.begin_object("answers");
    json.number("frame", m.answers_frame);
    json.end_object();
  }
  text_unless_empty(json, "direction", to_string(m.direction));
  text_unless_empty(json, "link", m.link);
  text_unless_empty(json, "route", m.route);
  write_endpoint(json, "origin", m.origin, m.origin.account);
  write_endpoint(json, "destination", m.destination, m.destination.account);
  if (m.protocol == Protocol::map) write_tcap(json, m.tcap);
  else write_smpp(json, m);
  write_map(json, m.map);
  write_node(json, "service_centre", m.service_centre, m.service_centre_operator);
  text_unless_empty(json, "imsi", m.imsi);
  write_address(json, "sender", m.sender, countries.sender);
  write_address(json, "recipient", m.recipient, countries.recipient);
  write_tpdu(json, m.tpdu);
  write_content(json, m);
  write_judgement(json, m.judgement, m.origin.account);
  write_outcome(json, m.judgement);
  write_answer(json, m.answer);
  json.end_object();
}

}  // namespace tollgate::record
