#pragma once

#include <cstddef>
#include <span>

namespace tollgate::flow {

/// Memory of zeros that costs nothing until it is written. Allocated once.
class ZeroPages {
 public:
  /// Throws std::bad_alloc.
  explicit ZeroPages(std::size_t size);
  ~ZeroPages();
  ZeroPages(const ZeroPages&) = delete;
  ZeroPages& operator=(const ZeroPages&) = delete;

  std::span<std::byte> span() const { return {pages_, size_}; }

 private:
  std::byte* pages_ = nullptr;
  std::size_t size_;
};

}  // namespace tollgate::flow
