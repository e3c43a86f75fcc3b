#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "message/message.hpp"

namespace tollgate::rules {

/// What a field's values are, and so which conditions it takes.
enum class FieldType : std::uint8_t {
  choice,   ///< one of a few names: exact
  text,     ///< exact, `prefix*`, `/regex/`, `@list`, another field
  digits,   ///< as text; exact values and prefixes are digits
  address,  ///< as text; a leading + does not count, nor the case; `sender` is a name's readings, too
  host,     ///< as text, in small letters
  content,  ///< a phrase, `/regex/`, a list of phrases
  hex,      ///< octets as hex: exact, `prefix*`
  number,   ///< exact, `> 3`, another field
  ip,       ///< an address or a network
  flag,     ///< true or false
  time,     ///< a map of between, days, zone
  labels,   ///< of the policy only
};

/// Everything of a message that rules and policy can ask for, by the event's names. X(id, name, type, who has
/// it, whether a message can have several).
// clang-format off
#define TOLLGATE_FIELDS(X) \
  X(protocol, "protocol", choice, both, one) \
  X(operation, "operation", choice, both, one) \
  X(direction, "direction", choice, both, one) \
  X(link, "link", text, both, one) \
  X(route, "route", text, both, one) \
  X(origin_ip, "origin.ip", ip, both, one) \
  X(origin_port, "origin.port", number, both, one) \
  X(origin_pc, "origin.pc", number, map, one) \
  X(origin_gt, "origin.gt", digits, map, one) \
  X(origin_ssn, "origin.ssn", number, map, one) \
  X(origin_operator, "origin.operator", text, both, one) \
  X(origin_country, "origin.country", text, both, one) \
  X(origin_account, "origin.account", text, both, one) \
  X(destination_ip, "destination.ip", ip, both, one) \
  X(destination_port, "destination.port", number, both, one) \
  X(destination_pc, "destination.pc", number, map, one) \
  X(destination_gt, "destination.gt", digits, map, one) \
  X(destination_ssn, "destination.ssn", number, map, one) \
  X(destination_operator, "destination.operator", text, map, one) \
  X(destination_country, "destination.country", text, map, one) \
  X(tcap_context, "tcap.context", text, map, one) \
  X(tcap_version, "tcap.version", number, map, one) \
  X(tpdu_type, "tpdu.type", choice, map, one) \
  X(tpdu_message_reference, "tpdu.message_reference", number, map, one) \
  X(tpdu_status, "tpdu.status", number, map, one) \
  X(tpdu_command_type, "tpdu.command_type", number, map, one) \
  X(smpp_system_id, "smpp.system_id", text, smpp, one) \
  X(smpp_esm_class, "smpp.esm_class", number, smpp, one) \
  X(service_centre, "service_centre", digits, map, one) \
  X(service_centre_operator, "service_centre.operator", text, map, one) \
  X(service_centre_country, "service_centre.country", text, map, one) \
  X(imsi, "imsi", digits, map, one) \
  X(sender, "sender", address, both, one) \
  X(raw_sender, "raw.sender", address, both, one) \
  X(sender_number, "sender.number", digits, both, one) \
  X(sender_type, "sender.type", choice, both, one) \
  X(sender_ton, "sender.ton", number, both, one) \
  X(sender_npi, "sender.npi", number, both, one) \
  X(sender_operator, "sender.operator", text, both, one) \
  X(sender_country, "sender.country", text, both, one) \
  X(recipient, "recipient", address, both, one) \
  X(recipient_number, "recipient.number", digits, both, one) \
  X(recipient_type, "recipient.type", choice, both, one) \
  X(recipient_ton, "recipient.ton", number, both, one) \
  X(recipient_npi, "recipient.npi", number, both, one) \
  X(recipient_operator, "recipient.operator", text, both, one) \
  X(recipient_country, "recipient.country", text, both, one) \
  X(pid, "pid", number, both, one) \
  X(dcs, "dcs", number, both, one) \
  X(coding, "coding", choice, both, one) \
  X(message_class, "class", number, both, one) \
  X(udh, "udh", hex, both, one) \
  X(udh_element, "udh.element", number, both, many) \
  X(ports_destination, "ports.destination", number, both, one) \
  X(ports_source, "ports.source", number, both, one) \
  X(parts, "parts", number, both, one) \
  X(parts_seq, "parts.seq", number, both, one) \
  X(size, "size", number, both, one) \
  X(data, "data", hex, both, one) \
  X(text, "text", content, both, one) \
  X(raw_text, "raw.text", content, both, one) \
  X(text_number, "text.number", digits, both, many) \
  X(url, "url", text, both, many) \
  X(url_host, "url.host", host, both, many) \
  X(url_domain, "url.domain", host, both, many) \
  X(url_path, "url.path", text, both, many) \
  X(url_shortener, "url.shortener", flag, both, one) \
  X(account_sender, "account.sender", choice, both, one) \
  X(account_status, "account.status", choice, both, one) \
  X(time, "time", time, both, one) \
  X(labels, "labels", labels, both, many)
// clang-format on

enum class FieldId : std::uint8_t {
#define X(id, name, type, reach, count) id,
  TOLLGATE_FIELDS(X)
#undef X
};
inline constexpr std::size_t field_count = 0
#define X(id, name, type, reach, count) +1  // NOLINT(bugprone-macro-parentheses)
    TOLLGATE_FIELDS(X)
#undef X
    ;

struct Field {
  enum Reach : std::uint8_t { both, map, smpp };
  enum Count : std::uint8_t { one, many };
  std::string_view name;
  FieldType type;
  Reach reach;
  Count count;
};

const Field& field(FieldId id);
std::optional<FieldId> find_field(std::string_view name);
/// Whether two fields of these types can be compared.
bool comparable(FieldId a, FieldId b);

/// Of a choice: its values.
std::span<const std::string_view> choices(FieldId id);

struct Bounds {
  std::uint64_t least;
  std::uint64_t most;
};
/// Of a number: its possible values.
Bounds bounds(FieldId id);

constexpr std::size_t index(FieldId id) { return static_cast<std::size_t>(id); }

}  // namespace tollgate::rules
