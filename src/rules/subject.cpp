#include "rules/subject.hpp"

#include <algorithm>
#include <limits>

#include "decode/udh.hpp"
#include "message/countries.hpp"
#include "message/urls.hpp"

namespace tollgate::rules {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

struct UrlParts {
  std::string_view host;
  std::string_view path;  ///< with its `/`, query and fragment; empty where there is none
};

UrlParts split(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view host = url.substr(0, end);
  if (const std::size_t user = host.rfind('@'); user != host.npos) host.remove_prefix(user + 1);
  if (const std::size_t port = host.rfind(':'); port != host.npos) host = host.substr(0, port);
  return {host, url.substr(end)};
}

std::string_view country_of_gt(const Endpoint& end) {
  if (!end.country.empty()) return end.country;
  return end.gt_begins_with_country_code ? country_of(end.gt) : std::string_view{};
}

template <class Number>
std::optional<std::uint64_t> unless_zero(Number number) {
  return number == 0 ? std::nullopt : std::optional<std::uint64_t>(number);
}

std::uint64_t characters(std::string_view text) {
  return static_cast<std::uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Subject::Subject(const FoldTables& tables, const PublicSuffixes& suffixes)
    : tables_(tables), suffixes_(suffixes) {}

void Subject::look_at(const Message& message, const List* shorteners, const LiveList* live_shorteners) {
  message_ = &message;
  signals_ = {};
  shorteners_ = shorteners;
  live_shorteners_ = live_shorteners;
  folded_made_ = sender_made_ = urls_made_ = numbers_made_ = elements_made_ = false;
}

const FoldedText& Subject::folded() {
  if (!folded_made_) fold(tables_, text(), folded_);
  folded_made_ = true;
  return folded_;
}

std::span<const std::string_view> Subject::texts(FieldId id) {
  switch (id) {
    case FieldId::url: find_urls(); return urls_.view();
    case FieldId::url_host: find_urls(); return hosts_.view();
    case FieldId::url_domain: find_urls(); return domains_.view();
    case FieldId::url_path: find_urls(); return paths_.view();
    case FieldId::text_number: find_numbers(); return numbers_.view();
    case FieldId::udh: return hex(id, message_->udh);
    case FieldId::data: return hex(id, message_->data);
    default: break;
  }
  std::string_view& text = one_text_[index(id)];
  text = one_text(id);
  return {&text, text.empty() ? std::size_t{0} : std::size_t{1}};
}

std::span<const std::string_view> Subject::keys(FieldId id) {
  if (id == FieldId::sender || id == FieldId::raw_sender) {
    read_sender();
    const std::size_t readings = id == FieldId::sender ? sender_.count : std::size_t{2};
    return sender_.view().first(std::min(readings, sender_.count)).subspan(sender_.count == 0 ? 0 : 1);
  }
  if (id == FieldId::recipient) return small_letters(id, recipient_room_);
  return texts(id);
}

std::span<const std::string_view> Subject::scanned(FieldId id) {
  if (id != FieldId::sender) return texts(id);
  read_sender();
  return sender_.view();
}

void Subject::read_sender() {
  if (sender_made_) return;
  sender_made_ = true;
  sender_.count = 0;
  const Address& sender = message_->sender;
  if (sender.address.empty()) return;
  sender_.add(sender.address);
  sender_.add(small_letters(FieldId::sender, sender_room_).front());
  if (sender.type != NumberType::alphanumeric) return;
  fold(tables_, sender.address, folded_sender_);
  for (std::size_t i = 0; i < folded_sender_.readings(); ++i) {
    if (folded_sender_.reading(i) != sender_.all[1]) sender_.add(folded_sender_.reading(i));
  }
}

std::span<const std::string_view> Subject::small_letters(FieldId id, std::span<char> room) {
  std::string_view& text = one_text_[index(id)];
  const std::string_view as_sent = one_text(id).substr(0, room.size());
  std::transform(as_sent.begin(), as_sent.end(), room.begin(), small);
  text = {room.data(), as_sent.size()};
  return {&text, text.empty() ? std::size_t{0} : std::size_t{1}};
}

std::string_view Subject::one_text(FieldId id) const {
  const Message& m = *message_;
  const auto type = [](const Address& a) { return a.present ? to_string(a.type) : std::string_view{}; };
  switch (id) {
    case FieldId::protocol: return to_string(m.protocol);
    case FieldId::operation: return m.operation;
    case FieldId::direction: return to_string(m.direction);
    case FieldId::link: return m.link;
    case FieldId::route: return m.route;
    case FieldId::origin_gt: return m.origin.gt;
    case FieldId::origin_operator: return m.origin.operator_name;
    case FieldId::origin_country: return country_of_gt(m.origin);
    case FieldId::origin_account: return m.origin.account;
    case FieldId::account_sender: return m.account_sender;
    case FieldId::account_status: return m.account_status;
    case FieldId::destination_gt: return m.destination.gt;
    case FieldId::destination_operator: return m.destination.operator_name;
    case FieldId::destination_country: return country_of_gt(m.destination);
    case FieldId::tcap_context: return m.tcap.context;
    case FieldId::tpdu_type: return m.tpdu.type;
    case FieldId::smpp_system_id: return m.smpp.system_id;
    case FieldId::service_centre: return m.service_centre;
    case FieldId::service_centre_operator: return m.service_centre_operator;
    case FieldId::service_centre_country: return country_of(m.service_centre);
    case FieldId::imsi: return m.imsi;
    case FieldId::sender:
    case FieldId::raw_sender: return m.sender.address;
    case FieldId::sender_number: return m.sender.number;
    case FieldId::sender_type: return type(m.sender);
    case FieldId::sender_operator: return m.sender.operator_name;
    case FieldId::sender_country: return country_of(m.sender.number);
    case FieldId::recipient: return m.recipient.address;
    case FieldId::recipient_number: return m.recipient.number;
    case FieldId::recipient_type: return type(m.recipient);
    case FieldId::recipient_operator: return m.recipient.operator_name;
    case FieldId::recipient_country: return country_of(m.recipient.number);
    case FieldId::coding: return m.coding == Coding::none ? std::string_view{} : to_string(m.coding);
    default: return {};
  }
}

std::span<const std::uint64_t> Subject::numbers(FieldId id) {
  if (id == FieldId::udh_element) {
    find_elements();
    return {elements_.data(), element_count_};
  }
  const auto number = one_number(id);
  one_number_[index(id)] = number.value_or(0);
  return {&one_number_[index(id)], number ? std::size_t{1} : std::size_t{0}};
}

std::optional<std::uint64_t> Subject::one_number(FieldId id) const {
  const Message& m = *message_;
  const auto of = [](const Address& a, std::uint8_t code) {
    return a.present ? std::optional<std::uint64_t>(code) : std::nullopt;
  };
  switch (id) {
    case FieldId::origin_port: return unless_zero(m.origin.port);
    case FieldId::origin_pc: return m.origin.pc;
    case FieldId::origin_ssn: return m.origin.ssn;
    case FieldId::destination_port: return unless_zero(m.destination.port);
    case FieldId::destination_pc: return m.destination.pc;
    case FieldId::destination_ssn: return m.destination.ssn;
    case FieldId::tcap_version: return unless_zero(m.tcap.version);
    case FieldId::tpdu_message_reference: return m.tpdu.message_reference;
    case FieldId::tpdu_status: return m.tpdu.status;
    case FieldId::tpdu_command_type: return m.tpdu.command_type;
    case FieldId::smpp_esm_class: return m.smpp.esm_class;
    case FieldId::sender_ton: return of(m.sender, m.sender.ton);
    case FieldId::sender_npi: return of(m.sender, m.sender.npi);
    case FieldId::recipient_ton: return of(m.recipient, m.recipient.ton);
    case FieldId::recipient_npi: return of(m.recipient, m.recipient.npi);
    case FieldId::pid: return m.pid;
    case FieldId::dcs: return m.dcs;
    case FieldId::message_class: return m.message_class;
    case FieldId::ports_destination:
      return m.ports ? std::optional<std::uint64_t>(m.ports->destination) : std::nullopt;
    case FieldId::ports_source: return m.ports ? std::optional<std::uint64_t>(m.ports->source) : std::nullopt;
    case FieldId::parts: return unless_zero(m.parts.total);
    case FieldId::parts_seq: return unless_zero(m.parts.seq);
    case FieldId::size:
      if (has_text()) return characters(text());
      return m.data.empty() ? std::nullopt : std::optional<std::uint64_t>(m.data.size());
    default: return {};
  }
}

const IpAddress* Subject::ip(FieldId id) const {
  const IpAddress& ip = id == FieldId::origin_ip ? message_->origin.ip : message_->destination.ip;
  return ip.version == 0 ? nullptr : &ip;
}

std::optional<bool> Subject::flag(FieldId id) {
  if (id != FieldId::url_shortener || shorteners_ == nullptr) return {};
  find_urls();
  if (hosts_.count == 0) return {};
  return std::any_of(hosts_.all.begin(), hosts_.all.begin() + static_cast<std::ptrdiff_t>(hosts_.count),
                     [&](std::string_view host) { return is_shortener(host); });
}

bool Subject::is_shortener(std::string_view host) const {
  if (live_shorteners_ != nullptr) return live_shorteners_->contains(host, time_ns());
  return shorteners_->contains(host, time_ns());
}

double Subject::signal(std::size_t i) const {
  return i < signals_.size() ? signals_[i] : std::numeric_limits<double>::quiet_NaN();
}

void Subject::find_urls() {
  if (urls_made_) return;
  urls_made_ = true;
  urls_.count = hosts_.count = domains_.count = paths_.count = 0;
  std::size_t used = 0;
  UrlFinder urls(text());
  for (auto url = urls.next(); !url.empty() && urls_.count < most_urls; url = urls.next()) {
    urls_.add(url);
    const UrlParts parts = split(url);
    if (parts.host.size() > host_room_.size() - used) break;
    char* room = host_room_.data() + used;
    std::transform(parts.host.begin(), parts.host.end(), room, small);
    used += parts.host.size();
    const std::string_view host(room, parts.host.size());
    hosts_.add(host);
    domains_.add(suffixes_.registered_domain(host));
    paths_.add(parts.path);
  }
}

/// Runs of digits: as they stand, and joined where one blank, hyphen or dot stands between (`07700 900123`).
void Subject::find_numbers() {
  if (numbers_made_) return;
  numbers_made_ = true;
  numbers_.count = 0;
  constexpr std::size_t shortest = 3;
  constexpr std::size_t shortest_joined = 7;
  constexpr std::size_t longest = 17;
  const std::string_view in = text();
  std::size_t used = 0;
  for (std::size_t at = 0; at < in.size();) {
    if (!is_digit(in[at])) {
      ++at;
      continue;
    }
    char* joined = digit_room_.data() + used;
    std::size_t length = 0;
    std::size_t runs = 0;
    for (bool more = true; more;) {
      const std::size_t begin = at;
      while (at < in.size() && is_digit(in[at])) ++at;
      const std::string_view run = in.substr(begin, at - begin);
      if (run.size() >= shortest && run.size() <= longest) numbers_.add(run);
      if (length + run.size() > longest || used + length + run.size() > digit_room_.size()) break;
      std::copy(run.begin(), run.end(), joined + length);
      length += run.size();
      ++runs;
      more = at + 1 < in.size() && (in[at] == ' ' || in[at] == '-' || in[at] == '.') && is_digit(in[at + 1]);
      if (more) ++at;
    }
    if (runs < 2 || length < shortest_joined) continue;
    numbers_.add({joined, length});
    used += length;
  }
}

void Subject::find_elements() {
  if (elements_made_) return;
  elements_made_ = true;
  element_count_ = 0;
  if (message_->udh.empty()) return;
  const auto header = decode::decode_user_data_header(message_->udh);
  if (!header) return;
  decode::InformationElements elements(header->elements);
  for (auto element = elements.next(); element && element_count_ < most_elements; element = elements.next())
    elements_[element_count_++] = element->identifier;
}

std::span<const std::string_view> Subject::hex(FieldId id, Octets octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  const Octets shown = octets.first(std::min(octets.size(), hex_octets));
  char* const begin = (id == FieldId::udh ? udh_room_ : data_room_).data();
  char* to = begin;
  for (const std::byte octet : shown) {
    *to++ = digits[std::to_integer<std::size_t>(octet >> 4)];
    *to++ = digits[std::to_integer<std::size_t>(octet & std::byte{0x0F})];
  }
  one_text_[index(id)] = {begin, shown.size() * 2};
  return {&one_text_[index(id)], shown.empty() ? std::size_t{0} : std::size_t{1}};
}

}  // namespace tollgate::rules
