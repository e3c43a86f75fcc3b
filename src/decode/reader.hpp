#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode {

/// For numbers whose values have no names.
struct NoMeaning {
  constexpr std::string_view operator()(std::uint64_t) const { return {}; }
};

/// For numbers that people read in hexadecimal, with the names of their values where they have any.
template <class Meaning>
struct InHex {
  static constexpr bool hexadecimal = true;
  Meaning meaning;
  constexpr std::string_view operator()(std::uint64_t value) const { return meaning(value); }
};
template <class Meaning>
constexpr InHex<Meaning> in_hex(Meaning meaning) {
  return {meaning};
}
inline constexpr InHex<NoMeaning> hexadecimal{};

/// A bounded cursor over a decoder's input. Numbers are big-endian unless the name says otherwise.
///
/// Failure is sticky: the first read past the end marks the reader failed, and from then on every read
/// gives zero or an empty span. So a decoder reads a whole header and asks `failed()` once.
///
/// Each read takes the field's name in its standard. The tracing reader hands name, octets and value to a
/// Trace; in the plain reader the name costs nothing. Decoders are written once for both, as templates in
/// their .cpp, and `with_reader` picks one:
///
/// A number that has named values takes a function from value to name; only the tracing reader calls it.
///
///     template <class R> Result<Header> read(R r) { ... r.u8("Version") ... }
///     Result<Header> decode(Octets in, Trace* trace) {
///       return with_reader(in, trace, [](auto r) { return read(r); });
///     }
template <bool tracing_>
class BasicReader {
 public:
  static constexpr bool tracing = tracing_;

  explicit BasicReader(Octets input, Trace* trace = nullptr) : input_(input), trace_(trace) {}

  template <class Meaning = NoMeaning>
  std::uint8_t u8(std::string_view name, Meaning meaning = {}) {
    return static_cast<std::uint8_t>(number<1>(name, meaning));
  }
  template <class Meaning = NoMeaning>
  std::uint16_t u16(std::string_view name, Meaning meaning = {}) {
    return static_cast<std::uint16_t>(number<2>(name, meaning));
  }
  template <class Meaning = NoMeaning>
  std::uint32_t u24(std::string_view name, Meaning meaning = {}) {
    return static_cast<std::uint32_t>(number<3>(name, meaning));
  }
  template <class Meaning = NoMeaning>
  std::uint32_t u32(std::string_view name, Meaning meaning = {}) {
    return static_cast<std::uint32_t>(number<4>(name, meaning));
  }
  std::uint64_t u64(std::string_view name) { return number<8>(name, NoMeaning{}); }
  std::uint16_t u16_little(std::string_view name) {
    const Octets octets = advance(2);
    if (octets.empty()) return 0;
    const auto value = static_cast<std::uint16_t>(std::to_integer<unsigned>(octets[0]) |
                                                  std::to_integer<unsigned>(octets[1]) << 8U);
    if constexpr (tracing) trace_->number(name, octets, value, {});
    return value;
  }

  /// The next `count` octets; empty and failed where there are fewer.
  Octets octets(std::size_t count, std::string_view name) {
    const Octets taken = advance(count);
    if constexpr (tracing) {
      if (!failed_) trace_->octets(name, taken);
    }
    return taken;
  }
  Octets rest(std::string_view name) { return octets(remaining(), name); }

  /// As `octets`, without telling the trace: for octets that a further decoder will show.
  Octets take(std::size_t count) { return advance(count); }
  Octets take_rest() { return advance(remaining()); }
  void skip(std::size_t count) { advance(count); }

  /// The octet `ahead` of the cursor, which stays; 0 where there is none.
  std::uint8_t peek(std::size_t ahead = 0) const {
    return ahead < remaining() ? std::to_integer<std::uint8_t>(input_[position_ + ahead]) : std::uint8_t{0};
  }

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return failed_ ? 0 : input_.size() - position_; }
  bool empty() const { return remaining() == 0; }
  bool failed() const { return failed_; }
  Octets input() const { return input_; }
  Trace* trace() const { return tracing ? trace_ : nullptr; }

  /// The error for a failed reader: the input ended inside the field at the cursor.
  Error truncated(Layer layer) const { return error(layer, Reason::truncated); }
  Error error(Layer layer, Reason reason) const {
    return {layer, reason, static_cast<std::uint32_t>(position_)};
  }

  /// Says what octets already read mean; nothing once a read has failed. Only the tracing reader evaluates
  /// `meaning`'s use of them.
  void note(std::string_view name, Octets octets, std::string_view meaning) {
    if constexpr (tracing) {
      if (!failed_) trace_->text(name, octets, meaning);
    }
  }
  void note(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning = {}) {
    if constexpr (tracing) {
      if (!failed_) trace_->number(name, octets, value, meaning);
    }
  }
  /// Shows the bits of `octets`, already read, that are set in `mask`, as a number; nothing once a read has
  /// failed: `last` would give other octets then.
  template <class Meaning = NoMeaning>
  void bits(std::string_view name, Octets octets, std::uint64_t mask, const Meaning& meaning = {}) {
    if constexpr (tracing) {
      if (failed_ || octets.empty()) return;
      const std::uint64_t value =
          (big_endian(octets) & mask) >> static_cast<unsigned>(std::countr_zero(mask));
      if constexpr (std::is_invocable_v<Meaning, std::uint64_t>)
        trace_->bits(name, octets, mask, value, meaning(value));
      else trace_->bits(name, octets, mask, value, meaning);
    }
  }
  /// The `count` octets before the cursor, for `note` and `bits`.
  Octets last(std::size_t count) const {
    const std::size_t length = std::min(count, position_);
    return input_.subspan(position_ - length, length);
  }

 private:
  template <std::size_t width, class Meaning>
  std::uint64_t number(std::string_view name, const Meaning& meaning) {
    const Octets octets = advance(width);
    if (octets.empty()) return 0;
    const std::uint64_t value = big_endian(octets.first<width>());
    if constexpr (tracing) {
      if constexpr (requires { Meaning::hexadecimal; }) trace_->code(name, octets, value, meaning(value));
      else trace_->number(name, octets, value, meaning(value));
    }
    return value;
  }

  template <std::size_t extent>
  static std::uint64_t big_endian(std::span<const std::byte, extent> octets) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < octets.size(); ++i)
      value = value << 8U | std::to_integer<std::uint64_t>(octets[i]);
    return value;
  }

  Octets advance(std::size_t count) {
    if (failed_ || count > input_.size() - position_) {
      failed_ = true;
      return {};
    }
    const Octets taken = input_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  Octets input_;
  std::size_t position_ = 0;
  bool failed_ = false;
  Trace* trace_;
};

using Reader = BasicReader<false>;
using TracingReader = BasicReader<true>;

/// Calls `read` with a plain reader, or with a tracing one where a trace is given. The trace is told of what
/// `read` returns where that is an Error.
template <class Read>
auto with_reader(Octets input, Trace* trace, Read&& read) {
  if (trace == nullptr) return read(Reader{input});
  auto result = read(TracingReader{input, trace});
  tell_refusal(*trace, input, result);
  return result;
}

}  // namespace tollgate::decode
