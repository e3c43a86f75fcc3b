#include "dpdk/port.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include "dpdk/interface.hpp"
#include "dpdk/settings.hpp"

namespace tollgate::dpdk {
namespace {

constexpr std::uint32_t ethernet_mtu = 1500;
constexpr std::uint32_t link_header = 14 + 2 * 4;  // with two VLAN tags

// net_af_packet shares a ring of frames with the kernel; a frame has its header and ours in it.
constexpr std::uint32_t ring_octets = 16U << 20U;  // a direction: what comes within milliseconds
constexpr std::uint32_t least_block = 65536;
constexpr std::uint32_t least_frame = 2048;
constexpr std::uint32_t frame_overhead = 128;

constexpr std::uint16_t descriptors = 1024;

constexpr std::uint64_t spread_by = RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_SCTP;

[[noreturn]] void refuse(const std::string& device, const std::string& why) {
  throw std::runtime_error(fmt::format("port `{}`: {}", device, why));
}

bool is_af_packet(const std::string& device) { return device.starts_with("net_af_packet"); }

Interface usable_interface(const std::string& device) {
  const std::string name = device_argument(device, "iface");
  const auto interface = find_interface(name);
  if (!interface) refuse(device, fmt::format("there is no interface `{}`", name));
  if (!interface->up)
    refuse(device, fmt::format("the interface `{0}` is down; `ip link set {0} up` starts it", name));
  if (!may_open_packet_sockets())
    refuse(device,
           "no privilege to read and write frames; run as root, or with CAP_NET_RAW and CAP_NET_ADMIN");
  return *interface;
}

std::uint32_t af_packet_frame(const std::string& device) {
  const Interface interface = usable_interface(device);
  const std::string given = device_argument(device, "framesz");
  if (!given.empty()) return static_cast<std::uint32_t>(std::strtoul(given.c_str(), nullptr, 10));
  return std::max(least_frame, std::bit_ceil(interface.mtu + link_header + frame_overhead));
}

/// The driver's arguments: those given, and what lost nothing for those that are not.
std::string af_packet_arguments(const std::string& device) {
  const std::uint32_t frame = af_packet_frame(device);
  std::string arguments = device.substr(device.find(',') + 1);
  const auto unless_given = [&](const std::string& key, std::uint32_t value) {
    if (device_argument(device, key).empty()) arguments += fmt::format(",{}={}", key, value);
  };
  unless_given("blocksz", std::max(least_block, frame));
  unless_given("framesz", frame);
  unless_given("framecnt", ring_octets / std::max(frame, 1U));
  unless_given("qdisc_bypass", 1);
  return arguments;
}

}  // namespace

std::uint32_t frame_room(const std::string& device) {
  return is_af_packet(device) ? af_packet_frame(device) : ethernet_mtu + link_header;
}

void PortLosses::add(const PortLosses& other) {
  full += other.full;
  no_buffer += other.no_buffer;
  errors += other.errors;
}

Port::Port(std::string device) : device_(std::move(device)) { probe(); }

Port::~Port() { close(); }

PortLosses Port::losses() {
  if (open_ && is_af_packet(device_)) before_.full += take_lost_frames(interface_);
  PortLosses all = before_;
  rte_eth_stats counted{};
  if (open_ && rte_eth_stats_get(id_, &counted) == 0)
    all.add({.full = counted.imissed, .no_buffer = counted.rx_nombuf, .errors = counted.ierrors});
  return all;
}

std::uint32_t Port::buffers_of_a_queue(const std::string& device) {
  return is_pci_address(device) ? 2U * descriptors : 0;  // the other drivers copy, or take what comes
}

void Port::close() {
  if (!open_) return;
  before_ = losses();
  open_ = false;
  if (promiscuous_) rte_eth_promiscuous_disable(id_);
  promiscuous_ = false;
  rte_eth_dev_stop(id_);
  rte_eth_dev_close(id_);
  if (!is_pci_address(device_)) rte_eal_hotplug_remove("vdev", device_name(device_).c_str());
}

/// Makes the device a port of DPDK; a PCI device was found when EAL started.
void Port::probe() {
  const std::string name = device_name(device_);
  if (!is_pci_address(device_)) {
    const std::size_t comma = device_.find(',');
    const std::string arguments = is_af_packet(device_)   ? af_packet_arguments(device_)
                                  : comma == device_.npos ? std::string{}
                                                          : device_.substr(comma + 1);
    const int failed = rte_eal_hotplug_add("vdev", name.c_str(), arguments.c_str());
    if (failed != 0)
      refuse(device_,
             fmt::format("the driver does not take it ({}); is its name right, and are its arguments?",
                         rte_strerror(-failed)));
  }
  if (rte_eth_dev_get_port_by_name(name.c_str(), &id_) != 0)
    refuse(device_, is_pci_address(device_)
                        ? "there is no such card, or it is not bound to a driver for DPDK (vfio-pci)"
                        : "the driver made no port of it");
  open_ = true;
  if (is_af_packet(device_)) interface_ = usable_interface(device_).index;
}

bool Port::can_spread(std::uint16_t workers) const {
  rte_eth_dev_info info{};
  return rte_eth_dev_info_get(id_, &info) == 0 && info.max_rx_queues >= workers &&
         info.max_tx_queues >= workers && info.hash_key_size != 0 &&
         (info.flow_type_rss_offloads & RTE_ETH_RSS_NONFRAG_IPV4_TCP) != 0;
}

void Port::start(std::uint16_t queues, rte_mempool* pool) {
  const auto need = [&](int result, const char* what) {
    if (result != 0) refuse(device_, fmt::format("{}: {}", what, rte_strerror(-result)));
  };
  rte_eth_dev_info info{};
  need(rte_eth_dev_info_get(id_, &info), "it does not tell what it can");
  rte_eth_conf configuration{};
  std::vector<std::uint8_t> key(info.hash_key_size);
  if (queues > 1) {
    // With a key that repeats after 16 bits, the hash does not ask which address and port are the source's
    // (Woo and Park, 2012).
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = i % 2 == 0 ? 0x6d : 0x5a;
    configuration.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    configuration.rx_adv_conf.rss_conf = {.rss_key = key.data(),
                                          .rss_key_len = info.hash_key_size,
                                          .rss_hf = spread_by & info.flow_type_rss_offloads};
  }
  need(rte_eth_dev_configure(id_, queues, queues, &configuration), "it cannot be configured");
  std::uint16_t receive = descriptors;
  std::uint16_t transmit = descriptors;
  need(rte_eth_dev_adjust_nb_rx_tx_desc(id_, &receive, &transmit), "it has no room for packets");
  ring_ = receive;
  if (is_af_packet(device_)) {
    const std::string given = device_argument(device_, "framecnt");
    ring_ = given.empty() ? ring_octets / std::max(af_packet_frame(device_), 1U)
                          : static_cast<std::uint32_t>(std::strtoul(given.c_str(), nullptr, 10));
  }
  const auto socket = static_cast<unsigned>(rte_eth_dev_socket_id(id_));
  for (std::uint16_t queue = 0; queue < queues; ++queue) {
    need(rte_eth_rx_queue_setup(id_, queue, receive, socket, nullptr, pool), "it cannot receive");
    need(rte_eth_tx_queue_setup(id_, queue, transmit, socket, nullptr), "it cannot send");
  }
  need(rte_eth_dev_start(id_), "it does not start");
  // What stays in the wire must see what is not for it. An interface that is promiscuous anyhow stays so.
  if (is_af_packet(device_) && usable_interface(device_).promiscuous) return;
  const int result = rte_eth_promiscuous_enable(id_);
  if (result != 0 && result != -ENOTSUP) need(result, "it cannot be made promiscuous");
  promiscuous_ = result == 0;
}

PortLink Port::link() const {
  if (is_af_packet(device_)) return find_link(device_argument(device_, "iface"));  // its driver does not look
  PortLink link;
  rte_eth_link told{};
  if (!open_ || rte_eth_link_get_nowait(id_, &told) != 0) return link;
  link.up = told.link_status == RTE_ETH_LINK_UP;
  if (told.link_speed != RTE_ETH_SPEED_NUM_NONE && told.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN) {
    link.mbps = told.link_speed;
    link.full_duplex = told.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
  }
  return link;
}

Port::State Port::look() const {
  if (!is_af_packet(device_)) return State::works;
  const auto interface = find_interface(device_argument(device_, "iface"));
  if (!interface) return State::gone;
  if (!interface->up) return State::down;
  return open_ && interface->index == interface_ ? State::works : State::replaced;
}

void Port::reopen(std::uint16_t queues, rte_mempool* pool) {
  promiscuous_ = false;  // of the interface that is no more
  close();
  const std::uint16_t before = id_;
  probe();
  if (id_ != before) {
    close();
    refuse(device_, "it came back under another number");
  }
  start(queues, pool);
}

}  // namespace tollgate::dpdk
