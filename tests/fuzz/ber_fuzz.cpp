#include <cstdlib>

#include "decode/ber.hpp"

using namespace tollgate;
using namespace tollgate::decode;

namespace {

// Walks into every constructed element, as deep as decoders go at most.
void walk(ber::Cursor cursor, int depth) {
  for (ber::Tlv tlv; cursor.next(tlv);) {
    char text[64];
    static_cast<void>(ber::to_integer(tlv.contents));
    static_cast<void>(ber::to_dotted(tlv.contents, text));
    static_cast<void>(ber::to_text(tlv.tag, text));
    if (tlv.contents.size() >= tlv.whole.size()) std::abort();
    if (tlv.constructed && depth < 16) walk(cursor.inside(tlv), depth + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  walk(ber::Cursor{std::as_bytes(std::span{data, size})}, 0);
  return 0;
}
