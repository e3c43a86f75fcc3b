#include "rules/field.hpp"

#include <algorithm>
#include <array>

namespace tollgate::rules {
namespace {

constexpr std::array<Field, field_count> fields{{
#define X(id, name, type, reach, count) {name, FieldType::type, Field::reach, Field::count},
    TOLLGATE_FIELDS(X)
#undef X
}};

constexpr std::string_view protocols[] = {"map", "smpp"};
constexpr std::string_view directions[] = {"mo", "mt"};
// Those that carry or route a short message: only messages are judged.
constexpr std::string_view operations[] = {"mo-forwardSM", "mt-forwardSM", "sendRoutingInfoForSM",
                                           "submit_sm",    "data_sm",      "deliver_sm",
                                           "submit_multi", "broadcast_sm", "mt-forwardSM-VGCS"};
// Those that a message can be: a report is a response.
constexpr std::string_view tpdu_types[] = {"SMS-DELIVER", "SMS-SUBMIT", "SMS-STATUS-REPORT", "SMS-COMMAND"};
constexpr std::string_view number_types[] = {"unknown",    "international", "national",    "network",
                                             "subscriber", "alphanumeric",  "abbreviated", "reserved"};
constexpr std::string_view codings[] = {
    "gsm7", "ucs2",        "binary", "ascii",     "latin1",    "latin-cyrillic", "latin-hebrew",
    "jis",  "iso-2022-jp", "euc-jp", "ks-c-5601", "pictogram", "compressed",     "reserved"};
constexpr std::string_view account_senders[] = {"registered", "unregistered"};
constexpr std::string_view account_statuses[] = {"active", "suspended"};

}  // namespace

const Field& field(FieldId id) { return fields[index(id)]; }

std::optional<FieldId> find_field(std::string_view name) {
  // The event's own long names of the same.
  if (name == "sender.address") name = "sender";
  if (name == "recipient.address") name = "recipient";
  if (name == "service_centre.address") name = "service_centre";
  if (name == "parts.total") name = "parts";
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  if (found == fields.end()) return {};
  return static_cast<FieldId>(found - fields.begin());
}

bool comparable(FieldId a, FieldId b) {
  const auto kind = [](FieldId id) {
    switch (field(id).type) {
      case FieldType::text:
      case FieldType::digits:
      case FieldType::address:
      case FieldType::host: return 1;
      case FieldType::number: return 2;
      default: return 0;
    }
  };
  return a != b && kind(a) != 0 && kind(a) == kind(b);
}

std::span<const std::string_view> choices(FieldId id) {
  switch (id) {
    case FieldId::protocol: return protocols;
    case FieldId::operation: return operations;
    case FieldId::direction: return directions;
    case FieldId::tpdu_type: return tpdu_types;
    case FieldId::sender_type:
    case FieldId::recipient_type: return number_types;
    case FieldId::coding: return codings;
    case FieldId::account_sender: return account_senders;
    case FieldId::account_status: return account_statuses;
    default: return {};
  }
}

Bounds bounds(FieldId id) {
  switch (id) {
    case FieldId::origin_port:
    case FieldId::destination_port:
    case FieldId::ports_destination:
    case FieldId::ports_source: return {0, 65'535};
    case FieldId::origin_pc:
    case FieldId::destination_pc: return {0, 0xFF'FFFF};
    case FieldId::tcap_version: return {1, 3};
    case FieldId::sender_ton:
    case FieldId::sender_npi:
    case FieldId::recipient_ton:
    case FieldId::recipient_npi: return {0, 255};
    case FieldId::message_class: return {0, 3};
    case FieldId::parts:
    case FieldId::parts_seq: return {1, 255};
    case FieldId::size: return {0, 1U << 18U};
    default: return {0, 255};
  }
}

}  // namespace tollgate::rules
