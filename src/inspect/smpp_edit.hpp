#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "decode/smpp.hpp"
#include "message/judgement.hpp"
#include "message/message.hpp"

// What becomes of an SMPP PDU by a verdict. Its length never changes: what an edit frees is filled with one
// optional parameter of Tollgate's own, at the end.
namespace tollgate::inspect {

/// The tag of that parameter, of those that are left to vendors (SMPP 3.4 3.2.4, table 3-1). Its value is
/// zeros.
inline constexpr std::uint16_t filler_tag = 0x3754;

/// Where a PDU's command_id stands (SMPP 3.4 3.2), and one that no version assigns: the receiver answers with
/// generic_nack (4.3).
inline constexpr std::size_t command_id_at = 4;
inline constexpr std::size_t command_id_end = 8;
inline constexpr std::array unassigned_command_id{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0xFF}};

/// A message that nobody receives, and the sender of which the receiver tells so: of submit_sm, data_sm,
/// submit_multi, deliver_sm and broadcast_sm.
///
/// Destinations are emptied, number_of_dests and sm_length are 0, message_payload (and of broadcast_sm the
/// areas) is left out, and so is a tail that is no optional parameter; registered_delivery is 0, and there is
/// no user data header any more. Where that frees less than four octets, or where the receiver reads no
/// optional parameters, everything keeps its place: addresses become `*`, texts blanks.
///
/// `octets` is what `pdu` was decoded from. The result stands in `room`, which is as large at least.
Octets stopped_pdu(const decode::smpp::Pdu& pdu, Octets octets, bool has_tlvs, std::span<std::byte> room);

/// Where `diverted_pdu` can put a number.
DivertRoom divert_room(const decode::smpp::Pdu& pdu, bool has_tlvs);

/// The same message for `number` alone: digits, E.164 where they are more than 6, else a short code.
/// Precondition: they fit divert_room.
Octets diverted_pdu(const decode::smpp::Pdu& pdu, Octets octets, std::string_view number,
                    std::span<std::byte> room);

/// The command_status that the sender of a stopped message is told where the policy names none.
std::uint32_t default_status(decode::smpp::CommandId request, Verdict verdict);

}  // namespace tollgate::inspect
