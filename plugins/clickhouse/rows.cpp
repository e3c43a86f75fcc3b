#include "rows.hpp"

#include <array>

#include <nlohmann/json.hpp>

namespace clickhouse {
namespace {

using Json = nlohmann::json;

/// A member of a member, by `origin.account`; null where it is absent.
const Json* find(const Json& event, std::string_view path) {
  const Json* at = &event;
  for (;;) {
    const std::size_t dot = path.find('.');
    if (!at->is_object()) return nullptr;
    const auto member = at->find(path.substr(0, dot));
    if (member == at->end()) return nullptr;
    at = &*member;
    if (dot == path.npos) return at;
    path.remove_prefix(dot + 1);
  }
}

void append_text(std::string& out, const Json& event, std::string_view path) {
  const Json* value = find(event, path);
  if (value != nullptr && value->is_string()) append_escaped(out, value->get_ref<const std::string&>());
}

void append_number(std::string& out, const Json& event, std::string_view path) {
  const Json* value = find(event, path);
  out += value != nullptr && value->is_number_integer() ? value->dump() : "0";
}

void append_flag(std::string& out, const Json& event, std::string_view path, bool usual) {
  const Json* value = find(event, path);
  out += (value != nullptr && value->is_boolean() ? value->get<bool>() : usual) ? '1' : '0';
}

/// In an array a text stands in quotes, which are escaped like all else.
void append_labels(std::string& out, const Json& event) {
  out += '[';
  if (const Json* labels = find(event, "labels"); labels != nullptr && labels->is_array()) {
    bool first = true;
    for (const Json& label : *labels) {
      if (!label.is_string()) continue;
      out += first ? "'" : ",'";
      append_escaped(out, label.get_ref<const std::string&>());
      out += '\'';
      first = false;
    }
  }
  out += ']';
}

void append_rules(std::string& out, const Json& event, std::string_view state) {
  out += '[';
  if (const Json* rules = find(event, "rules"); rules != nullptr && rules->is_array()) {
    bool first = true;
    for (const Json& rule : *rules) {
      const Json* id = find(rule, "id");
      const Json* in = find(rule, "state");
      if (id == nullptr || in == nullptr || !id->is_number_integer() || *in != state) continue;
      if (!first) out += ',';
      out += id->dump();
      first = false;
    }
  }
  out += ']';
}

/// Columns that are a text, a number or a flag of the event.
struct Column {
  enum class Is { text, number, flag } is;
  std::string_view path;
  bool usual = false;  ///< of a flag that is left out
};
using enum Column::Is;
constexpr std::array plain{Column{text, "kind"},
                           Column{text, "protocol"},
                           Column{text, "operation"},
                           Column{text, "error"},
                           Column{text, "direction"},
                           Column{text, "link"},
                           Column{text, "route"},
                           Column{text, "origin.account"},
                           Column{text, "origin.operator"},
                           Column{text, "origin.country"},
                           Column{text, "origin.gt"},
                           Column{text, "smpp.system_id"},
                           Column{text, "service_centre.address"},
                           Column{text, "service_centre.operator"},
                           Column{text, "service_centre.country"},
                           Column{text, "sender.address"},
                           Column{text, "sender.number"},
                           Column{text, "sender.type"},
                           Column{text, "recipient.address"},
                           Column{text, "recipient.operator"},
                           Column{text, "recipient.country"},
                           Column{number, "parts.seq"},
                           Column{number, "parts.total"},
                           Column{text, "ruleset"},
                           Column{text, "verdict"},
                           Column{flag, "enforced", true},
                           Column{text, "policy"},
                           Column{flag, "alert"},
                           Column{text, "charge.account"},
                           Column{text, "charge.tariff"},
                           Column{text, "charge.refused"},
                           Column{flag, "charge.repeated"},
                           Column{number, "charge.amount"},
                           Column{number, "charge.fees"},
                           Column{text, "charge.currency"},
                           Column{number, "leaked.amount"},
                           Column{text, "leaked.currency"}};

}  // namespace

// In the order in which append_row writes them.
const std::string_view columns =
    "id,time,microseconds,kind,protocol,operation,error,direction,link,route,account,operator,country,gt,"
    "system_id,service_centre,service_centre_operator,service_centre_country,sender,sender_number,"
    "sender_type,recipient,recipient_operator,recipient_country,part,parts,ruleset,verdict,enforced,policy,"
    "alert,charged_account,tariff,refused,repeated,amount,fees,currency,leaked,leaked_currency,labels,rules,"
    "shadow_rules,event";

const std::string_view unread_columns = "id,time,reason,route,packets";

std::string_view columns_of(Table table) { return table == Table::events ? columns : unread_columns; }

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\0': out += "\\0"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\'': out += "\\'"; break;
      case '\\': out += "\\\\"; break;
      default: out += c;
    }
  }
}

void append_row(std::string& out, std::string_view id, std::uint64_t time_ns, std::string_view json) {
  const Json event = Json::parse(json, nullptr, false);
  append_escaped(out, id);
  out += '\t';
  out += std::to_string(time_ns / 1'000'000'000);
  out += '\t';
  out += std::to_string(time_ns / 1'000 % 1'000'000);
  for (const Column& column : plain) {
    out += '\t';
    if (column.is == text) append_text(out, event, column.path);
    else if (column.is == number) append_number(out, event, column.path);
    else append_flag(out, event, column.path, column.usual);
  }
  out += '\t';
  append_labels(out, event);
  out += '\t';
  append_rules(out, event, "enforce");
  out += '\t';
  append_rules(out, event, "shadow");
  out += '\t';
  append_escaped(out, json);
  out += '\n';
}

void append_unread(std::string& out, const Unread& unread) {
  append_escaped(out, unread.id);
  out += '\t';
  out += std::to_string(unread.time_ns / 1'000'000'000);
  out += '\t';
  append_escaped(out, unread.reason);
  out += '\t';
  append_escaped(out, unread.route);
  out += '\t';
  out += std::to_string(unread.packets);
  out += '\n';
}

}  // namespace clickhouse
