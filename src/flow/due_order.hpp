#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "flow/linked_list.hpp"

namespace tollgate::flow {

/// When something is to be looked at.
template <class T>
struct DuePlace : ListPlace<T> {
  std::uint64_t at_ns = 0;
  std::uint8_t list = 0;  ///< one more than its number; 0: it is in none
};

/// What is to be looked at, in the order in which it is due. One is looked at when it is due or up to
/// `shortest_ns` later, and now and then before.
///
/// For each of a few delays there is a list. What waits in it waits just so long: each list is in order
/// without being sorted. What is due later waits there first, and then in a list with a shorter delay.
/// `place`: the DuePlace of each.
template <class T, auto place>
class DueOrder {
 public:
  static constexpr std::array<std::uint64_t, 5> delays_ns{5'000'000, 20'000'000, 80'000'000, 320'000'000,
                                                          1'280'000'000};
  static constexpr std::uint64_t shortest_ns = delays_ns.front();
  static constexpr std::uint64_t longest_ns = delays_ns.back();

  /// Where it is to be looked at before `due_ns` anyway, it stays as it is.
  void put(T& element, std::uint64_t now_ns, std::uint64_t due_ns) {
    DuePlace<T>& at = element.*place;
    const std::uint64_t delay = due_ns > now_ns ? due_ns - now_ns : 0;
    if (at.list != 0 && at.at_ns <= now_ns + std::max(delay, shortest_ns)) return;
    remove(element);
    std::size_t list = delays_ns.size() - 1;
    while (list > 0 && delays_ns[list] > delay) --list;
    lists_[list].push_back(element);
    at.list = static_cast<std::uint8_t>(list + 1);
    at.at_ns = now_ns + delays_ns[list];
    soonest_ns_ = std::min(soonest_ns_, at.at_ns);
  }

  void remove(T& element) {
    DuePlace<T>& at = element.*place;
    if (at.list != 0) lists_[at.list - 1].remove(element);
    at.list = 0;
  }

  bool is_due(std::uint64_t now_ns) const { return soonest_ns_ <= now_ns; }

  /// The one that is to be looked at first, which is taken out; null where none is due.
  T* take_due(std::uint64_t now_ns) {
    if (!is_due(now_ns)) return nullptr;
    T* first = nullptr;
    for (const List& list : lists_) {
      T* const front = list.front();
      if (front != nullptr && (first == nullptr || (front->*place).at_ns < (first->*place).at_ns))
        first = front;
    }
    soonest_ns_ = first != nullptr ? (first->*place).at_ns : never;
    if (!is_due(now_ns)) return nullptr;
    remove(*first);
    return first;
  }

  /// Everything is to be looked at as soon as may be.
  void hurry() {
    soonest_ns_ = 0;
    for (const List& list : lists_) {
      for (T* one = list.front(); one != nullptr; one = List::after(*one)) (one->*place).at_ns = 0;
    }
  }

  /// Calls `f(element)` for each; it may be put elsewhere, or removed, meanwhile.
  template <class F>
  void for_each(F&& f) const {
    for (const List& list : lists_) {
      for (T* one = list.front(); one != nullptr;) {
        T* const next = List::after(*one);
        f(*one);
        one = next;
      }
    }
  }

 private:
  using List = LinkedList<T, place>;
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  std::array<List, delays_ns.size()> lists_;
  std::uint64_t soonest_ns_ = never;  ///< none is to be looked at before
};

}  // namespace tollgate::flow
