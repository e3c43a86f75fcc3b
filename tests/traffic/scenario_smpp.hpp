#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "traffic/content.hpp"
#include "traffic/context.hpp"
#include "traffic/encode_smpp.hpp"

namespace tollgate::traffic {

/// One ESME's connection to the message centre: bind, PDUs both ways, unbind.
class SmppSession {
 public:
  struct Options {
    std::uint32_t bind = smpp::bind_transceiver;
    std::uint8_t interface_version = 0x34;
    std::uint16_t port = 2775;
    bool v6 = false;
    bool from_the_middle = false;  ///< neither handshake nor bind were captured
    bool outbind = false;          ///< the message centre asks for the bind
    std::uint32_t bind_status = 0;
  };
  SmppSession(Context& context, const Options& options);

  /// Plans a PDU. `esme`: it comes from the ESME.
  void send(bool esme, Bytes pdu, std::optional<Event> event, const Handling& handling = {});
  void send(bool esme, std::vector<Unit> units, const Handling& handling);
  std::uint32_t next_sequence(bool esme) { return esme ? esme_sequence_++ : centre_sequence_++; }

  Event event(std::string_view kind, std::uint32_t command, bool esme, std::uint32_t sequence,
              std::uint32_t status = 0) const;
  /// A request that carries no message and its response: enquire_link, query_sm ...
  struct Exchange {
    std::uint32_t command = smpp::enquire_link;
    Bytes body = {};
    Bytes response_body = {};
    Json fields = Json::object();  ///< of the events, beside what all PDUs have
    Json response_fields = Json::object();
    bool answered = true;
  };
  void exchange(bool esme, const Exchange& exchange);
  void finish();

  Context& context() { return context_; }
  /// Later PDUs come no sooner than the clock says.
  void catch_up();
  std::uint8_t interface_version() const { return options_.interface_version; }

 private:
  Context& context_;
  Options options_;
  std::string system_id_;
  std::shared_ptr<Connection> connection_;
  std::uint64_t time_ns_;
  std::uint32_t esme_sequence_ = 1;
  std::uint32_t centre_sequence_ = 1;
  bool asked_ = false;  ///< a bind has named the account, and was not refused
};

/// One message over SMPP and its response.
struct SmppRecipe {
  std::uint32_t command = smpp::submit_sm;
  bool from_esme = true;
  smpp::Message message;
  Content content;
  bool in_payload = false;   ///< message_payload holds the text
  bool in_both = false;      ///< short_message holds the text, message_payload another
  bool one_failed = false;   ///< the response of submit_multi names a destination that was not reached
  bool by_sar = false;       ///< sar_* in the place of a header
  std::uint32_t status = 0;  ///< of the response
  bool answered = true;
  bool refused = false;   ///< generic_nack
  bool together = false;  ///< all parts in the same segments
  bool shuffled = false;
  Handling handling;
};
SmppRecipe smpp_recipe(Context& context, std::uint32_t command, bool from_esme, Content content);
void smpp_message(SmppSession& session, SmppRecipe recipe);
/// Messages of one part each, of the same side, in the same segments; then all their responses.
void smpp_messages(SmppSession& session, const std::vector<SmppRecipe>& recipes);

/// Text as `data_coding` 0 has it here: the default alphabet, a septet an octet.
Content smpp_text_content(std::uint8_t data_coding, std::string_view coding, std::string text, Bytes octets);

}  // namespace tollgate::traffic
