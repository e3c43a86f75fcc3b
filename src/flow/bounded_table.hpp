#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include <absl/hash/hash.h>

#include "flow/table_room.hpp"
#include "message/table_use.hpp"

namespace tollgate::flow {

/// A hash table of at most `capacity` entries that allocates only when it is made. A new entry in a full
/// table takes the place of the one that was longest not used; `evictions()` counts those.
///
/// Entries live in one slab, keys included. Those whose keys fall into the same bucket form a chain; there
/// are at least twice as many buckets as entries, so a key costs one look at its bucket and hardly more than
/// one at an entry. Value must be default-constructible; it is reset to `Value{}` when its entry is made.
/// Pointers to values stay good until the entry is erased or evicted. Not thread-safe: one owner.
template <class Key, class Value>
class BoundedTable {
 public:
  explicit BoundedTable(std::uint32_t capacity)
      : entries_(capacity), buckets_(std::bit_ceil(std::size_t{capacity} * 2)) {
    assert(capacity > 0);
    std::fill_n(buckets_.data(), buckets_.size(), none);
  }

  /// The value of `key`, made the most recently used; null where there is none.
  Value* find(const Key& key) { return find_in(bucket_of(key), key); }

  struct Place {
    Value* value;
    bool inserted;
  };
  /// The value of `key`; where there was none, a new `Value{}`, for which the oldest entry may have to go.
  /// `on_evict(const Key&, Value&)` is told of that entry before it goes.
  template <class OnEvict>
  Place find_or_insert(const Key& key, OnEvict&& on_evict) {
    std::uint32_t& bucket = bucket_of(key);
    if (Value* value = find_in(bucket, key)) return {value, false};
    if (size_ == capacity()) {
      const std::uint32_t oldest = tail_;
      on_evict(std::as_const(entries_[oldest].key), entries_[oldest].value);
      ++evictions_;
      erase_at(oldest);
    }
    const std::uint32_t at = take_free();
    Entry& entry = entries_[at];
    entry.key = key;
    entry.value = Value{};
    entry.next = bucket;
    bucket = at;
    link_front(at);
    ++size_;
    return {&entry.value, true};
  }
  Place find_or_insert(const Key& key) {
    return find_or_insert(key, [](const Key&, Value&) {});
  }

  bool erase(const Key& key) {
    return erase(key, [](Value&) {});
  }
  /// `on_erase(Value&)` is told of the value before it goes.
  template <class OnErase>
  bool erase(const Key& key, OnErase&& on_erase) {
    for (std::uint32_t* at = &bucket_of(key); *at != none; at = &entries_[*at].next) {
      if (entries_[*at].key != key) continue;
      on_erase(entries_[*at].value);
      release(*at);
      return true;
    }
    return false;
  }

  /// Erases, from the longest not used on, while `expired(const Key&, Value&)` says so.
  template <class Expired>
  void erase_oldest_while(Expired&& expired) {
    while (tail_ != none && expired(std::as_const(entries_[tail_].key), entries_[tail_].value))
      erase_at(tail_);
  }

  /// Calls `f(const Key&, const Value&)` for each entry, the most recently used first.
  template <class F>
  void for_each(F&& f) const {
    for (std::uint32_t at = head_; at != none; at = entries_[at].older)
      f(entries_[at].key, entries_[at].value);
  }

  std::uint32_t size() const { return size_; }
  std::uint32_t capacity() const { return static_cast<std::uint32_t>(entries_.size()); }
  TableUse use() const { return {size_, capacity()}; }
  std::uint64_t evictions() const { return evictions_; }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct Entry {
    Key key{};
    std::uint32_t next = none;  ///< in the chain of its bucket
    std::uint32_t newer = none;
    std::uint32_t older = none;  ///< while free: the next free entry
    Value value{};
  };

  std::uint32_t& bucket_of(const Key& key) const {
    return buckets_[absl::Hash<Key>{}(key) & (buckets_.size() - 1)];
  }

  Value* find_in(std::uint32_t bucket, const Key& key) {
    for (std::uint32_t at = bucket; at != none; at = entries_[at].next) {
      if (entries_[at].key != key) continue;
      touch(at);
      return &entries_[at].value;
    }
    return nullptr;
  }

  std::uint32_t take_free() {
    if (free_ == none) {
      std::construct_at(&entries_[fresh_]);
      return fresh_++;
    }
    const std::uint32_t at = free_;
    free_ = entries_[at].older;
    return at;
  }

  void erase_at(std::uint32_t entry) {
    std::uint32_t* at = &bucket_of(entries_[entry].key);
    while (*at != entry) at = &entries_[*at].next;
    release(*at);
  }

  /// Frees the entry to which `link`, its place in a chain, leads.
  void release(std::uint32_t& link) {
    const std::uint32_t at = link;
    link = entries_[at].next;
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

  TableRoom<Entry> entries_;  ///< an entry is constructed at its first use
  TableRoom<std::uint32_t> buckets_;
  std::uint32_t size_ = 0;
  std::uint32_t fresh_ = 0;  ///< entries from here on were never used
  std::uint32_t free_ = none;
  std::uint32_t head_ = none;  ///< the most recently used
  std::uint32_t tail_ = none;  ///< the longest not used
  std::uint64_t evictions_ = 0;
};

}  // namespace tollgate::flow
