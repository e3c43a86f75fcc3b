#pragma once

#include <cstdint>
#include <span>

#include "traffic/bytes.hpp"

namespace tollgate::traffic {

/// Which of BER's three ways to write a length (X.690 8.1.3).
enum class LengthForm {
  definite,    ///< as short as possible
  long_form,   ///< one octet longer than needed
  indefinite,  ///< constructed elements end with end-of-contents octets
};

/// Writes BER elements (X.690) at the end of a Bytes.
class Ber {
 public:
  explicit Ber(Bytes& out, LengthForm form = LengthForm::definite) : out_(out), form_(form) {}

  /// Writes a constructed element whose contents are what `contents` writes.
  template <class Contents>
  void constructed(std::uint8_t tag, Contents&& contents) {
    const std::size_t start = open(tag);
    contents();
    close(start);
  }
  void primitive(std::uint8_t tag, std::span<const std::uint8_t> octets);
  void integer(std::uint8_t tag, std::int64_t value);
  void null(std::uint8_t tag) { primitive(tag, {}); }
  void null() { null(0x05); }
  void boolean(std::uint8_t tag, bool value) { integer(tag, value ? -1 : 0); }
  /// Elements that are already encoded.
  void raw(std::span<const std::uint8_t> elements) { out_.append(elements); }

 private:
  std::size_t open(std::uint8_t tag);
  void close(std::size_t start);

  Bytes& out_;
  LengthForm form_;
};

}  // namespace tollgate::traffic
