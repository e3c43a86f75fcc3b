#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "decode/map_names.hpp"
#include "decode/sccp.hpp"
#include "decode/tcap.hpp"
#include "flow/dialogues.hpp"
#include "flow/owed_replies.hpp"
#include "inspect/map_message.hpp"
#include "inspect/payload.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// The routing label of MTP: where a message comes from and goes to in the SS7 network.
struct RoutingLabel {
  std::optional<std::uint32_t> opc;
  std::optional<std::uint32_t> dpc;
};

/// The ends that a connectionless SCCP message travels between.
struct Unitdata {
  decode::sccp::Address calling;
  decode::sccp::Address called;
  RoutingLabel label;
  bool returned = false;          ///< it comes back, undelivered, to the end that had sent it
  std::uint8_t return_cause = 0;  ///< then: why
};

/// TCAP messages to Messages, one for each component, with what the dialogue has shown before: application
/// context, the operation that an answer answers, the subscriber that later messages do not repeat.
class Tcap {
 public:
  /// Invokes that were stopped and not answered yet; so many are two seconds of the most that anybody sends.
  static constexpr std::uint32_t most_owed = 65'536;

  /// `owed`: what the next process is to know as well, see flow::OwedReplies, of most_owed.
  Tcap(std::uint32_t dialogues, Counters& counters, Arena& arena, std::span<std::byte> owed = {})
      : dialogues_(dialogues, counters), owed_(most_owed, owed), counters_(counters), arena_(arena) {}

  void read(const PayloadContext& context, const Unitdata& unitdata, Octets data);

  TableUse dialogue_use() const { return dialogues_.use(); }
  TableUse owed_use() const { return owed_.use(); }

 private:
  /// A TCAP message on its way through here.
  struct Reading {
    Reading(const PayloadContext& p, const Unitdata& u, const decode::tcap::Message& m)
        : payload(p), unitdata(u), message(m) {}

    const PayloadContext& payload;
    const Unitdata& unitdata;
    const decode::tcap::Message& message;
    flow::TransactionEnd destination;     ///< the end that it is sent to, or comes back to
    flow::DialogueEnd* asked = nullptr;   ///< the end whose invokes it may answer
    flow::DialogueEnd* sender = nullptr;  ///< the end that sends it, where it has one that is kept
    decode::map::Context context;         ///< number and version 0 where it is not known
    std::uint32_t components = 0;         ///< read so far
    Octets imsi;  ///< of the component: by which its receiver is to know no subscriber
  };

  void find_dialogue(Reading& reading);
  void read_component(Reading& reading, const decode::tcap::Component& component);
  void read_invoke(Reading& reading, const decode::tcap::Component& component, Message& message);
  std::int32_t read_argument(Reading& reading, const decode::tcap::Component& component, Message& message);
  void read_result(Reading& reading, const decode::tcap::Component& component, Message& message);
  void read_error(Reading& reading, const decode::tcap::Component& component, Message& message);
  void read_abort(Reading& reading);
  void end_pending(Reading& reading);
  void keep_subscriber(Reading& reading, const decode::map::Parameter& argument, MapReader& map,
                       Message& message);
  static bool can_change(const Reading& reading, const decode::tcap::Component& component);
  void enforce(const Reading& reading, const decode::tcap::Component& component, const Message& message);
  void answer(const Reading& reading, const decode::tcap::Component& component, Message& message);
  std::optional<flow::OwedReply> owed(const Reading& reading, std::int32_t invoke_id, Message& message);
  std::optional<flow::PendingInvoke> answered(Reading& reading, const decode::tcap::Component& component,
                                              Message& message);

  static void show(const PayloadContext& payload, Octets data, std::optional<std::uint8_t> map_version);
  template <class Decode>
  static void show_map(const PayloadContext& payload, Octets octets, std::string_view name,
                       const Decode& decode);
  Message begin_message(const Reading& reading, Octets octets);
  void hand_on(Reading& reading, Message& message);
  std::string_view gt_digits(const decode::sccp::GlobalTitle& gt);

  flow::Dialogues dialogues_;
  flow::OwedReplies owed_;
  Counters& counters_;
  Arena& arena_;
};

}  // namespace tollgate::inspect
