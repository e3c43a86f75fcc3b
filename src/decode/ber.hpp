#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

// Basic Encoding Rules, X.690 clause 8: what TCAP and MAP are written in.
//
//     identifier octets        length octets                       contents octets
//     +-----+-+---------+     +-+-------------+                    +--- - - ---+
//     |class|C| number  | ... |0| length      |  definite, short   |           |
//     +-----+-+---------+     +-+-------------+                    +--- - - ---+
//      8   7 6 5       1      |1| n           | n octets of length: definite, long
//     number 31: more         +-+-------------+
//     octets follow           |1| 0           |  indefinite: contents end at 00 00
//                             +-+-------------+
namespace tollgate::decode::ber {

/// A tag's class in the two upper bits, its number in the others: can stand in a `case`.
using Tag = std::uint32_t;

enum class Class : std::uint8_t { universal, application, context_specific, private_use };

constexpr Tag make_tag(Class c, std::uint32_t number) { return static_cast<Tag>(c) << 30U | number; }
constexpr Tag universal(std::uint32_t number) { return make_tag(Class::universal, number); }
constexpr Tag application(std::uint32_t number) { return make_tag(Class::application, number); }
constexpr Tag context(std::uint32_t number) { return make_tag(Class::context_specific, number); }
constexpr Class class_of(Tag tag) { return static_cast<Class>(tag >> 30U); }
constexpr std::uint32_t number_of(Tag tag) { return tag & 0x3fff'ffffU; }

inline constexpr Tag boolean = universal(1);
inline constexpr Tag integer = universal(2);
inline constexpr Tag bit_string = universal(3);
inline constexpr Tag octet_string = universal(4);
inline constexpr Tag null = universal(5);
inline constexpr Tag object_identifier = universal(6);
inline constexpr Tag external = universal(8);
inline constexpr Tag enumerated = universal(10);
inline constexpr Tag sequence = universal(16);
inline constexpr Tag set = universal(17);

/// How deep elements of indefinite length may stand in each other.
inline constexpr unsigned max_indefinite_depth = 32;

/// One element. Both views point into the input; `contents` is without the end-of-contents octets.
struct Tlv {
  Octets whole;
  Octets contents;
  Tag tag = 0;
  bool constructed = false;
};

/// Reads the element that `input` begins with: nothing where it is sound, else what is wrong (truncated,
/// bad_length, bad_tag, too_deep). The end of an indefinite length is found by walking once over its
/// elements, so reading an element costs at most its size, and reading every level of a message at most
/// its size times its depth.
std::optional<Reason> read(Octets input, Tlv& tlv);

/// As to_integer, for any length.
std::optional<std::int32_t> to_long_integer(Octets contents);

/// The value of an INTEGER or ENUMERATED; nothing where it is empty or does not fit.
inline std::optional<std::int32_t> to_integer(Octets contents) {
  if (contents.size() != 1) return to_long_integer(contents);
  return static_cast<std::int8_t>(contents[0]);
}

/// An OBJECT IDENTIFIER as `0.4.0.0.1.0.25.3`, written to `out`; empty where it is malformed, has an arc of
/// more than 32 bits or does not fit (64 characters hold any that is in use).
std::string_view to_dotted(Octets contents, std::span<char> out);

/// A tag as ASN.1 writes it, `[4]`, `[APPLICATION 11]`, `OCTET STRING`, written to `out`, which has 24
/// characters.
std::string_view to_text(Tag tag, std::span<char> out);

/// Tells the trace tag and length of an element that `read` found.
void show_header(Trace& trace, const Tlv& tlv);

/// A cursor over the elements that stand one after the other in a decoder's input or inside an element.
///
/// Failure is sticky: after the first unsound element `next` gives nothing, `failed()` is true and `error`
/// says why. As with BasicReader, the cursor that traces is another type, so the packet path pays nothing
/// for names: see `with_cursor`.
template <bool tracing_>
class BasicCursor {
 public:
  static constexpr bool tracing = tracing_;

  explicit BasicCursor(Octets input, Trace* trace = nullptr)
      : BasicCursor(input, input.data(), trace, Reason::truncated) {}
  /// Over `part` of `input`: offsets of errors count from the start of `input`.
  BasicCursor(Octets part, Octets input, Trace* trace)
      : BasicCursor(part, input.data(), trace, Reason::bad_length) {}

  /// The next element; false at the end and after a failure.
  bool next(Tlv& tlv) {
    if (rest_.empty() || failed_) return false;
    if (rest_.size() >= 2) {
      const auto identifier = std::to_integer<std::uint32_t>(rest_[0]);
      const auto length = std::to_integer<std::size_t>(rest_[1]);
      // Nearly every element: one octet of tag, one of length.
      if ((identifier & 0x1fU) != 0x1fU && length < 0x80U && length <= rest_.size() - 2) {
        tlv.tag = (identifier & 0xc0U) << 24U | (identifier & 0x1fU);
        tlv.constructed = (identifier & 0x20U) != 0;
        tlv.whole = rest_.first(2 + length);
        tlv.contents = tlv.whole.subspan(2);
        rest_ = rest_.subspan(2 + length);
        return true;
      }
    }
    return next_uncommon(tlv);
  }

  bool failed() const { return failed_; }
  bool empty() const { return rest_.empty() || failed_; }
  Octets rest() const { return rest_; }
  Trace* trace() const { return tracing ? trace_ : nullptr; }

  /// Over the elements inside a constructed element.
  BasicCursor inside(const Tlv& tlv) const {
    show_header(tlv);
    return {tlv.contents, base_, trace_, Reason::bad_length};
  }

  /// Precondition: failed().
  Error error(Layer layer) const { return error(layer, reason_, rest_); }
  /// An error at the first of `octets`, which lie in the decoder's input.
  Error error(Layer layer, Reason reason, Octets octets) const {
    return {layer, reason, static_cast<std::uint32_t>(octets.data() - base_)};
  }

  /// Says what an element holds. Only the tracing cursor evaluates these.
  void show(std::string_view name, const Tlv& tlv, std::string_view meaning) const {
    if constexpr (tracing) trace_->text(name, shown(tlv), meaning);
  }
  void show(std::string_view name, const Tlv& tlv) const {
    if constexpr (tracing) trace_->octets(name, shown(tlv));
  }
  /// Tag and length alone; the others show them too.
  void show_header(const Tlv& tlv) const {
    if constexpr (tracing) ber::show_header(*trace_, tlv);
  }
  void show_integer(std::string_view name, const Tlv& tlv, std::int32_t value,
                    std::string_view meaning = {}) const {
    if constexpr (tracing) {
      if (value >= 0) return trace_->number(name, shown(tlv), static_cast<std::uint64_t>(value), meaning);
      char digits[12];
      const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
      trace_->text(name, shown(tlv), {digits, static_cast<std::size_t>(end - digits)});
    }
  }
  void show_oid(std::string_view name, const Tlv& tlv, std::string_view meaning = {}) const {
    if constexpr (tracing) {
      char text[160];
      std::string_view dotted = to_dotted(tlv.contents, text);
      if (!meaning.empty() && dotted.size() + meaning.size() + 3 <= sizeof text) {
        char* at = text + dotted.size();
        for (const std::string_view part : {std::string_view{" ("}, meaning, std::string_view{")"}})
          at = std::copy(part.begin(), part.end(), at);
        dotted = {text, static_cast<std::size_t>(at - text)};
      }
      trace_->text(name, shown(tlv), dotted);
    }
  }
  /// An element that has no place here: its tag is its name.
  void show_unknown(const Tlv& tlv) const {
    if constexpr (tracing) {
      char text[24];
      trace_->octets(to_text(tlv.tag, text), shown(tlv));
    }
  }

 private:
  BasicCursor(Octets rest, const std::byte* base, Trace* trace, Reason beyond)
      : rest_(rest), base_(base), trace_(trace), beyond_(beyond) {}

  bool next_uncommon(Tlv& tlv) {
    Tlv uncommon;  // not the caller's, which can so stay in registers
    if (const auto reason = read(rest_, uncommon)) {
      failed_ = true;
      reason_ = *reason == Reason::truncated ? beyond_ : *reason;
      return false;
    }
    tlv = uncommon;
    rest_ = rest_.subspan(tlv.whole.size());
    return true;
  }

  Octets shown(const Tlv& tlv) const {
    show_header(tlv);
    return tlv.contents;
  }

  Octets rest_;
  const std::byte* base_;
  Trace* trace_;
  bool failed_ = false;
  Reason reason_ = Reason::truncated;
  Reason beyond_;  ///< what an element that leaves these octets is: truncated, or inside another bad_length
};

using Cursor = BasicCursor<false>;
using TracingCursor = BasicCursor<true>;

/// Calls `read` with a plain cursor, or with a tracing one where a trace is given.
template <class Read>
auto with_cursor(Octets input, Trace* trace, Read&& read) {
  if (trace == nullptr) return read(Cursor{input});
  auto result = read(TracingCursor{input, trace});
  tell_refusal(*trace, input, result);
  return result;
}

}  // namespace tollgate::decode::ber
