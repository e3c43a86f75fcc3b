#include "flow/zero_pages.hpp"

#include <new>

#include <sys/mman.h>

namespace tollgate::flow {

ZeroPages::ZeroPages(std::size_t size, std::span<std::byte> outside) : span_(outside) {
  if (!outside.empty()) return;
  void* const pages =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  own_ = static_cast<std::byte*>(pages);
  span_ = {own_, size};
  ::madvise(pages, size, MADV_HUGEPAGE);  // large tables are read at random places
}

void ZeroPages::touch() {
  constexpr std::size_t page = 4'096;
  for (std::size_t at = 0; own_ != nullptr && at < span_.size(); at += page)
    *static_cast<volatile std::byte*>(own_ + at) = std::byte{0};
}

ZeroPages::~ZeroPages() {
  if (own_ != nullptr) ::munmap(own_, span_.size());
}

}  // namespace tollgate::flow
