#include "counts.hpp"

#include <limits>
#include <new>
#include <numbers>

#include <sys/mman.h>

namespace rate {
namespace {

/// Time in whole seconds, until 2106.
std::uint32_t second_of(std::uint64_t time_ms) {
  constexpr std::uint64_t last = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(time_ms / 1000, last));
}

/// `of` places, evenly, by a number whose high bits are random.
std::size_t reduce(std::uint32_t random, std::size_t of) { return (std::uint64_t{random} * of) >> 32U; }

/// Finalizer of MurmurHash3: each bit of the result depends on all of `x`.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 33U)) * 0xff51afd7ed558ccdU;
  x = (x ^ (x >> 33U)) * 0xc4ceb9fe1a85ec53U;
  return x ^ (x >> 33U);
}

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

Room::Room(std::size_t octets)
    : size_(octets),
      octets_(::mmap(nullptr, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
  if (octets_ == MAP_FAILED) throw std::bad_alloc();
  ::madvise(octets_, octets, MADV_HUGEPAGE);
}
Room::~Room() { ::munmap(octets_, size_); }

/// A key's tag is never 0: that place is free. Tags and times stand together, so that a look at one cache
/// line tells whether the key is there.
struct alignas(64) Counts::Bucket {
  struct Counted {
    std::array<std::uint32_t, windows.size()> current;
    std::array<std::uint32_t, windows.size()> before;
  };
  std::array<std::uint32_t, bucket_places> tags;
  std::array<std::uint32_t, bucket_places> newest;
  std::array<Counted, bucket_places> counted;

  Slots get(std::size_t i) const { return {newest[i], counted[i].current, counted[i].before}; }
  void set(std::size_t i, std::uint32_t tag, const Slots& slots) {
    tags[i] = tag;
    newest[i] = slots.newest;
    counted[i] = {slots.current, slots.before};
  }
};

class Counts::Lock {
 public:
  explicit Lock(Shard& shard) : locked_(shard.locked) {
    while (locked_.exchange(true, std::memory_order_acquire)) {
      while (locked_.load(std::memory_order_relaxed)) relax();
    }
  }
  ~Lock() { locked_.store(false, std::memory_order_release); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::atomic<bool>& locked_;
};

Counts::Counts(std::size_t octets)
    : buckets_per_shard_(octets / 2 / sizeof(Bucket) / shard_count),
      cells_per_row_(octets / 2 / sizeof(Cell) / shard_count / rows),
      bucket_room_(buckets_per_shard_ * shard_count * sizeof(Bucket)),
      cell_room_(cells_per_row_ * rows * shard_count * sizeof(Cell)),
      buckets_(static_cast<Bucket*>(bucket_room_.get())),
      cells_(static_cast<Cell*>(cell_room_.get())),
      shards_(shard_count) {
  static_assert(sizeof(Bucket) == 256 && sizeof(Cell) == 32);
}

Counts::Place Counts::place(std::uint64_t hash) const {
  const auto bucket = reduce(static_cast<std::uint32_t>(hash >> 32U), buckets_per_shard_ * shard_count);
  return {static_cast<std::uint32_t>(bucket), std::max(static_cast<std::uint32_t>(hash), 1U)};
}

void Counts::prefetch(const Place& place) const { __builtin_prefetch(&buckets_[place.bucket], 1); }

Rates Counts::add(const Place& place, std::uint64_t time_ms, std::size_t longest) {
  const std::uint32_t second = second_of(time_ms);
  Shard& shard = shards_[place.bucket / buckets_per_shard_];
  const Lock lock(shard);
  Bucket& bucket = buckets_[place.bucket];
  // Asked for before it is known that they are needed: what waits for the bucket waits for them as well.
  const bool in_use = shard.in_sketch.weight(longest) != 0;
  const Cells cells = cells_of(place, in_use);
  const Slot slot(longest, second);
  std::size_t free = bucket_places;
  std::size_t rarest = 0;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < bucket_places; ++i) {
    if (bucket.tags[i] == place.tag) {
      Slots slots = bucket.get(i);
      slots.advance(second);
      for (std::uint32_t& count : slots.current) ++count;
      bucket.set(i, place.tag, slots);
      return slots.rates(time_ms);
    }
    if (bucket.tags[i] == 0 || slot.has_left(bucket.newest[i])) free = std::min(free, i);
  }
  if (free != bucket_places) {
    // It may have been counted in the sketch before.
    Slots slots = in_use ? in_cells(cells, second) : Slots{.newest = second};
    for (std::uint32_t& count : slots.current) ++count;
    bucket.set(free, place.tag, slots);
    return slots.rates(time_ms);
  }
  const Slots slots = add_to_sketch(shard, cells, second);
  for (std::size_t i = 0; i < bucket_places; ++i) {
    const Bucket::Counted& other = bucket.counted[i];
    const std::uint64_t weight = slot.weight(bucket.newest[i], other.current[longest], other.before[longest]);
    if (weight >= least) continue;
    least = weight;
    rarest = i;
  }
  if (slots.weight(longest) > least + error(shard, longest)) {
    move_to_sketch(shard, {place.bucket, bucket.tags[rarest]}, bucket.get(rarest), second);
    bucket.set(rarest, place.tag, slots);
  }
  return slots.rates(time_ms);
}

std::uint64_t Counts::in_sketch(std::uint64_t time_ms, std::size_t window) const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) {
    Slots slots = shard.in_sketch;
    slots.advance(second_of(time_ms));
    sum += slots.weight(window);
  }
  return sum;
}

