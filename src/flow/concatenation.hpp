#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "decode/alphabet.hpp"
#include "decode/octets.hpp"
#include "flow/bounded_table.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::flow {

/// Which concatenated message a part belongs to.
struct PartsKey {
  std::uint64_t conversation = 0;  ///< hash of who sends what kind of message to whom
  std::uint16_t reference = 0;
  std::uint8_t total = 0;
  bool wide = false;  ///< 16 bit reference

  friend bool operator==(const PartsKey&, const PartsKey&) = default;
  template <class H>
  friend H AbslHashValue(H h, const PartsKey& key) {
    return H::combine(std::move(h), key.conversation, key.reference, key.total, key.wide);
  }
};

/// The key of a part: protocol, operation, sender, recipient (or IMSI, where a message names no recipient)
/// and `message.parts`. Service centre and account are no part of it: a receiver joins parts that came by
/// different ways, so splitting a message over two of them must not hide it.
PartsKey parts_key(const Message& message);

/// User data without its header, all written in one way.
struct Passage {
  Octets octets;  ///< GSM 7 bit text one septet an octet
  Coding coding = Coding::none;
  decode::NationalLanguage language;  ///< of GSM 7 bit text
};

/// Puts concatenated messages together (TS 23.040 9.2.3.24.1): their octets, before these become text. So a
/// character that was cut at the end of a part (half a surrogate pair, an escape without its septet, the
/// first octet of two) is whole again.
///
/// The rule for repeated and overlapping parts:
///   - a part with the number and the content of one that is held is a repetition: it changes nothing;
///   - a part with the number of one that is held and another content begins a new message with the same
///     reference. An unfinished message is dropped. Of a finished one those parts stay that were repeated
///     since it was finished: two messages in a row may share their first part.
/// So two messages are never joined by overwriting a part, and nothing completes twice unless one of its
/// parts changed.
///
/// Bounds: `messages` keys, finished ones included, and `chunks` pieces of parts. The message that was
/// longest without a part goes first, when one of them is full and after `max_age_ns`. Counted:
/// evicted_parts, expired_parts, replaced_parts (unfinished messages each), repeated_part,
/// unread_part_too_long (above `longest_part`: its message stays unfinished). Allocates only when it is made.
/// Not thread-safe.
class Concatenation {
 public:
  static constexpr std::size_t longest_part = 1024;  ///< octets

  struct Limits {
    std::uint32_t messages = 1U << 16U;
    std::uint32_t chunks = 1U << 17U;  ///< of 256 octets; at least 2,048
    std::uint64_t max_age_ns = 600'000'000'000;
  };

  explicit Concatenation(const Limits& limits);

  /// Adds the part `sequence` (1..key.total). Gives the whole when this part completes it, else nothing:
  /// parts that are written in the same way and follow each other are one passage. Good until the next call.
  std::span<const Passage> add(const PartsKey& key, std::uint8_t sequence, const Passage& part,
                               std::uint64_t now_ns, Counters& counters);

  /// Of a message of which parts are held: what blocked one of them, kept here for those that come later. It
  /// is forgotten with the message, and when that begins anew. Null where none is held; good until the next
  /// `add`.
  Decision* blocked_by(const PartsKey& key) {
    Entry* const entry = entries_.find(key);
    return entry == nullptr ? nullptr : &entry->blocked_by;
  }

  /// The end of the input: counts what waits in vain.
  void finish(Counters& counters) const;

  std::uint32_t size() const { return entries_.size(); }
  std::uint32_t chunks_used() const { return used_; }
  TableUse message_use() const { return entries_.use(); }
  TableUse chunk_use() const { return {used_, capacity_}; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// A piece of a part. A part is named by its first chunk, which alone has all but `next` and `octets`.
  struct Chunk {
    std::uint32_t next;       ///< chunk of the same part; while free: the next free chunk
    std::uint32_t next_part;  ///< first chunk of another part of the message
    std::uint16_t length;     ///< of the whole part
    std::uint8_t sequence;
    bool again;  ///< repeated since the message was finished
    Coding coding;
    decode::NationalLanguage language;
    std::byte octets[241];

    bool written_as(const Passage& passage) const {
      return coding == passage.coding && language == passage.language;
    }
  };
  static_assert(sizeof(Chunk) == 256);

  struct Entry {
    std::uint64_t last_ns = 0;
    std::uint32_t parts = none;  ///< in no order
    std::uint8_t count = 0;
    bool finished = false;
    Decision blocked_by;
  };

  void expire(std::uint64_t now_ns, Counters& counters);
  void make_room(const PartsKey& keep, std::size_t chunks, Counters& counters);
  std::uint32_t find_part(const Entry& entry, std::uint8_t sequence) const;
  bool is(std::uint32_t held, const Passage& part) const;
  void note_repetition(Entry& entry, std::uint32_t part);
  void begin_anew(Entry& entry, std::uint8_t sequence, Counters& counters);
  void store(Entry& entry, std::uint8_t sequence, const Passage& part);
  std::span<const Passage> join(Entry& entry);
  std::uint32_t take_chunk();
  void release_part(std::uint32_t part);
  void release_all(Entry& entry);

  BoundedTable<PartsKey, Entry> entries_;
  std::unique_ptr<Chunk[]> chunks_;
  std::unique_ptr<std::byte[]> whole_;
  std::unique_ptr<Passage[]> passages_;
  std::uint32_t capacity_;
  std::uint32_t used_ = 0;
  std::uint32_t fresh_ = 0;  ///< chunks from here on were never used
  std::uint32_t free_ = none;
  std::uint64_t max_age_ns_;
};

}  // namespace tollgate::flow
