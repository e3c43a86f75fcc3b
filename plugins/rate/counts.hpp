#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "windows.hpp"

namespace rate {

/// Zeroed memory that costs nothing until it is written; in huge pages where the system has them. Throws
/// std::bad_alloc.
class Room {
 public:
  explicit Room(std::size_t octets);
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  void* get() const { return octets_; }

 private:
  std::size_t size_;
  void* octets_;
};

/// The rates of any number of keys in bounded memory; all workers use it at once.
///
/// Half of the memory is a table: a key in it is counted exactly. A key finds place there as long as one of
/// the 8 of its bucket is free, or holds a key that the windows have left behind. Else it is counted in the
/// other half, a count-min sketch of 4 rows with conservative update, until it is surely more frequent than
/// the rarest key of its bucket, whose place it then takes. A rate from the sketch is never too low. It is
/// too high by more than e * N / W for at most one key in e^4 (1.8 %), where N is how many messages the
/// sketch counts in the window and W how many cells a row has (Cormode and Muthukrishnan 2005). Keys are told
/// apart by 32 bits and their bucket, 49 bits with 64 MiB.
class Counts {
 public:
  static constexpr std::size_t least_octets = std::size_t{1} << 20U;

  /// Throws std::bad_alloc.
  explicit Counts(std::size_t octets);

  /// Where a key is counted.
  struct Place {
    std::uint32_t bucket;
    std::uint32_t tag;
  };
  Place place(std::uint64_t hash) const;
  void prefetch(const Place& place) const;

  /// Counts one more message of the key, and gives its rates with that. `longest` is the longest window that
  /// anybody asks for. Any thread.
  Rates add(const Place& place, std::uint64_t time_ms, std::size_t longest);

  std::size_t table_places() const { return buckets_per_shard_ * shards_.size() * bucket_places; }
  /// W of the error above.
  std::size_t row_cells() const { return cells_per_row_ * shards_.size(); }
  /// Messages of a window that the sketch counts: N of the error above. Not while others add.
  std::uint64_t in_sketch(std::uint64_t time_ms, std::size_t window) const;

 private:
  static constexpr std::size_t shard_count = 64;
  static constexpr std::size_t bucket_places = 8;
  static constexpr std::size_t rows = 4;

  struct alignas(64) Bucket;
  struct alignas(32) Cell {
    Slots slots;
  };
  /// Of all shards, a part of the buckets and of each row.
  struct alignas(64) Shard {
    std::atomic<bool> locked{false};
    Slots in_sketch;
  };
  class Lock;
  using Cells = std::array<Cell*, rows>;

  Cells cells_of(const Place& place, bool prefetch) const;
  Slots in_cells(const Cells& cells, std::uint32_t second) const;
  Slots add_to_sketch(Shard& shard, const Cells& cells, std::uint32_t second);
  void move_to_sketch(Shard& shard, const Place& place, Slots slots, std::uint32_t second);
  std::uint64_t error(const Shard& shard, std::size_t window) const;

  std::size_t buckets_per_shard_;
  std::size_t cells_per_row_;  ///< and shard
  Room bucket_room_;
  Room cell_room_;
  Bucket* buckets_;
  Cell* cells_;
  std::vector<Shard> shards_;
};

}  // namespace rate
