#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decode/result.hpp"

namespace tollgate {

// Every drop, pass-unread and eviction has a reason, and the reason's name is its counter. A line here is
// all that a new one needs: X(name, what a person is told of it).
// clang-format off
#define TOLLGATE_COUNTS(X) \
  X(packets, "packets seen") \
  X(octets, "octets seen") \
  X(unread_not_ip, "packets that are neither IP nor SS7 (ARP and others)") \
  X(unread_other_transport, "IP packets that are neither SCTP nor TCP") \
  X(unread_other_tcp, "TCP segments of connections that are not SMPP") \
  X(unread_unrecognised_tcp, "TCP connections that ended while a first SMPP PDU was looked for") \
  X(unread_other_ppid, "SCTP user messages that are not SIGTRAN") \
  X(unread_other_user, "MTP3 messages of other users than SCCP (ISUP, management)") \
  X(unread_connection_oriented, "SCCP connection-oriented messages") \
  X(unread_other_subsystem, "SCCP messages that do not carry TCAP") \
  X(unread_encrypted, "packets of encrypted connections (TLS, DTLS, IPsec)") \
  X(unread_mtp3_variant, "MTP3 messages of the ANSI or Japanese variant: recognised, not read") \
  X(unread_ansi_tcap, "ANSI TCAP messages: recognised, not read") \
  X(unread_not_map, "TCAP messages of other applications than MAP") \
  X(unread_ip_fragments, "IP fragments of datagrams in more pieces than are put together") \
  X(refused_ip_fragments, "IP fragments refused: they contradict others of their datagram") \
  X(evicted_ip_fragments, "IP datagrams forgotten before all their fragments came") \
  X(parted_ip_datagram, "IP datagrams given to the worker of their addresses: their first fragment came too late, or too many waited") \
  X(evicted_ip_spread, "IP datagrams in fragments whose worker was forgotten for newer ones") \
  X(uninspected_ip_hold, "IP datagrams whose fragments went on unread: the rest did not come in time, or there was no room") \
  X(stopped_ip_hold, "IP datagrams whose fragments were dropped: the rest did not come in time, or there was no room") \
  X(stopped_ip_late, "IP datagrams that were to be changed after some fragments had left: the rest was dropped") \
  X(dropped_ip_refused, "IP fragments dropped: they contradict others, or no packet is as long as their datagram") \
  X(dropped_ip_repeated, "IP datagrams that had left changed, of which some fragments came again: dropped") \
  X(dropped_ip_no_hold, "IP fragments dropped that had to wait where no room was") \
  X(repeated_sctp_data, "SCTP user data seen again, not read twice") \
  X(reused_sctp_tsn, "SCTP user data with a TSN that carried other data before: read as well") \
  X(misplaced_sctp, "SCTP INITs that came in where the data they speak of does: not believed") \
  X(unread_sctp_too_long, "SCTP user messages in too many fragments: not read") \
  X(evicted_sctp_association, "directions of SCTP associations forgotten for newer ones") \
  X(evicted_sctp_fragment, "SCTP fragments forgotten before their message was whole") \
  X(repeated_tcp_segment, "TCP segments whose octets were read before: not read again") \
  X(late_tcp_segment, "TCP segments with octets that were given up before they came: these are not read") \
  X(unread_tcp_out_of_window, "TCP segments far from where their stream is: not read") \
  X(restarted_tcp_connection, "TCP connections picked up anew: both ends had gone on where nothing was seen") \
  X(unread_tcp_behind, "TCP segments from before what is kept, of an unseen receiver, that went on unread") \
  X(stopped_tcp_behind, "TCP segments from before what is kept, of an unseen receiver, that were stopped") \
  X(misplaced_tcp, "TCP segments that came in where their receiver's do: what they say of it was not believed") \
  X(dropped_tcp_astray, "TCP segments that fit nothing seen: their octets were dropped, their receiver was asked") \
  X(skipped_tcp_gap, "gaps in TCP streams that were given up: reading goes on behind them") \
  X(crowded_tcp_gap, "gaps in TCP streams that were given up early: too many pieces waited behind them") \
  X(lost_tcp_too_many_pieces, "octets of TCP streams lost because too many pieces waited behind a gap") \
  X(lost_tcp_no_buffer, "octets of TCP streams lost because no buffer was free") \
  X(unread_tcp_too_long, "remainders of TCP streams dropped: no PDU is that long") \
  X(unread_tcp_held, "times that TCP octets went on unread: the rest of their PDU did not come in time") \
  X(stopped_tcp_held, "times that TCP octets went on spoiled: the rest of their PDU did not come in time") \
  X(unread_tcp_no_buffer, "TCP segments that went on unread: there was no room for their connection") \
  X(stopped_tcp_no_buffer, "TCP segments stopped: there was no room for their connection") \
  X(unread_tcp_authenticated, "TCP segments with TCP-MD5 or TCP-AO that went on unread") \
  X(stopped_tcp_authenticated, "TCP segments with TCP-MD5 or TCP-AO that were stopped") \
  X(dropped_tcp_authenticated, "TCP segments dropped: signed, on a connection that is not") \
  X(taken_tcp_custody, "times that TCP octets were acknowledged in their receiver's place") \
  X(lost_tcp_custody, "TCP connections whose receiver never got what was acknowledged in its place") \
  X(lost_tcp_unknown_custody, "TCP connections, seen from their middle, whose receiver lacks what came before") \
  X(restarted_tcp_stream, "TCP streams read from the middle that began anew at earlier octets") \
  X(refused_tcp_octets, "TCP octets not taken: beyond the receiver's window, or no room behind a gap") \
  X(dropped_tcp_reset, "held TCP octets dropped by a reset") \
  X(dropped_tcp_gap, "times that TCP octets behind a gap were dropped: it was open too long") \
  X(cleared_tcp_urgent, "urgent pointers taken out of TCP segments") \
  X(cut_tcp_syn, "TCP SYNs whose octets were cut off: they come again") \
  X(evicted_tcp_connection, "TCP connections forgotten for newer ones") \
  X(evicted_dialogue, "ends of TCAP dialogues forgotten for newer ones") \
  X(evicted_invoke, "unanswered operations forgotten for newer ones of the same dialogue") \
  X(unmatched_end, "TCAP Ends without a component, of dialogues that were not seen") \
  X(unmatched_abort, "TCAP Aborts that end no operation that was seen") \
  X(unread_too_large, "packets larger than a buffer (65,535 octets)") \
  X(unread_no_buffer, "packets for which no buffer was free") \
  X(uninspected_overload, "packets passed unread because more came than there was time for") \
  X(uninspected_overload_messages, "in these: requests of SMPP with messages, and user data of SS7, which may be one") \
  X(dropped_overload, "packets dropped because more came than there was time for (overload: closed)") \
  X(lost_port_full, "packets that a port lost because its ring was full") \
  X(lost_port_no_buffer, "packets that a port lost because no buffer was free") \
  X(lost_port_error, "packets that a port lost because they were damaged or did not fit") \
  X(lost_no_worker_room, "packets dropped because a worker was behind by all that its ring holds") \
  X(lost_in_pieces, "packets dropped because a port gave them in pieces that do not fit one buffer") \
  X(lost_no_tx_room, "packets dropped because the port where they leave took no more") \
  X(lost_edit, "changes of octets for which there was no room") \
  X(uninspected_sctp_authenticated, "SCTP packets of SS7 that their AUTH chunk keeps from being edited") \
  X(stopped_sctp_authenticated, "SCTP packets of SS7 with an AUTH chunk that were stopped (overload: closed)") \
  X(uninspected_sctp_hold, "SCTP packets let go with messages whose rest did not come in time") \
  X(spoiled_sctp_hold, "pieces of messages made unreadable because their rest did not come in time") \
  X(dropped_sctp_ambiguous, "SCTP packets dropped: a TSN came with two contents, or too many pieces of messages") \
  X(divided_sctp_packets, "copies made of SCTP packets without the pieces of messages in them, which are held") \
  X(dropped_sctp_forgotten, "SCTP packets dropped whose verdict was forgotten before they left; they are sent again") \
  X(edited_sctp_packets, "SCTP packets that were edited") \
  X(forgotten_sctp_edit, "SCTP user data sent again after its verdict was forgotten: judged again") \
  X(adopted_tcp_connection, "TCP connections taken over from an earlier process") \
  X(lost_event, "events that found the ring to the sinks full") \
  X(ignored_user_data_header, "user data headers ignored as broken") \
  X(lost_text_no_room, "texts for which the arena had no room") \
  X(repeated_part, "parts of concatenated messages seen again, text and all") \
  X(replaced_parts, "unfinished messages whose reference began a new one") \
  X(evicted_parts, "unfinished messages forgotten for newer ones") \
  X(unfinished_ip_datagram, "IP datagrams of which fragments were missing at the end of the input") \
  X(unfinished_sctp_fragment, "SCTP fragments whose message was not whole at the end of the input") \
  X(unfinished_sccp_segments, "segmented SCCP messages whose rest was missing at the end of the input") \
  X(unfinished_tcp_stream, "TCP streams that stood within a PDU at the end of the input") \
  X(unfinished_parts, "concatenated messages of which parts were missing at the end of the input") \
  X(expired_parts, "unfinished messages forgotten for their age") \
  X(unread_part_too_long, "parts longer than any real one: not put together") \
  X(unread_sccp_out_of_order, "SCCP segments that contradict the first of their message: not read") \
  X(replaced_sccp_segments, "segmented SCCP messages whose first segment came again") \
  X(unread_sccp_too_long, "segmented SCCP messages longer than 16 segments of 255 octets: not read") \
  X(expired_sccp_segments, "segmented SCCP messages whose rest did not come in time") \
  X(evicted_sccp_segments, "segmented SCCP messages given up for newer ones, the table being full") \
  X(unread_smpp_too_long, "SMPP PDUs larger than the bound, passed over") \
  X(skipped_smpp_to_next_pdu, "times that an SMPP stream was picked up at a later PDU") \
  X(uninspected_smpp_rest, "rests of SMPP PDUs that passed unread: their beginning was not seen") \
  X(ignored_smpp_message_payload, "message_payloads beside other text of their SMPP PDU: shown, not read") \
  X(mended_smpp_string, "SMPP responses that end in the place of a NUL: read all the same") \
  X(spoilt_smpp_unreadable, "SMPP PDUs that carry messages and cannot be decoded, made unknown to their receivers") \
  X(spoilt_smpp_too_long, "SMPP PDUs larger than the bound, made unknown to their receivers") \
  X(evicted_owed_reply, "messages stopped whose answers pass unchanged: forgotten for newer ones") \
  X(evicted_smpp_request, "unanswered SMPP requests forgotten for newer ones") \
  X(evicted_smpp_session, "SMPP connections whose account was forgotten for newer ones") \
  X(leaks_not_kept, "messages that leaked and are not in the ledger, which was behind") \
  X(refusals_not_kept, "refused charges that are in no statement, as the ledger was behind")
// clang-format on

/// A counter of something other than a decoder's error.
enum class Count : std::uint8_t {
#define X(name, help) name,
  TOLLGATE_COUNTS(X)
#undef X
};
inline constexpr std::array all_counts{
#define X(name, help) Count::name,
    TOLLGATE_COUNTS(X)
#undef X
};
inline constexpr std::size_t count_count = all_counts.size();

std::string_view to_string(Count count);
std::string_view help(Count count);

/// Those of packets and messages that may have been short messages, and that nobody looked at.
inline constexpr std::array hiding_counts{Count::unread_encrypted,
                                          Count::unread_mtp3_variant,
                                          Count::unread_ansi_tcap,
                                          Count::unread_ip_fragments,
                                          Count::uninspected_ip_hold,
                                          Count::unread_sctp_too_long,
                                          Count::unread_tcp_out_of_window,
                                          Count::unread_tcp_behind,
                                          Count::unread_tcp_too_long,
                                          Count::unread_tcp_held,
                                          Count::unread_tcp_no_buffer,
                                          Count::unread_tcp_authenticated,
                                          Count::unread_too_large,
                                          Count::unread_no_buffer,
                                          Count::uninspected_overload_messages,
                                          Count::uninspected_sctp_authenticated,
                                          Count::uninspected_sctp_hold,
                                          Count::unread_part_too_long,
                                          Count::unread_sccp_out_of_order,
                                          Count::unread_sccp_too_long,
                                          Count::unread_smpp_too_long,
                                          Count::uninspected_smpp_rest};

/// The counters of one worker: written by that worker alone, read by whoever reports once it has stopped.
class Counters {
 public:
  /// Links that `hiding_counts` are kept of; further ones are counted with the last of these.
  static constexpr std::size_t most_links = 16;

