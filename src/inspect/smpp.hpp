#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "decode/smpp.hpp"
#include "flow/carriage.hpp"
#include "flow/owed_replies.hpp"
#include "flow/requests.hpp"
#include "flow/tcp_streams.hpp"
#include "inspect/smpp_sessions.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/edits.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// SMPP over TCP to Messages, one a PDU. Knows SMPP by its octets, on any port: a connection is SMPP when its
/// first PDU is, or, where it was picked up in its middle, when a chain of PDUs is found.
///
/// One a worker. PDUs that cannot be read are counted by their reason and passed over.
class Smpp {
 public:
  /// Messages that were stopped and not answered yet; so many are a second of the most that anybody sends.
  static constexpr std::uint32_t most_owed = 65'536;

  /// What the next process is to know as well; empty: nothing.
  struct Kept {
    std::span<std::byte> sessions;  ///< see SmppSessions
    std::span<std::byte> owed;      ///< see flow::OwedReplies, of most_owed
  };

  /// Bounds: connections whose account is remembered, requests whose answer is waited for.
  Smpp(std::uint32_t sessions, std::uint32_t requests, Counters& counters, Arena& arena, Kept kept = {});

  /// Takes what is in order of one direction of a connection, `carriage.position` being its first octet's.
  /// Gives the number of octets that are done with; the others are wanted again, with what follows them.
  /// Sets `stream.not_mine` where the connection is not SMPP, `stream.unrecognised` while that is not known
  /// and a PDU is looked for. `stream.user` is this class's. `edits`, of which `in_order` is the payload, is
  /// told what is to be changed of the octets that are done with; not of a PDU of which more have left
  /// already than those that no edit changes.
  std::size_t octets(const flow::Carriage& carriage, flow::StreamState& stream, Octets in_order,
                     Consumer& consumer, decode::Trace* trace = nullptr, Edits* edits = nullptr);

  /// From now on PDUs that carry messages, and their responses, are counted and passed over by `octets`.
  void pass_over(bool on) { passes_over_ = on; }

  /// Takes one PDU: also by itself, out of any stream.
  void pdu(const flow::Carriage& carriage, Octets octets, Consumer& consumer, decode::Trace* trace = nullptr,
           Edits* edits = nullptr);

  TableUse session_use() const { return sessions_.use(); }
  TableUse request_use() const { return requests_.use(); }
  TableUse owed_use() const { return owed_.use(); }

 private:
  struct Stream;  ///< what `octets` works with

  void start(Stream& stream);
  void search(Stream& stream);
  void skip(Stream& stream);
  bool next_pdu(Stream& stream);
  bool pass_over(Octets pdu);
  void give_up(Stream& stream);

  /// A PDU on its way through here.
  struct Reading {
    const flow::Carriage& carriage;
    Octets octets;
    const decode::smpp::Pdu& pdu;
    Edits* edits;
  };

  bool read(const flow::Carriage& carriage, Octets octets, Consumer& consumer, decode::Trace* trace,
            Edits* edits);
  void pair(const decode::smpp::Pdu& pdu, const flow::Carriage& carriage, SmppSession::Side sender,
            Message& message);
  void enforce(const Reading& reading, bool has_tlvs, const Judgement& judgement);
  void answer(const Reading& reading, Message& message);
  static bool spoil(const flow::Carriage& carriage, Octets pdu, Edits* edits);

  SmppSessions sessions_;
  flow::Requests requests_;
  flow::OwedReplies owed_;
  std::unique_ptr<std::byte[]> room_;  ///< for an edited PDU
  Counters& counters_;
  Arena& arena_;
  bool passes_over_ = false;
  std::uint64_t frame_ = 0;  ///< of the last message
  std::uint32_t item_ = 0;   ///< messages of that frame so far
};

}  // namespace tollgate::inspect
