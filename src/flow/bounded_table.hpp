#pragma once

#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

namespace tollgate::flow {

/// A hash table of at most `capacity` entries that allocates only when it is made. A new entry in a full
/// table takes the place of the one that was longest not used; `evictions()` counts those.
///
/// Entries live in one slab, keys included, and are found by an index: a hash set of their places, reserved
/// at twice the capacity, so that it neither grows nor fills with tombstones. Value must be
/// default-constructible; it is reset to `Value{}` when its entry is made. Pointers to values stay good until
/// the entry is erased or evicted. Not thread-safe: one owner.
template <class Key, class Value>
class BoundedTable {
 public:
  explicit BoundedTable(std::uint32_t capacity)
      : entries_(std::allocator<Entry>{}.allocate(capacity)),
        capacity_(capacity),
        index_(std::size_t{capacity} * 2, Hash{entries_}, Equal{entries_}) {
    assert(capacity > 0);
  }
  ~BoundedTable() { std::allocator<Entry>{}.deallocate(entries_, capacity_); }
  BoundedTable(const BoundedTable&) = delete;
  BoundedTable& operator=(const BoundedTable&) = delete;

  /// The value of `key`, made the most recently used; null where there is none.
  Value* find(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    touch(*found);
    return &entries_[*found].value;
  }

  struct Place {
    Value* value;
    bool inserted;
  };
  /// The value of `key`; where there was none, a new `Value{}`, for which the oldest entry may have to go.
  /// `on_evict(const Key&, Value&)` is told of that entry before it goes.
  template <class OnEvict>
  Place find_or_insert(const Key& key, OnEvict&& on_evict) {
    if (Value* value = find(key)) return {value, false};
    if (size_ == capacity_ && free_ == none) {
      const std::uint32_t oldest = tail_;
      on_evict(std::as_const(entries_[oldest].key), entries_[oldest].value);
      ++evictions_;
      erase_at(oldest);
    }
    const std::uint32_t at = take_free();
    Entry& entry = entries_[at];
    entry.key = key;
    entry.value = Value{};
    index_.insert(at);
    link_front(at);
    ++size_;
    return {&entry.value, true};
  }
  Place find_or_insert(const Key& key) {
    return find_or_insert(key, [](const Key&, Value&) {});
  }

  bool erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return false;
    const std::uint32_t at = *found;
    index_.erase(found);
    release(at);
    return true;
  }

  /// Erases, from the longest not used on, while `expired(const Key&, Value&)` says so.
  template <class Expired>
  void erase_oldest_while(Expired&& expired) {
    while (tail_ != none && expired(std::as_const(entries_[tail_].key), entries_[tail_].value))
      erase_at(tail_);
  }

  std::uint32_t size() const { return size_; }
  std::uint32_t capacity() const { return capacity_; }
  std::uint64_t evictions() const { return evictions_; }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct Entry {
    Key key{};
    Value value{};
    std::uint32_t newer = none;
    std::uint32_t older = none;  ///< while free: the next free entry
  };

  static_assert(std::is_trivially_destructible_v<Entry>);

  // The index holds places of entries, and is asked for keys.
  struct Hash {
    using is_transparent = void;
    const Entry* entries;
    std::size_t operator()(const Key& key) const { return absl::Hash<Key>{}(key); }
    std::size_t operator()(std::uint32_t at) const { return absl::Hash<Key>{}(entries[at].key); }
  };
  struct Equal {
    using is_transparent = void;
    const Entry* entries;
    bool operator()(std::uint32_t at, const Key& key) const { return entries[at].key == key; }
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
  };

  std::uint32_t take_free() {
    if (free_ == none) {
      std::construct_at(&entries_[fresh_]);
      return fresh_++;
    }
    const std::uint32_t at = free_;
    free_ = entries_[at].older;
    return at;
  }

  void erase_at(std::uint32_t at) {
    index_.erase(at);
    release(at);
  }

  /// Frees an entry that the index no longer holds.
  void release(std::uint32_t at) {
    unlink(at);
    entries_[at].older = free_;
    free_ = at;
    --size_;
  }

  void touch(std::uint32_t at) {
    if (head_ == at) return;
    unlink(at);
    link_front(at);
  }

  void link_front(std::uint32_t at) {
    entries_[at].newer = none;
    entries_[at].older = head_;
    if (head_ != none) entries_[head_].newer = at;
    head_ = at;
    if (tail_ == none) tail_ = at;
  }

  void unlink(std::uint32_t at) {
    Entry& entry = entries_[at];
    (entry.newer != none ? entries_[entry.newer].older : head_) = entry.older;
    (entry.older != none ? entries_[entry.older].newer : tail_) = entry.newer;
  }

  Entry* entries_;  ///< owned; an entry is constructed at its first use, so unused room costs no memory
  std::uint32_t capacity_;
  absl::flat_hash_set<std::uint32_t, Hash, Equal> index_;
  std::uint32_t size_ = 0;
  std::uint32_t fresh_ = 0;  ///< entries from here on were never used
  std::uint32_t free_ = none;
  std::uint32_t head_ = none;  ///< the most recently used
  std::uint32_t tail_ = none;  ///< the longest not used
  std::uint64_t evictions_ = 0;
};

}  // namespace tollgate::flow
