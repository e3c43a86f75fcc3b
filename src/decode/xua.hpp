#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/reader.hpp"
#include "decode/result.hpp"

/// What the SIGTRAN adaptation layers M3UA, M2UA, SUA and M2PA have in common.
namespace tollgate::decode::xua {

/// RFC 4666 3.1, RFC 3331 3.1, RFC 3868 3.1, RFC 4165 2.1
///
///      0                   1                   2                   3
///     +---------------+---------------+---------------+---------------+
///     |    Version    |   Reserved    | Message Class | Message Type  |
///     +---------------+---------------+---------------+---------------+
///     |                        Message Length                         |
///     +---------------------------------------------------------------+
struct CommonHeader {
  std::uint8_t message_class = 0;
  std::uint8_t message_type = 0;
  Octets body;      ///< the parameters
  Octets trailing;  ///< octets after the message, which no receiver reads
};

// Message classes.
inline constexpr std::uint8_t class_mgmt = 0;
inline constexpr std::uint8_t class_transfer = 1;
inline constexpr std::uint8_t class_maup = 6;
inline constexpr std::uint8_t class_connectionless = 7;
inline constexpr std::uint8_t class_m2pa = 11;

/// Names of the standards; empty where no standard defines the class or type.
std::string_view class_name(std::uint64_t message_class);
std::string_view type_name(std::uint8_t message_class, std::uint8_t message_type);

/// How the trace shows a parameter's value.
enum class Format : std::uint8_t {
  octets,
  number,       ///< one number of 32 bits
  numbers,      ///< a list of them
  point_codes,  ///< a list of mask (8 bits) and point code (24 bits)
  text,
  status,        ///< status type and status information
  user_cause,    ///< unavailability cause and MTP3-User identity
  octet_values,  ///< a list of numbers of 8 bits
};
struct Parameter {
  std::uint16_t tag;
  std::string_view name;
  Format format = Format::octets;
  std::string_view (*meaning)(std::uint64_t) = nullptr;
};

/// The parameter `tag` where `own` or the standards' common part define it.
Parameter find_parameter(std::span<const Parameter> own, std::uint16_t tag);

/// Names that several layers use.
std::string_view service_indicator_name(std::uint64_t si);  ///< Q.704 14.2.1
std::string_view network_indicator_name(std::uint64_t ni);  ///< Q.704 14.2.2

/// Reads the common header into `header` and splits the input. Accepts a message whose length leaves out the
/// padding of its last parameter or counts padding that is not there (RFC 4666 3.1.4).
template <class R>
std::optional<Error> read_common_header(R& r, Layer layer, CommonHeader& header) {
  constexpr std::size_t size = 8;
  if (r.remaining() < size) return Error{layer, Reason::truncated, static_cast<std::uint32_t>(r.remaining())};
  const TraceScope scope{r.trace(), "Common Message Header", r.input().first(size)};
  const std::uint8_t version = r.u8("Version");
  r.u8("Reserved");
  header.message_class = r.u8("Message Class", class_name);
  header.message_type = r.u8("Message Type", [&](std::uint64_t type) {
    return type_name(header.message_class, static_cast<std::uint8_t>(type));
  });
  const std::uint32_t length = r.u32("Message Length");
  if (version != 1) return Error{layer, Reason::bad_version, 0};
  if (length < size) return Error{layer, Reason::bad_length, 4};
  if (length > r.input().size() + 3) return Error{layer, Reason::truncated, 4};
  const std::size_t end = std::min<std::size_t>(length, r.input().size());
  header.body = r.input().subspan(size, end - size);
  header.trailing = r.input().subspan(end);
  return std::nullopt;
}

/// As above; also refuses a message of a class that `has_class` does not know, or a type that no standard
/// does.
template <class R>
std::optional<Error> read_common_header(R& r, Layer layer, bool (*has_class)(std::uint8_t),
                                        CommonHeader& header) {
  if (const auto error = read_common_header(r, layer, header)) return error;
  if (!has_class(header.message_class) || type_name(header.message_class, header.message_type).empty())
    return Error{layer, Reason::unknown_type, 2};
  return std::nullopt;
}

/// Shows the value of `parameter`. `r` stands at the value; its input ends with it.
template <class R>
void show_value(R& r, const Parameter& parameter);

/// Calls `on(tag, reader of the value)` for each parameter of `body`, which stands `base` octets behind the
/// start of the decoder's input. `on` gives the Reason for which it refuses a value, or nothing.
///
///     +---------------+---------------+---------------+---------------+
///     |         Parameter Tag         |       Parameter Length        |  the length counts itself and
///     +---------------+---------------+---------------+---------------+  the tag, not the padding
///     |  Parameter Value ...                          |    padding    |
///     +---------------+---------------+---------------+---------------+
template <class R, class OnParameter>
std::optional<Error> for_each_parameter(R r, Layer layer, std::size_t base, std::span<const Parameter> own,
                                        OnParameter&& on) {
  while (!r.empty()) {
    const auto at = static_cast<std::uint32_t>(base + r.position());
    if (r.remaining() < 4) return Error{layer, Reason::truncated, at};
    const std::size_t length = std::size_t{r.peek(2)} << 8U | r.peek(3);
    if (length < 4) return Error{layer, Reason::bad_length, at + 2};
    if (length > r.remaining()) return Error{layer, Reason::truncated, at + 2};
    R parameter{r.take(length), r.trace()};
    {
      const auto tag = static_cast<std::uint16_t>(parameter.peek(0) << 8U | parameter.peek(1));
      Parameter known{};
      if constexpr (R::tracing) known = find_parameter(own, tag);
      const TraceScope scope{r.trace(), known.name, parameter.input()};
      parameter.u16("Parameter Tag", in_hex([&](std::uint64_t) { return known.name; }));
      parameter.u16("Parameter Length");
      R value{parameter.take_rest(), r.trace()};
      if (const std::optional<Reason> reason = on(tag, value)) return Error{layer, *reason, at};
      if constexpr (R::tracing) {
        if (value.position() == 0 && !value.failed()) show_value(value, known);
      }
    }
    const std::size_t padding = std::min<std::size_t>((4 - length % 4) % 4, r.remaining());
    if (padding != 0) r.octets(padding, "Padding");
  }
  return std::nullopt;
}

template <class R>
void show_value(R& r, const Parameter& parameter) {
  const auto meaning = [&](std::uint64_t value) {
    return parameter.meaning != nullptr ? parameter.meaning(value) : std::string_view{};
  };
  switch (parameter.format) {
    case Format::octets: break;
    case Format::number:
      if (r.remaining() >= 4) r.u32(parameter.name, meaning);
      break;
    case Format::numbers:
      while (r.remaining() >= 4) r.u32(parameter.name, meaning);
      break;
    case Format::point_codes:
      while (r.remaining() >= 4) {
        r.u8("Mask");
        r.u24("Point Code");
      }
      break;
    case Format::text: {
      const Octets octets = r.take_rest();
      r.note(parameter.name, octets, as_chars(octets));
      break;
    }
    case Format::status:
    case Format::user_cause:
      if (r.remaining() < 4) break;
      r.u16(parameter.format == Format::status ? "Status Type" : "Cause", meaning);
      if (parameter.format == Format::user_cause) r.u16("User", service_indicator_name);
      else r.u16("Status Information");
      break;
    case Format::octet_values:
      while (!r.empty()) r.u8(parameter.name, meaning);
      break;
  }
  if (!r.empty()) r.rest("Value");
}

}  // namespace tollgate::decode::xua
