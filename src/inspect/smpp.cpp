#include "inspect/smpp.hpp"

#include <array>

#include "decode/smpp_frame.hpp"
#include "inspect/charset.hpp"
#include "inspect/payload.hpp"
#include "inspect/smpp_edit.hpp"
#include "inspect/smpp_message.hpp"
#include "message/identity.hpp"

namespace tollgate::inspect {
namespace {

using decode::smpp::CommandId;
using decode::smpp::Pdu;
namespace smpp = decode::smpp;

// StreamState::user: in its low bits what is done with a direction's octets, above a number of octets.
enum class Mode : std::uint8_t {
  fresh,      // nothing is known of it
  reading,    // a PDU begins where the octets do
  searching,  // a PDU boundary is looked for; so many octets were looked at
  skipping,   // so many octets are left of a PDU that is too large
};
constexpr unsigned mode_bits = 2;
constexpr std::uint32_t largest_count = 0xFFFFFFFFU >> mode_bits;

// A connection that shows no PDU in so many octets is not SMPP.
// Its first one may begin that late, where it was picked up within another.
constexpr std::uint32_t search_limit = smpp::max_pdu_size;
static_assert(smpp::max_pdu_size <= flow::TcpStreams::max_kept);
// A PDU that claims to be larger than this is taken for a lost boundary.
constexpr std::uint32_t skip_limit = 16 * 1024 * 1024;

// In the header (SMPP 3.4 3.2).
constexpr std::size_t command_status_at = 8;

std::array<std::byte, 4> big_endian(std::uint32_t number) {
  return {static_cast<std::byte>(number >> 24U), static_cast<std::byte>(number >> 16U),
          static_cast<std::byte>(number >> 8U), static_cast<std::byte>(number)};
}

SmppSession::Side side_of_sender(const SmppSession& session, const flow::Carriage& carriage) {
  using Side = SmppSession::Side;
  const Side side = session.sender(carriage.connection);
  if (side != Side::unknown) return side;
  // The client, which has the higher port as a rule, is an ESME.
  return carriage.source_port >= carriage.destination_port ? Side::esme : Side::message_centre;
}

// The direction of the message that a PDU carries or answers.
Direction direction_of(CommandId id, SmppSession::Side sender) {
  using enum CommandId;
  const bool from_esme = sender == SmppSession::Side::esme;
  switch (id) {
    case submit_sm:
    case submit_sm_resp:
    case submit_multi:
    case submit_multi_resp:
    case broadcast_sm:
    case broadcast_sm_resp: return Direction::mt;
    case deliver_sm:
    case deliver_sm_resp: return Direction::mo;
    case data_sm: return from_esme ? Direction::mt : Direction::mo;
    case data_sm_resp: return from_esme ? Direction::mo : Direction::mt;
    default: return Direction::unknown;
  }
}

/// No edit changes so many octets at the start of a PDU: of a response those before command_status, of a
/// message the header.
std::size_t unchanged_octets(Octets pdu) {
  const bool is_response = std::to_integer<unsigned>(pdu[command_id_at]) >> 7U != 0;
  return is_response ? command_status_at : smpp::header_size;
}

SmppSession::Side other(SmppSession::Side side) {
  using Side = SmppSession::Side;
  return side == Side::esme ? Side::message_centre : Side::esme;
}

}  // namespace

struct Smpp::Stream {
  const flow::Carriage& carriage;
  flow::StreamState& state;
  Octets all;
  Consumer& consumer;
  decode::Trace* trace;
  Edits* edits;
  std::size_t done = 0;

  /// Where what begins now can be changed, but for its first octets; else null.
  Edits* edits_behind(std::size_t first) const { return done + first >= state.left ? edits : nullptr; }

  Octets rest() const { return all.subspan(done); }
  Mode mode() const { return static_cast<Mode>(state.user & ((1U << mode_bits) - 1)); }
  std::uint32_t count() const { return state.user >> mode_bits; }
  void set(Mode mode, std::uint64_t count = 0) {
    state.user = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, largest_count)) << mode_bits |
                 static_cast<std::uint32_t>(mode);
  }
};

Smpp::Smpp(std::uint32_t sessions, std::uint32_t requests, Counters& counters, Arena& arena, Kept kept)
    : sessions_(sessions, counters, kept.sessions),
      requests_(requests),
      owed_(most_owed, kept.owed),
      room_(std::make_unique_for_overwrite<std::byte[]>(smpp::max_pdu_size)),
      counters_(counters),
      arena_(arena) {
  charsets();  // made now, not with the first message
}

