#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "traffic/context.hpp"
#include "traffic/encode_map.hpp"
#include "traffic/encode_sccp.hpp"
#include "traffic/encode_tcap.hpp"

namespace tollgate::traffic {

/// How the layers below MAP carry a dialogue.
struct Ss7Path {
  Adaptation adaptation = Adaptation::m3ua;
  bool v6 = false;
  sccp::Form form = sccp::Form::udt;
  bool segmented = false;  ///< XUDT, LUDT: in segments also where one would do
  bool return_on_error = false;
  std::optional<std::uint8_t> returned;  ///< the first message comes back as UDTS, XUDTS or LUDTS
  SccpAddress initiator;                 ///< calling party address of the first message
  SccpAddress responder;
  bool from_client = true;  ///< the initiator sits at the client's side of the association
  bool ansi_mtp3 = false;   ///< M2PA, M2UA: MTP3 with point codes of 24 bits
  std::string_view unread;  ///< as Unit's, of each message: there are no events of it
  LengthForm lengths = LengthForm::definite;
  unsigned identifier_octets = 4;
  Handling handling;  ///< of the message that carries the request
};

/// A TCAP dialogue between two ends. Messages are given in their order; each is planned a little later
/// than the one before.
class Dialogue {
 public:
  /// `context` 0 or `version` 1: without a dialogue portion, as in MAP version 1.
  Dialogue(Context& context, const Ss7Path& path, std::uint8_t application_context, std::uint8_t version);

  /// What a message carries beside its type.
  struct Contents {
    std::vector<tcap::Component> components;
    std::vector<Event> events;
    tcap::Apdu apdu = tcap::Apdu::none;
    std::optional<std::uint8_t> p_abort;
  };
  void send(tcap::MessageType type, bool from_initiator, Contents contents, const Handling& handling = {});
  /// One component; its event is made only where somebody wants it.
  template <class MakeEvent>
  Contents with(tcap::Component component, MakeEvent make_event) const {
    Contents contents;
    contents.components.push_back(std::move(component));
    if (events_wanted()) contents.events.push_back(make_event());
    return contents;
  }

  /// An event with the fields that every component of this dialogue has.
  Event event(std::string_view kind, std::string_view operation, std::string_view component,
              std::string_view direction, bool from_initiator, std::int32_t invoke_id) const;
  bool events_wanted() const { return context_.truth.wanted(); }

  /// Makes the next message carry damaged content: `spoil` changes the encoded TCAP message.
  void spoil_next(std::string_view layer, std::string_view reason, void (*spoil)(Bytes&)) {
    spoil_layer_ = layer;
    spoil_reason_ = reason;
    spoil_ = spoil;
  }

  Context& context() { return context_; }
  const Ss7Path& path() const { return path_; }
  std::uint8_t version() const { return version_; }
  bool has_dialogue_portion() const { return version_ > 1; }

 private:
  Json endpoint(bool is_initiator) const;
  void carry(const Bytes& tcap, bool from_initiator, std::vector<Event> events, const Handling& handling);
  void carry_sccp(const sccp::Message& message, bool from_initiator, Unit& unit) const;
  void plan(bool from_initiator, std::vector<Unit> units, const Handling& handling);

  Context& context_;
  Ss7Path path_;
  std::uint8_t application_context_;
  std::uint8_t version_;
  Bytes initiator_id_;
  Bytes responder_id_;
  std::shared_ptr<Carrier> carrier_;
  std::uint64_t time_ns_;
  std::uint16_t stream_;
  bool responded_ = false;
  std::string_view spoil_layer_;
  std::string_view spoil_reason_;
  void (*spoil_)(Bytes&) = nullptr;
};

}  // namespace tollgate::traffic
