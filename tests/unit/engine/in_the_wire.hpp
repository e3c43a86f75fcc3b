#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "flow/zero_pages.hpp"
#include "live/map_node.hpp"
#include "rules/load.hpp"
#include "support/kept_messages.hpp"
#include "traffic/encode_net.hpp"
#include "traffic/encode_sctp.hpp"
#include "traffic/encode_smpp.hpp"
#include "traffic/encode_tcp.hpp"

namespace tollgate::engine {

using traffic::Bytes;
using traffic::Host;
namespace sctp = traffic::sctp;
namespace smpp = traffic::smpp;
namespace tcp = traffic::tcp;

inline std::shared_ptr<const rules::Ruleset> stopping_prizes() {
  rules::RuleFiles files;
  files.policy = {{"policy.yaml",
                   "- {name: Prize, when: {text: prize}, then: {block: {smpp_status: ESME_RSUBMITFAIL, "
                   "map_error: systemFailure}}}\n- {name: Rest, then: pass}\n"}};
  rules::Findings findings;
  return rules::load(files, {}, findings);
}

/// The packets that leave.
struct SentPackets final : Output {
  std::vector<std::vector<std::uint8_t>> packets;
  std::deque<std::vector<std::byte>> rooms;
  void send(const Packet& packet) override {
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(packet.octets.data());
    packets.emplace_back(octets, octets + packet.octets.size());
  }
  void drop(const Packet& /*packet*/) override {}
  bool make(std::size_t size, Packet& packet) override {
    packet.octets = rooms.emplace_back(size);
    return true;
  }
};

/// An engine between a client and a server, whose rules stop prizes.
struct EngineInTheWire : testing::Test {
  EngineInTheWire() {
    settings.smpp_sessions = settings.smpp_requests = settings.dialogues = settings.segmented_messages = 16;
    settings.tcp_relay = {.connections = 16, .small_buffers = 16, .large_buffers = 2};
    settings.sctp = {.directions = 16, .fragments = 16, .fragment_octets = 1U << 16U, .tsns = 64};
    memory = std::make_unique<flow::ZeroPages>(Memory::size(settings));
    start();
  }

  void start() {
    engine.reset();
    engine = std::make_unique<Engine>(settings, events, rules, nullptr, memory->span());
  }

  void packet(bool from_client, std::uint8_t protocol, const Bytes& payload) {
    Bytes octets;
    traffic::encode_ip(octets, from_client ? client : server, from_client ? server : client, protocol,
                       payload.size(), {});
    octets.append(payload);
    const auto whole = std::as_bytes(octets.span());
    auto& room = output.rooms.emplace_back(whole.begin(), whole.end());
    const Packet packet{.octets = room,
                        .wire_length = static_cast<std::uint32_t>(room.size()),
                        .link_type = decode::LinkType::raw_ip,
                        .side = from_client ? Side::outside : Side::inside,
                        .time_ns = ++frame * 1'000'000,
                        .frame = frame};
    if (overloaded) engine->pass_unread(packet, output);
    else engine->process(std::span{&packet, 1}, output);
  }

  void segment(bool from_client, std::uint8_t flags, const Bytes& payload = {}) {
    Bytes octets;
    std::uint32_t& next = from_client ? client_next : server_next;
    tcp::segment(octets, from_client ? client : server, from_client ? server : client,
                 {next, from_client ? server_next : client_next, flags, payload.span()});
    next += static_cast<std::uint32_t>(payload.size()) + ((flags & tcp::syn) != 0 ? 1 : 0);
    packet(from_client, traffic::ip_protocol_tcp, octets);
  }
  void bind() {
    segment(true, tcp::syn);
    segment(false, tcp::syn | tcp::ack);
    Bytes pdu;
    smpp::pdu(pdu, smpp::bind_transceiver, 0, 1, [](Bytes& out) { smpp::bind(out, "acme", 0x34); });
    segment(true, tcp::ack, pdu);
    pdu.clear();
    smpp::pdu(pdu, smpp::bind_transceiver | smpp::response_bit, 0, 1,
              [](Bytes& out) { out.c_string("centre"); });
    segment(false, tcp::ack, pdu);
  }
  void submit(std::uint32_t sequence, std::string_view text) {
    smpp::Message message;
    message.source.value = "447700900001";
    message.destination.value = "447700900002";
    message.short_message.text(text);
    Bytes pdu;
    smpp::pdu(pdu, smpp::submit_sm, 0, sequence, [&](Bytes& out) { smpp::short_message(out, message); });
    segment(true, tcp::ack, pdu);
  }
  /// The status with which an answer arrives that was given with `status`.
  std::uint32_t answered(std::uint32_t sequence, std::uint32_t status) {
    Bytes pdu;
    smpp::pdu(pdu, smpp::submit_sm | smpp::response_bit, status, sequence, [](Bytes& out) { out.u8(0); });
    segment(false, tcp::ack, pdu);
    const auto& last = output.packets.back();
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < 4; ++i) found = found << 8U | last[last.size() - pdu.size() + 8 + i];
    return found;
  }

  void user_message(bool from_client, live::View payload) {
    Bytes octets;
    sctp::common_header(octets, from_client ? client.port : server.port,
                        from_client ? server.port : client.port, from_client ? 77 : 99);
    sctp::data(octets, {.tsn = from_client ? client_next++ : server_next++, .ppid = 3, .payload = payload});
    sctp::finish(octets);
    packet(from_client, traffic::ip_protocol_sctp, octets);
  }
  void forward_sm(int version, const std::string& text, std::uint32_t dialogue) {
    const live::ShortMessage message{version, "001010123456789", "447700900001", text};
    user_message(true, live::request(message, live::Form::unitdata, dialogue).front());
  }
  /// What the last packet's M3UA message says, behind the headers of IPv4, SCTP and DATA.
  live::Received last_map() {
    const auto got = reader.read(live::View(output.packets.back()).subspan(20 + 12 + 16));
    EXPECT_TRUE(got);
    return got.value_or(live::Received{});
  }

  bool last_has(std::string_view text) const {
    const auto& last = output.packets.back();
    return std::search(last.begin(), last.end(), text.begin(), text.end()) != last.end();
  }

  Settings settings;
  std::shared_ptr<const rules::Ruleset> rules = stopping_prizes();
  test::KeptMessages events;
  SentPackets output;
  std::unique_ptr<flow::ZeroPages> memory;
  std::unique_ptr<Engine> engine;
  Host client = traffic::ipv4_host(0, 1, 40'000);
  Host server = traffic::ipv4_host(1, 1, 2'775);
  std::uint32_t client_next = 1'000;
  std::uint32_t server_next = 2'000;
  std::uint64_t frame = 0;
  live::Reader reader;
  bool overloaded = false;  ///< there is no time to read what comes
};

}  // namespace tollgate::engine