std::size_t Smpp::octets(const flow::Carriage& carriage, flow::StreamState& state, Octets in_order,
                         Consumer& consumer, decode::Trace* trace, Edits* edits) {
  Stream stream{carriage, state, in_order, consumer, trace, edits};
  if (state.lost && stream.mode() != Mode::fresh) stream.set(Mode::searching);
  for (bool more = true; more && !stream.rest().empty() && !state.not_mine;) {
    const std::size_t before = stream.done;
    const Mode mode = stream.mode();
    switch (mode) {
      case Mode::fresh: start(stream); break;
      case Mode::reading: more = next_pdu(stream); break;
      case Mode::searching: search(stream); break;
      case Mode::skipping: skip(stream); break;
    }
    if (stream.done == before && stream.mode() == mode) more = false;
  }
  if (state.finished && stream.mode() == Mode::reading && !stream.rest().empty())
    counters_.add(decode::Layer::smpp, decode::Reason::truncated);
  state.unrecognised = stream.mode() == Mode::searching && !sessions_.knows(carriage);
  return stream.done;
}

// The first octets of a direction.
void Smpp::start(Stream& stream) {
  if (!stream.state.from_start || stream.state.lost) return stream.set(Mode::searching);
  const auto plausible = smpp::plausible_start(stream.rest());
  if (plausible == smpp::Plausible::need_more) return;
  if (plausible != smpp::Plausible::no) stream.set(Mode::reading);
  else if (sessions_.knows(stream.carriage)) stream.set(Mode::searching);  // from the other direction
  else give_up(stream);
}

void Smpp::search(Stream& stream) {
  const auto boundary = smpp::find_boundary(stream.rest());
  stream.done += boundary.offset;
  const std::uint64_t seen = stream.count() + boundary.offset;
  if (boundary.found) {
    counters_.add(Count::skipped_smpp_to_next_pdu);
    if (seen != 0) counters_.add(Count::uninspected_smpp_rest);
    return stream.set(Mode::reading);
  }
  if (seen > search_limit && !sessions_.knows(stream.carriage)) return give_up(stream);
  stream.set(Mode::searching, seen);
}

void Smpp::skip(Stream& stream) {
  const auto skipped =
      static_cast<std::uint32_t>(std::min<std::size_t>(stream.count(), stream.rest().size()));
  stream.done += skipped;
  if (skipped == stream.count()) stream.set(Mode::reading);
  else stream.set(Mode::skipping, stream.count() - skipped);
}

void Smpp::give_up(Stream& stream) {
  stream.state.not_mine = true;
  stream.done = stream.all.size();
}

// False where more octets are needed.
bool Smpp::next_pdu(Stream& stream) {
  const smpp::Frame frame = smpp::frame(stream.rest());
  switch (frame.kind) {
    case smpp::Frame::Kind::need_more: return false;
    case smpp::Frame::Kind::lost: break;
    case smpp::Frame::Kind::oversized:
      if (frame.size <= skip_limit && stream.rest().size() < command_id_end) return false;
      counters_.add(Count::unread_smpp_too_long);
      if (frame.size > skip_limit) break;
      if (spoil(stream.carriage, stream.rest(), stream.edits_behind(command_id_at)))
        counters_.add(Count::spoilt_smpp_too_long);
      stream.set(Mode::skipping, frame.size);
      return true;
    case smpp::Frame::Kind::pdu: {
      flow::Carriage carriage = stream.carriage;
      carriage.position += stream.done;
      const Octets octets = stream.rest().first(frame.size);
      Edits* const edits = stream.edits_behind(unchanged_octets(octets));
      Edits* const spoiling = stream.edits_behind(command_id_at);
      stream.done += frame.size;
      if (passes_over_ && pass_over(octets)) return true;
      if (read(carriage, octets, stream.consumer, stream.trace, edits)) return true;
      if (kind_of(smpp::command_id_of(octets)) == Kind::message && spoil(carriage, octets, spoiling))
        counters_.add(Count::spoilt_smpp_unreadable);
      if (!sessions_.knows(carriage))
        stream.set(Mode::searching, frame.size);  // not SMPP, or not a good beginning
      return true;
    }
  }
  // The place is no boundary.
  if (frame.kind == smpp::Frame::Kind::lost) counters_.add(decode::Layer::smpp, decode::Reason::bad_length);
  ++stream.done;
  stream.set(Mode::searching, 1);
  return true;
}

// Whether the PDU was passed over.
bool Smpp::pass_over(Octets pdu) {
  const Kind kind = kind_of(smpp::command_id_of(pdu));
  if (kind == Kind::message) counters_.add(Count::uninspected_overload_messages);
  return kind != Kind::signalling;
}

// A PDU that cannot be read: where nothing may pass unread, its receiver shall not know it. Whether that is
// so.
bool Smpp::spoil(const flow::Carriage& carriage, Octets pdu, Edits* edits) {
  if (edits == nullptr || carriage.link == nullptr || !carriage.link->closed) return false;
  return edits->replace(pdu.subspan(command_id_at, unassigned_command_id.size()), unassigned_command_id);
}

void Smpp::pdu(const flow::Carriage& carriage, Octets octets, Consumer& consumer, decode::Trace* trace,
               Edits* edits) {
  (void)read(carriage, octets, consumer, trace, edits);
}

