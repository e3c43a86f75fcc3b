#include "traffic/context.hpp"

#include "traffic/encode_sigtran.hpp"

namespace tollgate::traffic {
namespace {

constexpr std::uint32_t foreign_pc = 1234;
constexpr std::uint32_t home_pc = 5678;

struct Registered {
  std::uint32_t ppid;
  std::uint16_t port;  ///< IANA
};

Registered registered(Adaptation adaptation) {
  switch (adaptation) {
    case Adaptation::m2pa: return {ppid_m2pa, 3565};
    case Adaptation::m2ua: return {ppid_m2ua, 2904};
    case Adaptation::sua: return {ppid_sua, 14001};
    default: return {ppid_m3ua, 2905};
  }
}

bool is_bare(Adaptation adaptation) {
  return adaptation == Adaptation::mtp2 || adaptation == Adaptation::mtp3 || adaptation == Adaptation::sccp;
}

/// ASP Up, ASP Active and their acknowledgements (RFC 4666 3.5, 3.7): classes 3 and 4.
void start_m3ua(Carrier& carrier, std::uint64_t time_ns) {
  struct Message {
    bool from_client;
    std::uint8_t message_class;
    std::uint8_t message_type;
  };
  for (const Message& m : {Message{true, 3, 1}, {false, 3, 4}, {true, 4, 1}, {false, 4, 3}}) {
    std::vector<Unit> units(1);
    units[0].stream = 0;
    m3ua_management(units[0].payload, m.message_class, m.message_type);
    carrier.send(time_ns, m.from_client, units, {});
  }
}

}  // namespace

std::shared_ptr<Carrier> Context::ss7(Adaptation adaptation, bool v6) {
  const auto index = static_cast<std::size_t>(adaptation);
  std::shared_ptr<Carrier>& carrier = ss7_.at(index).at(v6 ? 1 : 0);
  if (carrier != nullptr) return carrier;
  const auto last = static_cast<unsigned>(10 + index);
  const auto [ppid, port] = registered(adaptation);
  Host client = v6 ? ipv6_host(1, last, port) : ipv4_host(0, last, port);
  Host server = v6 ? ipv6_host(2, last, port) : ipv4_host(1, last, port);
  if (is_bare(adaptation)) client.name = server.name = "";
  client.pc = foreign_pc;
  server.pc = home_pc;
  if (is_bare(adaptation)) {
    carrier = std::make_shared<BareLink>(wire, client, server);
    return carrier;
  }
  carrier = std::make_shared<Association>(wire, client, server, ppid, random);
  carrier->open(now_ns);
  if (adaptation == Adaptation::m3ua) start_m3ua(*carrier, now_ns);
  return carrier;
}

std::shared_ptr<Connection> Context::connection(bool v6, bool handshake, std::uint16_t server_port) {
  const std::uint32_t number = connections_++;
  const auto client_port = static_cast<std::uint16_t>(20'000 + number % 40'000);
  const unsigned client_host = 20 + number / 40'000 % 200;
  Host client = v6 ? ipv6_host(3, client_host, client_port) : ipv4_host(2, client_host, client_port);
  Host server = v6 ? ipv6_host(2, 9, server_port) : ipv4_host(1, 9, server_port);
  return std::make_shared<Connection>(wire, client, server, handshake, random);
}

void Context::close() {
  timeline.run_all();
  for (auto& pair : ss7_) {
    for (auto& carrier : pair) {
      if (carrier != nullptr) carrier->close(now_ns);
    }
  }
}

}  // namespace tollgate::traffic
