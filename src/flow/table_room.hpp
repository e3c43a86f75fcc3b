#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include <sys/mman.h>

namespace tollgate::flow {

/// Room for the elements of a table, allocated once and not initialised: memory that is never written costs
/// nothing. A large table is read at random places, so it asks for huge pages: with small ones nearly every
/// read would wait for a walk through the page tables. Where the system has none, it gets small ones.
template <class T>
class TableRoom {
 public:
  explicit TableRoom(std::size_t count)
      : elements_(static_cast<T*>(::operator new(count * sizeof(T), alignment(count)))), count_(count) {
    if (is_large(count)) ::madvise(elements_, count * sizeof(T), MADV_HUGEPAGE);
  }
  ~TableRoom() { ::operator delete(elements_, alignment(count_)); }
  TableRoom(const TableRoom&) = delete;
  TableRoom& operator=(const TableRoom&) = delete;

  T* data() const { return elements_; }
  std::size_t size() const { return count_; }
  T& operator[](std::size_t at) const { return elements_[at]; }

 private:
  static_assert(std::is_trivially_destructible_v<T>);
  static constexpr std::size_t huge_page = std::size_t{2} << 20U;

  static bool is_large(std::size_t count) { return count * sizeof(T) >= huge_page; }
  static std::align_val_t alignment(std::size_t count) {
    return std::align_val_t{is_large(count) ? huge_page : alignof(std::max_align_t)};
  }

  T* elements_;
  std::size_t count_;
};

}  // namespace tollgate::flow
