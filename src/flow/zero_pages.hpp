#pragma once

#include <cstddef>
#include <span>

namespace tollgate::flow {

/// Memory of zeros that costs nothing until it is written, allocated once; or, in its place, memory from
/// outside, in which an earlier process may have left something.
class ZeroPages {
 public:
  /// Throws std::bad_alloc.
  explicit ZeroPages(std::size_t size, std::span<std::byte> outside = {});
  ~ZeroPages();
  ZeroPages(const ZeroPages&) = delete;
  ZeroPages& operator=(const ZeroPages&) = delete;

  /// At the beginning of a page.
  std::span<std::byte> span() const { return span_; }

  /// Takes all of it now, so that nobody waits for a page later. Of its own memory only.
  void touch();

 private:
  std::span<std::byte> span_;
  std::byte* own_ = nullptr;
};

}  // namespace tollgate::flow
