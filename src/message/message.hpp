#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/alphabet.hpp"
#include "decode/ip_address.hpp"
#include "decode/octets.hpp"
#include "message/judgement.hpp"

namespace tollgate {

// The one currency: every protocol becomes a Message, and everything after the inspectors knows only this.
// A Message owns nothing. Its views point into the packet, a reassembly buffer or the worker's Arena, and
// are valid until the consumer it was handed to returns. It can be copied bit by bit; whoever keeps one
// copies its views (record/ does, by `for_each_view`).

enum class Kind : std::uint8_t {
  message,     ///< carries or routes a short message
  response,    ///< answers one: acknowledgement or error
  signalling,  ///< any other operation: counted, written only when asked for
};
enum class Protocol : std::uint8_t { map, smpp };
enum class Component : std::uint8_t { invoke, result, error, reject };
enum class Direction : std::uint8_t { unknown, mo, mt };

/// Type of number, with one meaning for TS 23.040 9.1.2.5, TS 29.002 and SMPP 5.2.5, whose codes agree.
enum class NumberType : std::uint8_t {
  unknown,
  international,
  national,
  network,
  subscriber,
  alphanumeric,
  abbreviated,
  reserved,
};

/// How the text was written in the message.
enum class Coding : std::uint8_t {
  none,  ///< no user data
  gsm7,
  ucs2,
  binary,
  ascii,
  latin1,
  latin_cyrillic,
  latin_hebrew,
  jis,
  iso2022_jp,
  euc_jp,
  ks_c_5601,
  pictogram,
  compressed,  ///< recognised, not expanded: the octets are in `data`
  reserved,    ///< a data coding scheme that no standard defines: the octets are in `data`
};

/// A sender or a recipient.
struct Address {
  std::string_view address;  ///< digits or UTF-8 text as sent, without '+'
  std::string_view number;   ///< E.164 digits without '+'; empty for alphanumeric senders and short codes
  NumberType type = NumberType::unknown;
  std::uint8_t ton = 0;  ///< the code as sent
  std::uint8_t npi = 0;  ///< numbering plan, the code as sent
  bool present = false;
  std::string_view operator_name;  ///< whose `number` is; from the table of operators
};

/// One end of the transport: where a packet comes from or goes to.
struct Endpoint {
  IpAddress ip;
  std::uint16_t port = 0;
  std::optional<std::uint32_t> pc;           ///< signalling point code, as a number
  std::string_view gt;                       ///< global-title digits
  std::optional<std::uint8_t> ssn;           ///< subsystem number
  bool gt_begins_with_country_code = false;  ///< E.164 or E.214, international
  // From the table of operators, by global title; of SMPP the account is the connection's.
  std::string_view operator_name;
  std::string_view country;  ///< ISO 3166; empty: that of the global title's own prefix
  std::string_view account;
};

/// TCAP's view of a MAP message. Transaction identifiers are 1 to 4 octets.
struct TcapInfo {
  Octets otid;
  Octets dtid;
  std::optional<std::int32_t> invoke;  ///< invokeID, -128..127
  std::string_view context;            ///< application context's name (`shortMsgMT-Relay`), or the dotted OID
  std::uint8_t version = 0;            ///< MAP version 1..3; 0 where it is not known
};

/// Nodes that a MAP parameter names beside the service centre: digits, empty where it names none.
struct MapNodes {
  std::string_view network_node;  ///< that serves the subscriber: MSC, SGSN, VLR; a roaming number
  std::string_view
      additional_node;             ///< a second that does: VLR beside its MSC, visited MSC, additional-Number
  std::string_view other_address;  ///< another node: HLR, GMSC, gsmSCF, MLC, GGSN
};

/// What a TPDU of MAP says of itself (TS 23.040 9.2.3), beside addresses and text.
struct TpduInfo {
  std::string_view type;  ///< `SMS-DELIVER`; empty where there is none; static storage
  std::optional<std::uint8_t> message_reference;  ///< TP-MR
  std::optional<std::uint8_t> status;             ///< TP-ST of an SMS-STATUS-REPORT
  std::optional<std::uint8_t> failure_cause;      ///< TP-FCS of a report in an error
  std::optional<std::uint8_t> command_type;       ///< TP-CT of an SMS-COMMAND
  std::uint64_t service_centre_time = 0;          ///< TP-SCTS, to be compared only; 0 where there is none
};

/// SMPP's view of a message.
struct SmppInfo {
  std::string_view system_id;  ///< from the bind; empty where that was not seen
  std::string_view message_id;
  std::uint32_t sequence = 0;
  std::uint32_t status = 0;
  std::optional<std::uint8_t> esm_class;
  Octets tlvs;            ///< the optional parameters as they stand in the PDU
  Octets destinations;    ///< submit_multi: all recipients, the dest_address list as it stands in the PDU
  Octets unsuccess_smes;  ///< submit_multi_resp: that list as it stands in the PDU
  bool payload_is_text = false;  ///< the first message_payload of `tlvs` that is not empty is the user data
};

/// TP-UDH concatenation or SMPP sar_*.
struct Parts {
  std::uint16_t ref = 0;
  std::uint8_t total = 0;  ///< 0 where the message is not concatenated
  std::uint8_t seq = 0;    ///< 1..total
  bool wide = false;       ///< the reference has 16 bits: as references, 7 and 0007 are different ones
};

/// Application port addressing, 8 or 16 bit. SMPP may name one of them alone.
struct Ports {
  std::optional<std::uint16_t> destination;
  std::optional<std::uint16_t> source;
};

/// Where another number can stand in the place of a message's destination.
struct DivertRoom {
  std::size_t octets = 0;  ///< of the destination; 0: it has none
  bool filler = false;     ///< what is left over can be filled, with no less than 4 octets

