#include "decode/smpp_frame.hpp"

#include <algorithm>

namespace tollgate::decode::smpp {
namespace {

constexpr std::size_t chain_length = 4;  // headers that a boundary in the middle of a stream must lead to

std::uint32_t number(Octets octets, std::size_t at) {
  return std::to_integer<std::uint32_t>(octets[at]) << 24U |
         std::to_integer<std::uint32_t>(octets[at + 1]) << 16U |
         std::to_integer<std::uint32_t>(octets[at + 2]) << 8U |
         std::to_integer<std::uint32_t>(octets[at + 3]);
}

// The standard reserves what is above for vendors, who use little of it (SMPP 3.4 5.1.2.1).
constexpr std::uint32_t largest_command_id = 0x000102FF;

bool possible_length(std::uint32_t length) { return length >= header_size && length <= max_pdu_size; }

// Mandatory octets after the header, every C-octet string empty. A response may lack its body.
std::size_t smallest_body(CommandId id) {
  using enum CommandId;
  switch (id) {
    case bind_receiver:
    case bind_transmitter:
    case bind_transceiver: return 7;
    case outbind: return 2;
    case submit_sm:
    case deliver_sm: return 17;
    case submit_multi: return 14;
    case data_sm: return 10;
    case query_sm:
    case query_msg_details:
    case query_last_msgs:
    case query_broadcast_sm: return 4;
    case cancel_sm: return 8;
    case replace_sm: return 9;
    case alert_notification: return 6;
    case broadcast_sm: return 11;
    case cancel_broadcast_sm: return 5;
    case param_retrieve: return 1;
    default: return 0;
  }
}

bool has_no_body(CommandId id) {
  using enum CommandId;
  return id == unbind || id == unbind_resp || id == enquire_link || id == enquire_link_resp;
}

bool carries_message(CommandId id) {
  using enum CommandId;
  return id == submit_sm || id == submit_multi || id == deliver_sm || id == data_sm || id == broadcast_sm;
}

enum class Status : bool { as_required, any_where_a_message_is };

/// command_status of a request shall be 0 (SMPP 3.4 3.2). Receivers ignore it: a message may have another.
bool plausible_header(Octets header, Status status) {
  const std::uint32_t length = number(header, 0);
  if (!possible_length(length)) return false;
  const auto id = command_id_of(header);
  if (name_of(id).empty()) return false;
  const bool is_any = is_response(id) || (status == Status::any_where_a_message_is && carries_message(id));
  if (!is_any && number(header, 8) != 0) return false;
  if (has_no_body(id)) return length == header_size;
  return length >= header_size + smallest_body(id);
}

bool chain_follows(Octets stream) {
  for (std::size_t links = 0; links < chain_length && stream.size() >= header_size; ++links) {
    if (!plausible_header(stream, Status::any_where_a_message_is)) return false;
    stream = stream.subspan(std::min<std::size_t>(number(stream, 0), stream.size()));
  }
  return stream.size() >= header_size || plausible_start(stream) == Plausible::need_more;
}

}  // namespace

CommandId command_id_of(Octets pdu) { return static_cast<CommandId>(number(pdu, 4)); }

Frame frame(Octets stream, std::size_t max_size) {
  if (stream.size() < 4) return {Frame::Kind::need_more, header_size};
  const std::uint32_t length = number(stream, 0);
  if (length < header_size) return {Frame::Kind::lost, length};
  if (length > max_size) return {Frame::Kind::oversized, length};
  return {stream.size() < length ? Frame::Kind::need_more : Frame::Kind::pdu, length};
}

Plausible plausible_start(Octets stream) {
  if (!stream.empty() && stream[0] != std::byte{0}) return Plausible::no;
  if (stream.size() >= 4 && !possible_length(number(stream, 0))) return Plausible::no;
  if (stream.size() >= 8 && (number(stream, 4) & ~response_bit) > largest_command_id) return Plausible::no;
  if (stream.size() < header_size) return Plausible::need_more;
  return plausible_header(stream, Status::as_required) ? Plausible::yes : Plausible::shape;
}

Boundary find_boundary(Octets stream) {
  std::size_t at = 0;
  for (; at + header_size <= stream.size(); ++at) {
    if (stream[at] != std::byte{0}) continue;
    const Octets rest = stream.subspan(at);
    if (plausible_header(rest, Status::any_where_a_message_is) && chain_follows(rest)) return {true, at};
  }
  while (at < stream.size() && plausible_start(stream.subspan(at)) != Plausible::need_more) ++at;
  return {false, at};
}

}  // namespace tollgate::decode::smpp
