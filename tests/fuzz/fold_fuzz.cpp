#include <cstddef>
#include <cstdint>
#include <string_view>

#include "message/fold.hpp"

// The map of each reading: inside the text, in order, and forward.
static void check(const tollgate::FoldedText& folded, std::size_t i, std::size_t text_size) {
  const std::size_t size = folded.reading(i).size();
  if (size > text_size * tollgate::FoldTables::longest_growth) __builtin_trap();
  tollgate::Span last;
  for (std::size_t at = 0; at < size; ++at) {
    const tollgate::Span span = folded.origin(i, at, at + 1);
    if (span.begin >= span.end || span.end > text_size) __builtin_trap();
    if (span.begin < last.begin || span.end < last.end) __builtin_trap();
    last = span;
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const tollgate::FoldTables tables;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  tollgate::FoldedText folded(size);
  tollgate::fold(tables, text, folded);
  if (folded.cut() || folded.readings() < 1 || folded.readings() > 4) __builtin_trap();
  for (std::size_t i = 0; i < folded.readings(); ++i) check(folded, i, size);
  return 0;
}