/// What is known of a key that leaves the table is enough to find its cells.
Counts::Cells Counts::cells_of(const Place& place, bool prefetch) const {
  const std::uint64_t random = mix(std::uint64_t{place.bucket} << 32U | place.tag);
  const auto first = static_cast<std::uint32_t>(random);
  const auto step = static_cast<std::uint32_t>(random >> 32U) | 1U;
  Cell* row = cells_ + place.bucket / buckets_per_shard_ * rows * cells_per_row_;
  Cells cells;
  for (std::uint32_t i = 0; i < rows; ++i, row += cells_per_row_) {
    cells[i] = row + reduce(first + i * step, cells_per_row_);
    if (prefetch) __builtin_prefetch(cells[i], 1);
  }
  return cells;
}

/// The least of all rows, which is not less than what there was of the key.
Slots Counts::in_cells(const Cells& cells, std::uint32_t second) const {
  Slots least;
  least.current.fill(std::numeric_limits<std::uint32_t>::max());
  least.before = least.current;
  for (Cell* cell : cells) {
    cell->slots.advance(second);
    least.newest = std::max(least.newest, cell->slots.newest);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      least.current[i] = std::min(least.current[i], cell->slots.current[i]);
      least.before[i] = std::min(least.before[i], cell->slots.before[i]);
    }
  }
  return least;
}

/// Only cells that are below the key's new count are raised: others are too high already.
Slots Counts::add_to_sketch(Shard& shard, const Cells& cells, std::uint32_t second) {
  Slots slots = in_cells(cells, second);
  for (std::uint32_t& count : slots.current) ++count;
  for (Cell* cell : cells) {
    for (std::size_t i = 0; i < windows.size(); ++i)
      cell->slots.current[i] = std::max(cell->slots.current[i], slots.current[i]);
  }
  shard.in_sketch.advance(second);
  for (std::uint32_t& count : shard.in_sketch.current) ++count;
  return slots;
}

void Counts::move_to_sketch(Shard& shard, const Place& place, Slots slots, std::uint32_t second) {
  slots.advance(second);
  for (Cell* cell : cells_of(place, true)) {
    cell->slots.advance(second);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      cell->slots.current[i] = std::max(cell->slots.current[i], slots.current[i]);
      cell->slots.before[i] = std::max(cell->slots.before[i], slots.before[i]);
    }
  }
  for (std::size_t i = 0; i < windows.size(); ++i) {
    shard.in_sketch.current[i] += slots.current[i];
    shard.in_sketch.before[i] += slots.before[i];
  }
}

std::uint64_t Counts::error(const Shard& shard, std::size_t window) const {
  return static_cast<std::uint64_t>(std::numbers::e * static_cast<double>(shard.in_sketch.weight(window)) /
                                    static_cast<double>(cells_per_row_));
}

}  // namespace rate