  bool fits(std::string_view number) const {
    return number.size() == octets || (filler && number.size() + 4 <= octets);
  }
};

/// What the sender of a message that was stopped is told, in the place of what its receiver has answered.
/// Names are static storage.
struct Answer {
  bool owed = false;           ///< this message answers one that was stopped
  bool given = false;          ///< the receiver's answer had the shape that it takes, and was changed
  std::string_view as;         ///< `accepted`; `rejected` where that should have been and cannot
  std::string_view map_error;  ///< the standard's name
  std::uint32_t smpp_status = 0;
};

/// Identity of a message: the same each time the same message is replayed.
struct MessageId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

struct Message {
  MessageId id;
  std::uint64_t time_ns = 0;  ///< since 1970-01-01T00:00:00Z
  std::uint64_t frame = 0;    ///< of the packet that completes the message, from 1
  std::uint32_t item = 0;     ///< counts messages within a frame, from 0
  Kind kind = Kind::signalling;
  Protocol protocol = Protocol::map;
  Component component = Component::invoke;
  Direction direction = Direction::unknown;
  std::string_view operation;  ///< the standard's own spelling; static storage
  std::optional<std::int32_t> operation_code;
  std::string_view error;  ///< of a response that refuses: the standard's name of the error; static storage
  std::optional<std::uint32_t> error_code;
  /// Of a code that is global, not local, the OBJECT IDENTIFIER's contents: of an error the error's, else the
  /// operation's.
  Octets global_code;
  std::uint64_t answers_frame = 0;  ///< of a response: the frame of its request; 0 where that was not seen

  std::string_view link;   ///< from the configuration
  std::string_view route;  ///< from the configuration
  Endpoint origin;
  Endpoint destination;
  TcapInfo tcap;
  MapNodes map;
  TpduInfo tpdu;
  SmppInfo smpp;

  std::string_view service_centre;  ///< digits
  std::string_view service_centre_operator;
  std::string_view imsi;  ///< digits
  Address sender;
  Address recipient;

  std::optional<std::uint8_t> pid;
  std::optional<std::uint8_t> dcs;
  Coding coding = Coding::none;
  std::optional<std::uint8_t> message_class;  ///< 0..3
  Octets udh;                                 ///< user-data header with its length octet
  std::optional<Ports> ports;
  Parts parts;

  bool has_text = false;  ///< `text` holds the message, which may be empty
  std::string_view text;  ///< UTF-8, always valid
  Octets data;            ///< binary user data, in the place of `text`

  // The whole of a concatenated message, on the part that completes it. Both where some of its parts are
  // binary and some are text.
  std::string_view message_text;
  Octets message_data;

  /// The user data without its header, as parts are joined: GSM 7 bit text one septet an octet. For the stage
  /// that does so: empty when the message comes to the events.
  Octets body;
  decode::NationalLanguage language;  ///< of a GSM 7 bit `body`

  /// Its octets can still be changed, so that a verdict comes true.
  bool editable = false;
  DivertRoom divert_room;

  // Of who pays, where that is known; static storage.
  std::string_view account_sender;  ///< `registered` or `unregistered`
  std::string_view account_status;  ///< `active` or `suspended`

  Judgement judgement;  ///< of messages, once they are judged
  Answer answer;        ///< of responses
};

/// Calls `f` with each span of `m` whose elements are larger than an octet; they must be copied as well. What
/// belongs to the configuration or the ruleset (names, labels) stays where it is.
template <class M, class F>
void for_each_span(M& m, F&& f) {
  f(m.judgement.labels);
  f(m.judgement.rules);
  f(m.judgement.spans);
  f(m.judgement.signals);
}

/// Calls `f` with each view of `m`: what must be copied where a Message is kept.
template <class M, class F>
void for_each_view(M& m, F&& f) {
  f(m.global_code);
  f(m.origin.gt);
  f(m.destination.gt);
  f(m.tcap.otid);
  f(m.tcap.dtid);
  f(m.tcap.context);
  f(m.map.network_node);
  f(m.map.additional_node);
  f(m.map.other_address);
  f(m.origin.account);
  f(m.judgement.currency);
  f(m.smpp.system_id);
  f(m.smpp.message_id);
  f(m.smpp.tlvs);
  f(m.smpp.destinations);
  f(m.smpp.unsuccess_smes);
  f(m.service_centre);
  f(m.imsi);
  f(m.sender.address);
  f(m.sender.number);
  f(m.recipient.address);
  f(m.recipient.number);
  f(m.udh);
  f(m.text);
  f(m.data);
  f(m.message_text);
  f(m.message_data);
}

/// Takes each Message that an inspector finds. The message and its views are valid during the call.
class Consumer {
 public:
  virtual void accept(Message& message) = 0;

 protected:
  ~Consumer() = default;
};

std::string_view to_string(Kind kind);
std::string_view to_string(Protocol protocol);
std::string_view to_string(Component component);
std::string_view to_string(Direction direction);  ///< empty for unknown
std::string_view to_string(NumberType type);
std::string_view to_string(Coding coding);

}  // namespace tollgate
