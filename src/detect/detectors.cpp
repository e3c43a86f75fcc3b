#include "detect/detectors.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace tollgate::detect {
namespace {

tollgate_text view(std::string_view text) { return {text.data(), text.size()}; }

tollgate_party view(const Address& address) {
  return {.address = view(address.address),
          .number = view(address.number),
          .operator_name = view(address.operator_name),
          .present = static_cast<std::uint8_t>(address.present ? 1 : 0),
          .type = static_cast<std::uint8_t>(address.type),
          .ton = address.ton,
          .npi = address.npi};
}

tollgate_end view(const Endpoint& end, std::string_view account) {
  tollgate_end seen{};
  std::transform(end.ip.octets.begin(), end.ip.octets.end(), std::begin(seen.ip),
                 [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
  seen.ip_version = end.ip.version;
  seen.port = end.port;
  seen.point_code = end.pc ? static_cast<std::int32_t>(*end.pc) : -1;
  seen.gt = view(end.gt);
  seen.operator_name = view(end.operator_name);
  seen.account = view(account);
  return seen;
}

std::string_view first(std::span<const std::string_view> texts) {
  return texts.empty() ? std::string_view{} : texts.front();
}

tollgate_message view(rules::Subject& subject) {
  const Message& m = subject.message();
  const Octets data = m.message_data.empty() ? m.data : m.message_data;
  return {.abi = TOLLGATE_PLUGIN_ABI,
          .size = sizeof(tollgate_message),
          .time_ns = m.time_ns,
          .id = {m.id.high, m.id.low},
          .protocol = m.protocol == Protocol::map ? TOLLGATE_MAP : TOLLGATE_SMPP,
          .direction = static_cast<std::uint32_t>(m.direction),
          .operation = view(m.operation),
          .link = view(m.link),
          .route = view(m.route),
          .origin = view(m.origin, first(subject.texts(rules::FieldId::origin_account))),
          .destination = view(m.destination, m.destination.account),
          .service_centre = view(m.service_centre),
          .imsi = view(m.imsi),
          .sender = view(m.sender),
          .recipient = view(m.recipient),
          .text = view(subject.text()),
          .data = {reinterpret_cast<const char*>(data.data()), data.size()},
          .parts = m.parts.total,
          .part = m.parts.seq};
}

// The types of number and the directions of plugin.h are those of Message.
static_assert(static_cast<int>(Direction::mo) == TOLLGATE_MO &&
              static_cast<int>(Direction::mt) == TOLLGATE_MT);
static_assert(static_cast<int>(NumberType::alphanumeric) == 5 && static_cast<int>(NumberType::reserved) == 7);
static_assert(sizeof(IpAddress::octets) == sizeof(tollgate_end::ip));

}  // namespace

Detectors::Detectors(std::shared_ptr<const Plugins> plugins, const rules::Ruleset& ruleset,
                     std::uint32_t worker)
    : plugins_(std::move(plugins)), compared_(ruleset.compared), values_(compared_.size()) {
  assert(worker < plugins_->workers());
  assert(compared_.size() == plugins_->signals().size());
  for (const Plugin& plugin : plugins_->all()) {
    const auto own = std::span(compared_).subspan(plugin.first_signal, plugin.signal_count);
    if (std::find(own.begin(), own.end(), 1) != own.end())
      running_.push_back({plugin.functions, plugin.instance, plugin.first_signal});
  }
  burst_.abi = TOLLGATE_PLUGIN_ABI;
  burst_.size = sizeof(tollgate_burst);
  burst_.worker = worker;
  burst_.count = 1;
  burst_.url_hosts = url_hosts;
  burst_.folded_text = folded_text;
}

std::span<const double> Detectors::detect(rules::Subject& subject) {
  if (running_.empty()) return {};
  std::fill(values_.begin(), values_.end(), std::numeric_limits<double>::quiet_NaN());
  const tollgate_message message = view(subject);
  const tollgate_message* const messages[] = {&message};
  burst_.messages = messages;
  burst_.subject = &subject;
  for (const Running& plugin : running_) {
    double* const own[] = {values_.data() + plugin.first_signal};
    burst_.signals = own;
    burst_.wanted = compared_.data() + plugin.first_signal;
    plugin.functions->detect(plugin.instance, &burst_);
  }
  return values_;
}

tollgate_texts Detectors::url_hosts(const tollgate_burst* burst, std::size_t /*message*/) {
  const auto* own = static_cast<const Burst*>(burst);
  const auto hosts = own->subject->texts(rules::FieldId::url_host);
  std::transform(hosts.begin(), hosts.end(), own->hosts.begin(), [](std::string_view h) { return view(h); });
  return {own->hosts.data(), hosts.size()};
}

tollgate_text Detectors::folded_text(const tollgate_burst* burst, std::size_t /*message*/) {
  const auto* own = static_cast<const Burst*>(burst);
  return own->subject->has_text() ? view(own->subject->folded().reading(0)) : tollgate_text{};
}

}  // namespace tollgate::detect
