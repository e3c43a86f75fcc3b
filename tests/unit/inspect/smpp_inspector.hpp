#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inspect/smpp.hpp"
#include "support/checking_trace.hpp"
#include "support/hex.hpp"

// What the tests of SMPP share: PDUs by hand, and an inspector that keeps what it finds.
namespace tollgate::inspect {

using decode::Layer;
using decode::Reason;
using Stream = std::vector<std::byte>;

// A PDU with its length filled in; written by hand from SMPP 3.4 clause 4.
inline Stream pdu(std::string_view command_id, std::string_view sequence, std::string_view body,
                  std::string_view status = "00000000") {
  auto octets = test::hex("00000000" + std::string(command_id) + std::string(status) + std::string(sequence) +
                          std::string(body));
  octets[1] = static_cast<std::byte>(octets.size() >> 16U);
  octets[2] = static_cast<std::byte>(octets.size() >> 8U);
  octets[3] = static_cast<std::byte>(octets.size() & 255U);
  return octets;
}

inline Stream operator+(Stream a, const Stream& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Stream bind_as(std::string_view system_id_hex, std::string_view sequence = "00000001") {
  return pdu("00000009", sequence, std::string(system_id_hex) + "00 707700 00 34 00 00 00");
}
inline const std::string acme = "61636d65";
inline const std::string other = "6f74686572";

// ACME to 447700900123 with the given esm_class, data_coding and text.
inline Stream submit(std::string_view esm_class, std::string_view data_coding, std::string_view text,
                     std::string_view tlvs = "", std::string_view sequence = "00000002",
                     std::string_view command_id = "00000004") {
  const auto length = test::hex(text).size();
  const std::byte octet{static_cast<unsigned char>(length)};
  return pdu(command_id, sequence,
             "00 0500 41434d4500 0101 34343737303039303031323300" + std::string(esm_class) +
                 "00 00 00 00 01 00" + std::string(data_coding) + "00" + test::to_hex(Octets{&octet, 1}) +
                 std::string(text) + std::string(tlvs));
}

inline constexpr std::string_view submit_resp_body = "6d3100";

class SmppInspector : public ::testing::Test, public Consumer {
 protected:
  // What of a message outlives the call.
  struct Seen {
    Message m;
    std::string operation, text, data, sender, recipient, number, system_id, message_id, error, udh,
        destinations;
  };

  void accept(Message& m) override {
    seen.push_back({m, std::string(m.operation), std::string(m.text), test::to_hex(m.data),
                    std::string(m.sender.address), std::string(m.recipient.address),
                    std::string(m.recipient.number), std::string(m.smpp.system_id),
                    std::string(m.smpp.message_id), std::string(m.error), test::to_hex(m.udh),
                    test::to_hex(m.smpp.destinations)});
    if (m.kind != Kind::message) return;
    m.judgement = verdict;
    m.judgement.enforced = m.editable && changes_message(verdict.verdict);
    seen.back().m.judgement = m.judgement;
  }

  // Gives octets in pieces as a TCP stream would, keeping what is not consumed.
  void give(bool from_client, const Stream& octets, std::size_t piece = 1'000'000) {
    Direction& d = from_client ? client : server;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
      ++frame;
      const auto end = std::min(octets.size(), at + piece);
      d.kept.insert(d.kept.end(), octets.begin() + static_cast<std::ptrdiff_t>(at),
                    octets.begin() + static_cast<std::ptrdiff_t>(end));
      if (d.state.not_mine) return;
      flow::Carriage carriage;
      carriage.frame = frame;
      carriage.link = &link;
      carriage.connection = from_client ? 111 : 222;
      carriage.opposite = from_client ? 222 : 111;
      carriage.source_port = from_client ? 40000 : 16000;
      carriage.destination_port = from_client ? 16000 : 40000;
      carriage.position = d.position;
      test::CheckingTrace trace(d.kept);
      edits.begin(d.kept);
      const std::size_t done =
          smpp.octets(carriage, d.state, d.kept, *this, &trace, enforcing ? &edits : nullptr);
      ASSERT_LE(done, d.kept.size());
      const auto before = d.sent.size();
      d.sent.insert(d.sent.end(), d.kept.begin(), d.kept.begin() + static_cast<std::ptrdiff_t>(done));
      for (const Edit& edit : edits.all()) {
        ASSERT_LE(edit.offset + edit.octets.size(), done);
        std::copy(edit.octets.begin(), edit.octets.end(),
                  d.sent.begin() + static_cast<std::ptrdiff_t>(before + edit.offset));
      }
      d.state.lost = false;
      d.position += done;
      d.kept.erase(d.kept.begin(), d.kept.begin() + static_cast<std::ptrdiff_t>(done));
    }
  }
  void client_says(const Stream& octets, std::size_t piece = 1'000'000) { give(true, octets, piece); }
  void server_says(const Stream& octets, std::size_t piece = 1'000'000) { give(false, octets, piece); }

  const Seen& last() { return seen.back(); }

  struct Direction {
    flow::StreamState state{.from_start = true};
    Stream kept;
    std::uint64_t position = 0;
    Stream sent;  ///< what was consumed, with what the inspector changed
  };
  Counters counters;
  Arena arena;
  Smpp smpp{16, 64, counters, arena};
  Direction client, server;
  std::uint64_t frame = 0;
  std::vector<Seen> seen;
  Edits edits;
  bool enforcing = false;
  Judgement verdict;  ///< on every message
  Link link;
};

}  // namespace tollgate::inspect
