#include "flow/zero_pages.hpp"

#include <new>

#include <sys/mman.h>

namespace tollgate::flow {

ZeroPages::ZeroPages(std::size_t size) : size_(size) {
  if (size == 0) return;
  void* const pages =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  pages_ = static_cast<std::byte*>(pages);
  ::madvise(pages, size, MADV_HUGEPAGE);  // large tables are read at random places
}

ZeroPages::~ZeroPages() {
  if (pages_ != nullptr) ::munmap(pages_, size_);
}

}  // namespace tollgate::flow