  /// What is counted from now on was seen on this link, by its place among all.
  void be_on(std::size_t link) { link_ = std::min(link, most_links - 1); }

  void add(Count count, std::uint64_t n = 1) {
    counts_[static_cast<std::size_t>(count)] += n;
    const std::uint8_t hiding = hiding_places[static_cast<std::size_t>(count)];
    if (hiding != none) by_link_[link_][hiding] += n;
  }
  void add(decode::Layer layer, decode::Reason reason) {
    ++errors_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(reason)];
  }
  void add(const decode::Error& error) { add(error.layer, error.reason); }

  void add(const Counters& other);

  std::uint64_t of(Count count) const { return counts_[static_cast<std::size_t>(count)]; }
  /// One of hiding_counts, as seen on a link.
  std::uint64_t of(Count count, std::size_t link) const {
    return by_link_[link][hiding_places[static_cast<std::size_t>(count)]];
  }
  std::uint64_t of(decode::Layer layer, decode::Reason reason) const {
    return errors_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(reason)];
  }

 private:
  static constexpr std::uint8_t none = 0xFF;
  /// Where a counter stands among those that are kept by link.
  static constexpr std::array<std::uint8_t, count_count> hiding_places = [] {
    std::array<std::uint8_t, count_count> places{};
    places.fill(none);
    for (std::uint8_t i = 0; i < hiding_counts.size(); ++i)
      places[static_cast<std::size_t>(hiding_counts[i])] = i;
    return places;
  }();

  std::size_t link_ = 0;
  std::array<std::uint64_t, count_count> counts_{};
  std::array<std::array<std::uint64_t, hiding_counts.size()>, most_links> by_link_{};
  std::array<std::array<std::uint64_t, decode::reason_count>, decode::layer_count> errors_{};
};

}  // namespace tollgate
