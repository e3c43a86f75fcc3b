#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

namespace tollgate::decode {

/// The protocol layer that refused its input. Its name is the first half of a counter's name.
enum class Layer : std::uint8_t {
  capture,
  link,
  mpls,
  ip,
  sctp,
  tcp,
  m3ua,
  m2pa,
  m2ua,
  mtp2,
  mtp3,
  sua,
  sccp,
  tcap,
  map,
  tpdu,
  text,
  smpp,
};
inline constexpr std::size_t layer_count = 18;

/// Why input was refused. Its name is the second half of a counter's name: `sccp.bad_pointer`.
enum class Reason : std::uint8_t {
  truncated,        ///< the input ends inside a field
  cut_by_capture,   ///< the capture holds fewer octets than were on the wire
  bad_length,       ///< a length field contradicts what surrounds it
  bad_checksum,     ///< a checksum or CRC does not match: the receiver will drop it
  bad_version,      ///< a version number that no standard defines
  bad_value,        ///< a field holds a value that its standard forbids
  bad_pointer,      ///< an SCCP pointer leaves the message
  bad_tag,          ///< another BER tag or parameter stands where this one is mandatory
  missing_field,    ///< a mandatory field is absent
  too_deep,         ///< nested deeper than any real message is
  too_many,         ///< more elements than the bound allows
  trailing_octets,  ///< octets after the end of valid data
  unknown_type,     ///< a message type that the standard does not define
  unsupported,      ///< recognised, but not read (for example ANSI TCAP, compressed text)
};
inline constexpr std::size_t reason_count = 14;

std::string_view to_string(Layer layer);
std::string_view to_string(Reason reason);

/// What a decoder says of input that it refuses.
struct Error {
  Layer layer;
  Reason reason;
  std::uint32_t offset;  ///< octets from the start of the decoder's input to the place of the fault

  friend bool operator==(const Error&, const Error&) = default;
};

/// A value or an Error. `std::expected` would be it, but clang 14 does not compile g++ 12's.
template <class T>
class [[nodiscard]] Result {
 public:
  /// A value to be filled in place: large ones are never copied.
  explicit Result(std::in_place_t) : content_(std::in_place_index<0>) {}
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: as std::expected does
  Result(Error error) : content_(std::in_place_index<1>, error) {}         // NOLINT

  explicit operator bool() const { return content_.index() == 0; }
  bool ok() const { return content_.index() == 0; }

  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Precondition: ok().
  T& value() {
    assert(ok());
    return *std::get_if<0>(&content_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<0>(&content_);
  }
  /// Precondition: !ok().
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&content_);
  }

 private:
  std::variant<T, Error> content_;
};

}  // namespace tollgate::decode
