#include "rules/sample.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "decode/udh.hpp"
#include "message/network.hpp"
#include "message/number.hpp"
#include "rules/field.hpp"

namespace tollgate::rules {
namespace {

struct TextSlot {
  std::string_view name;
  std::string_view& (*of)(Message&);
};

#define SLOT(name, member)                                         \
  {                                                                \
    name, [](Message& m) -> std::string_view& { return m.member; } \
  }
constexpr TextSlot text_slots[] = {
    SLOT("operation", operation),
    SLOT("link", link),
    SLOT("route", route),
    SLOT("origin.gt", origin.gt),
    SLOT("origin.operator", origin.operator_name),
    SLOT("origin.country", origin.country),
    SLOT("origin.account", origin.account),
    SLOT("destination.gt", destination.gt),
    SLOT("destination.operator", destination.operator_name),
    SLOT("destination.country", destination.country),
    SLOT("tcap.context", tcap.context),
    SLOT("tpdu.type", tpdu.type),
    SLOT("smpp.system_id", smpp.system_id),
    SLOT("service_centre", service_centre),
    SLOT("service_centre.address", service_centre),
    SLOT("service_centre.operator", service_centre_operator),
    SLOT("imsi", imsi),
    SLOT("sender", sender.address),
    SLOT("sender.address", sender.address),
    SLOT("sender.number", sender.number),
    SLOT("sender.operator", sender.operator_name),
    SLOT("recipient", recipient.address),
    SLOT("recipient.address", recipient.address),
    SLOT("recipient.number", recipient.number),
    SLOT("recipient.operator", recipient.operator_name),
    SLOT("text", text),
    SLOT("message_text", message_text),
};
#undef SLOT

struct NumberSlot {
  std::string_view name;
  std::uint64_t most;
  void (*set)(Message&, std::uint64_t);
};

#define SLOT(name, member, type, most)                                               \
  {                                                                                  \
    name, most, [](Message& m, std::uint64_t n) { m.member = static_cast<type>(n); } \
  }
constexpr NumberSlot number_slots[] = {
    SLOT("frame", frame, std::uint64_t, ~std::uint64_t{0}),
    SLOT("item", item, std::uint32_t, 0xFFFF'FFFF),
    SLOT("origin.port", origin.port, std::uint16_t, 65'535),
    SLOT("origin.pc", origin.pc, std::uint32_t, 0xFF'FFFF),
    SLOT("origin.ssn", origin.ssn, std::uint8_t, 255),
    SLOT("destination.port", destination.port, std::uint16_t, 65'535),
    SLOT("destination.pc", destination.pc, std::uint32_t, 0xFF'FFFF),
    SLOT("destination.ssn", destination.ssn, std::uint8_t, 255),
    SLOT("tcap.version", tcap.version, std::uint8_t, 3),
    SLOT("tpdu.message_reference", tpdu.message_reference, std::uint8_t, 255),
    SLOT("tpdu.status", tpdu.status, std::uint8_t, 255),
    SLOT("tpdu.command_type", tpdu.command_type, std::uint8_t, 255),
    SLOT("smpp.esm_class", smpp.esm_class, std::uint8_t, 255),
    SLOT("sender.ton", sender.ton, std::uint8_t, 255),
    SLOT("sender.npi", sender.npi, std::uint8_t, 255),
    SLOT("recipient.ton", recipient.ton, std::uint8_t, 255),
    SLOT("recipient.npi", recipient.npi, std::uint8_t, 255),
    SLOT("pid", pid, std::uint8_t, 255),
    SLOT("dcs", dcs, std::uint8_t, 255),
    SLOT("class", message_class, std::uint8_t, 3),
    SLOT("parts", parts.total, std::uint8_t, 255),
    SLOT("parts.total", parts.total, std::uint8_t, 255),
    SLOT("parts.seq", parts.seq, std::uint8_t, 255),
    SLOT("parts.ref", parts.ref, std::uint16_t, 65'535),
    {"ports.destination", 65'535,
     [](Message& m, std::uint64_t n) {
       if (!m.ports) m.ports.emplace();
       m.ports->destination = static_cast<std::uint16_t>(n);
     }},
    {"ports.source", 65'535,
     [](Message& m, std::uint64_t n) {
       if (!m.ports) m.ports.emplace();
       m.ports->source = static_cast<std::uint16_t>(n);
     }},
};
#undef SLOT

constexpr std::array other_fields{"protocol",       "direction", "coding", "time",      "sender.type",
                                  "recipient.type", "udh",       "data",   "origin.ip", "destination.ip"};

/// The place of `name` among the names of an enumeration.
template <class Enum>
std::optional<Enum> named(std::string_view name, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (to_string(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return {};
}

std::optional<std::vector<std::byte>> octets_of_hex(std::string_view hex) {
  std::vector<std::byte> octets;
  if (hex.size() % 2 != 0) return {};
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned value = 0;
    const auto read = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (read.ec != std::errc{} || read.ptr != hex.data() + i + 2) return {};
    octets.push_back(static_cast<std::byte>(value));
  }
  return octets;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool Sample::knows(std::string_view field) {
  const auto same = [&](const auto& slot) { return slot.name == field; };
  return std::any_of(std::begin(text_slots), std::end(text_slots), same) ||
         std::any_of(std::begin(number_slots), std::end(number_slots), same) ||
         std::find(other_fields.begin(), other_fields.end(), field) != other_fields.end();
}

std::string Sample::set(std::string_view field, std::string_view value) {
  Message& m = message_;
  const auto refuse = [&](std::string_view expected) {
    return fmt::format("found `{}` for `{}`; expected {}", value, field, expected);
  };
  const auto one_of = [&](std::span<const std::string_view> names) {
    return refuse(fmt::format("one of {}", fmt::join(names, ", ")));
  };
  for (const TextSlot& slot : text_slots) {
    if (slot.name != field) continue;
    slot.of(m) = keep(value);
    if (field == "text") m.has_text = true;
    if (field == "origin.gt") m.origin.gt_begins_with_country_code = true;
    if (field == "destination.gt") m.destination.gt_begins_with_country_code = true;
    if (field.starts_with("sender")) m.sender.present = true;
    if (field.starts_with("recipient")) m.recipient.present = true;
    return {};
  }
  for (const NumberSlot& slot : number_slots) {
    if (slot.name != field) continue;
    std::uint64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (value.empty() || read.ec != std::errc{} || read.ptr != value.data() + value.size() ||
        number > slot.most)
      return refuse(fmt::format("a number from 0 to {}", slot.most));
    slot.set(m, number);
    return {};
  }
  if (field == "time") {
    const auto time = parse_time(value);
    if (!time) return refuse("a time such as 2026-11-21T22:00:00Z");
    m.time_ns = *time;
  } else if (field == "protocol") {
    const auto protocol = named<Protocol>(value, 2);
    if (!protocol) return one_of(choices(FieldId::protocol));
    m.protocol = *protocol;
  } else if (field == "direction") {
    const auto direction = named<Direction>(value, 3);
    if (!direction || value.empty()) return one_of(choices(FieldId::direction));
    m.direction = *direction;
  } else if (field == "coding") {
    const auto coding = named<Coding>(value, 15);
    if (!coding) return one_of(choices(FieldId::coding));
    m.coding = *coding;
  } else if (field == "sender.type" || field == "recipient.type") {
    const auto type = named<NumberType>(value, 8);
    if (!type) return one_of(choices(FieldId::sender_type));
    Address& address = field == "sender.type" ? m.sender : m.recipient;
    address.type = *type;
    (field == "sender.type" ? sender_typed_ : recipient_typed_) = true;
  } else if (field == "udh" || field == "data") {
    auto octets = octets_of_hex(value);
    if (!octets) return refuse("octets in hex");
    (field == "udh" ? m.udh : m.data) = kept_octets_.emplace_back(std::move(*octets));
  } else if (field == "origin.ip" || field == "destination.ip") {
    const auto ip = read_ip_address(std::string(value));
    if (!ip) return refuse("an IP address");
    (field == "origin.ip" ? m.origin.ip : m.destination.ip) = *ip;
  } else {
    return fmt::format("`{}` is not a field of the event that a message can be given", field);
  }
  return {};
}

void Sample::finish(Address& address, bool typed) {
  if (!address.present) return;
  std::string_view& text = address.address;
  const bool plus = text.size() > 1 && text.front() == '+' && is_digits(text.substr(1));
  if (plus) text.remove_prefix(1);
  if (!typed) {
    if (plus) address.type = NumberType::international;
    else if (!is_digits(text) && text.find_first_of("*#") == text.npos)
      address.type = NumberType::alphanumeric;
    else address.type = NumberType::unknown;
  }
  if (address.ton == 0 && address.type != NumberType::reserved)
    address.ton = static_cast<std::uint8_t>(address.type);
  if (plus && address.number.empty()) address.number = text;
  if (address.number.empty()) fill_number(address, home_, arena_);
}

Message& Sample::message() {
  message_.kind = Kind::message;
  finish(message_.sender, sender_typed_);
  finish(message_.recipient, recipient_typed_);
  if (!message_.udh.empty() && !message_.ports) {
    if (const auto header = decode::decode_user_data_header(message_.udh); header && header->ports)
      message_.ports = Ports{header->ports->destination, header->ports->originator};
  }
  return message_;
}

std::optional<std::uint64_t> parse_time(std::string_view text) {
  // 2026-11-21T22:00:00[.123456]Z
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < shape.size() + 1 || text.back() != 'Z') return {};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return {};
  }
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + count, value);
    return value;
  };
  using namespace std::chrono;
  const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  const int second = number(17, 2);
  if (!date.ok() || int{date.year()} < 1970 || int{date.year()} > 2262 || hour > 23 || minute > 59 ||
      second > 60)
    return {};
  const auto since = sys_days(date).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second);
  auto ns = static_cast<std::uint64_t>(duration_cast<seconds>(since).count()) * 1'000'000'000U;
  std::string_view fraction = text.substr(shape.size(), text.size() - shape.size() - 1);
  if (fraction.empty()) return ns;
  fraction.remove_prefix(1);
  if (text[shape.size()] != '.' || !is_digits(fraction)) return {};
  std::uint64_t unit = 100'000'000;
  for (const char digit : fraction.substr(0, 9)) {
    ns += static_cast<std::uint64_t>(digit - '0') * unit;
    unit /= 10;
  }
  return ns;
}

}  // namespace tollgate::rules
