#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "message/table_use.hpp"

namespace tollgate::engine {

// Every bounded table. A line here is all that a new one needs: X(name, what its entries are, where an Engine
// has it). Those without such a place are the shell's.
// clang-format off
#define TOLLGATE_TABLES(X) \
  X(tcp_connections, "TCP connections that Tollgate stands in", relay_ ? relay_->connection_use() : TableUse{}) \
  X(tcp_buffers, "buffers for octets of these", relay_ ? relay_->buffer_use() : TableUse{}) \
  X(read_tcp_connections, "TCP connections that are only read", streams_.connection_use()) \
  X(read_tcp_buffers, "buffers for octets of these", streams_.buffer_use()) \
  X(sctp_directions, "directions of SCTP associations", associations_.direction_use()) \
  X(sctp_fragments, "SCTP fragments whose message is not whole", associations_.fragment_use()) \
  X(sctp_held_packets, "SCTP packets that wait for the rest of a message", sctp_.held_use()) \
  X(ip_datagrams, "IP datagrams of which fragments have come", fragments_.use()) \
  X(ip_held_datagrams, "IP datagrams whose fragments are held", ip_.datagram_use()) \
  X(ip_held_fragments, "IP fragments that are held", ip_.piece_use()) \
  X(ip_changed_datagrams, "IP datagrams that left changed, none of whose fragments may leave again", ip_.changed_use()) \
  X(ip_left_datagrams, "IP datagrams of which fragments left unread", ip_.left_use()) \
  X(ip_spread_datagrams, "IP datagrams in fragments whose worker is known", TableUse{}) \
  X(sccp_segmented_messages, "segmented SCCP messages that are not whole", sigtran_.segment_use()) \
  X(map_dialogue_ends, "ends of open TCAP dialogues", sigtran_.dialogue_use()) \
  X(map_owed_replies, "answers owed to senders of stopped MAP messages", sigtran_.owed_use()) \
  X(smpp_sessions, "SMPP connections of which something is known", smpp_.session_use()) \
  X(smpp_requests, "SMPP requests whose response is waited for", smpp_.request_use()) \
  X(smpp_owed_replies, "answers owed to senders of stopped SMPP messages", smpp_.owed_use()) \
  X(long_messages, "long messages of which parts have come", stages_.long_message_use()) \
  X(long_message_chunks, "pieces of 241 octets for these parts", stages_.part_chunk_use()) \
  X(remembered_charges, "charges that would be known if they came again", TableUse{}) \
  X(charge_journal, "charges that are not in the ledger yet", stages_.journal_use())
// clang-format on

enum class Table : std::uint8_t {
#define X(name, entries, use) name,
  TOLLGATE_TABLES(X)
#undef X
};
inline constexpr std::array all_tables{
#define X(name, entries, use) Table::name,
    TOLLGATE_TABLES(X)
#undef X
};

constexpr std::string_view to_string(Table table) {
  constexpr std::array<std::string_view, all_tables.size()> names{
#define X(name, entries, use) #name,
      TOLLGATE_TABLES(X)
#undef X
  };
  return names[static_cast<std::size_t>(table)];
}

/// How full all tables are.
class TableUses {
 public:
  TableUse& of(Table table) { return all_[static_cast<std::size_t>(table)]; }
  const TableUse& of(Table table) const { return all_[static_cast<std::size_t>(table)]; }

  /// Those of another worker.
  void add(const TableUses& other) {
    for (const Table table : all_tables) of(table).add(other.of(table));
  }

 private:
  std::array<TableUse, all_tables.size()> all_{};
};

}  // namespace tollgate::engine