bool Smpp::read(const flow::Carriage& carriage, Octets octets, Consumer& consumer, decode::Trace* trace,
                Edits* edits) {
  const auto decoded = smpp::decode(octets, trace);
  if (!decoded) {
    counters_.add(decoded.error());
    return false;
  }
  const Pdu& pdu = *decoded;
  const SmppSession& connection = sessions_.see(pdu, carriage);

  if (carriage.frame != frame_) item_ = 0;
  frame_ = carriage.frame;
  Message message;
  message.id = identify(carriage.connection, carriage.position, 0, octets);
  message.time_ns = carriage.time_ns;
  message.frame = carriage.frame;
  message.item = item_++;
  name_link(carriage, message);
  message.origin.ip = carriage.source;
  message.origin.port = carriage.source_port;
  message.destination.ip = carriage.destination;
  message.destination.port = carriage.destination_port;
  read_smpp_message(pdu, message, arena_, counters_, trace);
  const SmppSession::Side sender = side_of_sender(connection, carriage);
  message.direction = direction_of(pdu.command_id, sender);
  message.smpp.system_id = as_utf8(connection.system_id(), arena_);
  pair(pdu, carriage, sender, message);
  const Reading reading{carriage, octets, pdu, edits};
  const bool has_tlvs = connection.has_tlvs();
  if (pdu.is_response()) answer(reading, message);
  if (message.kind == Kind::message) {
    message.editable = edits != nullptr && edits->has_room(octets.size());
    message.divert_room = divert_room(pdu, has_tlvs);
  }
  consumer.accept(message);
  if (message.kind == Kind::message) enforce(reading, has_tlvs, message.judgement);
  arena_.reset();
  return true;
}

// Remembers a request, finds that of a response.
void Smpp::pair(const Pdu& pdu, const flow::Carriage& carriage, SmppSession::Side sender, Message& message) {
  const auto id = static_cast<std::uint32_t>(pdu.command_id);
  if (!pdu.is_response()) {
    const bool unanswered = pdu.command_id == CommandId::outbind ||  // SMPP 3.4 4.1.7, 4.12
                            pdu.command_id == CommandId::alert_notification;
    if (!unanswered && !requests_.insert({carriage.connection, carriage.frame, pdu.sequence_number, id}))
      counters_.add(Count::evicted_smpp_request);
    return;
  }
  const auto request = requests_.take(carriage.opposite, pdu.sequence_number);
  if (!request) return;
  const bool nack = pdu.command_id == CommandId::generic_nack;
  if (!nack && id != (request->operation | smpp::response_bit)) return;
  message.answers_frame = request->frame;
  if (nack) message.direction = direction_of(static_cast<CommandId>(request->operation), other(sender));
}

// Does to the octets what was decided, and remembers what their sender is to be told.
void Smpp::enforce(const Reading& reading, bool has_tlvs, const Judgement& judgement) {
  const auto& [carriage, octets, pdu, edits] = reading;
  // Whatever was owed to a message of the same number is no longer: the number is used anew.
  (void)owed_.take(carriage.connection, pdu.sequence_number);
  if (edits == nullptr) return;
  if (!judgement.enforced) {
    if (changes_message(judgement.verdict)) counters_.add(Count::lost_edit);
    return;
  }
  const std::span<std::byte> room{room_.get(), smpp::max_pdu_size};
  const auto replace_body = [edits = edits, octets = octets](Octets by) {
    return edits->replace(octets.subspan(smpp::header_size), by.subspan(smpp::header_size));
  };
  if (judgement.verdict == Verdict::divert) {
    (void)replace_body(diverted_pdu(pdu, octets, judgement.divert_to, room));
    return;
  }
  if (!replace_body(stopped_pdu(pdu, octets, has_tlvs, room))) return;
  const std::uint32_t status =
      judgement.smpp_status != 0 ? judgement.smpp_status : default_status(pdu.command_id, judgement.verdict);
  if (!owed_.insert({.asker = carriage.connection,
                     .time_ns = carriage.time_ns,
                     .number = pdu.sequence_number,
                     .operation = static_cast<std::uint32_t>(pdu.command_id),
                     .code = status,
                     .accepted = judgement.accepted}))
    counters_.add(Count::evicted_owed_reply);
}

// The response to a message that was stopped says what its sender is to be told. It keeps its length, so one
// without a body cannot say that the message was accepted.
void Smpp::answer(const Reading& reading, Message& message) {
  const auto& [carriage, octets, pdu, edits] = reading;
  const auto owed = owed_.take(carriage.opposite, pdu.sequence_number);
  if (!owed) return;
  const bool nack = pdu.command_id == CommandId::generic_nack;
  if (!nack && static_cast<std::uint32_t>(pdu.command_id) != (owed->operation | smpp::response_bit)) return;
  const bool accepted = owed->accepted && (nack || octets.size() > smpp::header_size);
  Answer& answer = message.answer;
  answer.owed = true;
  answer.given = !nack && edits != nullptr && edits->has_room(4);
  if (owed->accepted) answer.as = accepted ? "accepted" : "rejected";
  if (!accepted) answer.smpp_status = owed->code;
  if (answer.given)
    answer.given = edits->replace(octets.subspan(command_status_at, 4), big_endian(answer.smpp_status));
}

}  // namespace tollgate::inspect
