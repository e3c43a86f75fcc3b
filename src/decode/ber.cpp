#include "decode/ber.hpp"

#include <limits>

namespace tollgate::decode::ber {

namespace {

struct Header {
  Tag tag = 0;
  bool constructed = false;
  bool indefinite = false;
  std::size_t size = 0;    ///< of identifier and length octets
  std::size_t length = 0;  ///< of the contents; 0 where indefinite
};

std::uint8_t octet(Octets input, std::size_t at) { return std::to_integer<std::uint8_t>(input[at]); }

/// 8.1.2: a number of 31 or more stands in the octets that follow, seven bits in each.
std::optional<Reason> read_tag(Octets input, Header& header) {
  const std::uint8_t first = octet(input, 0);
  header.constructed = (first & 0x20U) != 0;
  const Class tag_class = static_cast<Class>(first >> 6U);
  header.size = 1;
  std::uint32_t number = first & 0x1fU;
  if (number == 0x1fU) {
    number = 0;
    bool more = true;
    while (more) {
      if (header.size == input.size()) return Reason::truncated;
      if (number >> 23U != 0) return Reason::bad_tag;
      const std::uint8_t next = octet(input, header.size++);
      number = number << 7U | (next & 0x7fU);
      more = (next & 0x80U) != 0;
    }
  }
  header.tag = make_tag(tag_class, number);
  return std::nullopt;
}

/// 8.1.3. A long form may be longer than it need be.
std::optional<Reason> read_length(Octets input, Header& header) {
  if (header.size == input.size()) return Reason::truncated;
  const std::uint8_t first = octet(input, header.size++);
  if (first < 0x80U) {
    header.length = first;
    return std::nullopt;
  }
  if (first == 0x80U) {
    header.indefinite = true;
    return header.constructed ? std::nullopt : std::optional{Reason::bad_length};
  }
  if (first == 0xffU) return Reason::bad_length;  // 8.1.3.5 c
  const std::size_t count = first & 0x7fU;
  if (count > input.size() - header.size) return Reason::truncated;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (length > std::numeric_limits<std::uint32_t>::max()) return Reason::truncated;
    length = length << 8U | octet(input, header.size++);
  }
  if (length > input.size() - header.size) return Reason::truncated;
  header.length = static_cast<std::size_t>(length);
  return std::nullopt;
}

std::optional<Reason> read_header(Octets input, Header& header) {
  if (input.empty()) return Reason::truncated;
  if (const auto reason = read_tag(input, header)) return reason;
  if (const auto reason = read_length(input, header)) return reason;
  if (header.length > input.size() - header.size) return Reason::truncated;
  return std::nullopt;
}

bool is_end_of_contents(const Header& header) {
  return header.tag == 0 && !header.constructed && header.length == 0 && header.size == 2;
}

/// Finds the end of contents that begin with `input`: walks over the elements, steps over those of definite
/// length, and counts how many of indefinite length are open.
std::optional<Reason> find_end_of_contents(Octets input, std::size_t& length) {
  std::size_t at = 0;
  for (unsigned depth = 1; depth > 0;) {
    Header header;
    if (const auto reason = read_header(input.subspan(at), header)) return reason;
    length = at;
    at += header.size + header.length;
    if (header.indefinite) {
      if (++depth > max_indefinite_depth) return Reason::too_deep;
    } else if (is_end_of_contents(header)) {
      --depth;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Reason> read(Octets input, Tlv& tlv) {
  Header header;
  if (const auto reason = read_header(input, header)) return reason;
  tlv.tag = header.tag;
  tlv.constructed = header.constructed;
  std::size_t end_octets = 0;
  if (header.indefinite) {
    if (const auto reason = find_end_of_contents(input.subspan(header.size), header.length)) return reason;
    end_octets = 2;
  }
  tlv.contents = input.subspan(header.size, header.length);
  tlv.whole = input.first(header.size + header.length + end_octets);
  return std::nullopt;
}

std::optional<std::int32_t> to_long_integer(Octets contents) {
  if (contents.empty() || contents.size() > 8) return std::nullopt;
  std::uint64_t bits = (octet(contents, 0) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < contents.size(); ++i) bits = bits << 8U | octet(contents, i);
  const auto value = static_cast<std::int64_t>(bits);
  if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  return static_cast<std::int32_t>(value);
}

std::string_view to_dotted(Octets contents, std::span<char> out) {
  char* at = out.data();
  char* const end = at + out.size();
  const auto put = [&](std::uint64_t arc) {
    if (at != out.data() && at != end) *at++ = '.';
    const auto [next, error] = std::to_chars(at, end, arc);
    at = next;
    return error == std::errc{};
  };
  std::uint64_t arc = 0;
  bool first = true;
  bool complete = false;
  for (const std::byte b : contents) {
    const auto bits = std::to_integer<std::uint8_t>(b);
    arc = arc << 7U | (bits & 0x7fU);
    if (arc > std::numeric_limits<std::uint32_t>::max()) return {};
    complete = (bits & 0x80U) == 0;
    if (!complete) continue;
    if (first) {  // 8.19.4: the first two arcs share one number
      const std::uint64_t root = arc < 80 ? arc / 40 : 2;
      if (!put(root)) return {};
      arc -= root * 40;
      first = false;
    }
    if (!put(arc)) return {};
    arc = 0;
  }
  if (!complete) return {};
  return {out.data(), static_cast<std::size_t>(at - out.data())};
}

void show_header(Trace& trace, const Tlv& tlv) {
  Header header;
  if (read_tag(tlv.whole, header)) return;
  const auto header_size = static_cast<std::size_t>(tlv.contents.data() - tlv.whole.data());
  const Octets length_octets = tlv.whole.subspan(header.size, header_size - header.size);
  char text[24];
  const bool indefinite = length_octets[0] == std::byte{0x80};
  trace.header(tlv.whole.first(header.size), to_text(tlv.tag, text), length_octets,
               indefinite ? std::nullopt : std::optional{tlv.contents.size()});
}

std::string_view to_text(Tag tag, std::span<char> out) {
  switch (tag) {
    case boolean: return "BOOLEAN";
    case integer: return "INTEGER";
    case bit_string: return "BIT STRING";
    case octet_string: return "OCTET STRING";
    case null: return "NULL";
    case object_identifier: return "OBJECT IDENTIFIER";
    case external: return "EXTERNAL";
    case enumerated: return "ENUMERATED";
    case sequence: return "SEQUENCE";
    case set: return "SET";
    default: break;
  }
  static constexpr std::string_view classes[] = {"UNIVERSAL ", "APPLICATION ", "", "PRIVATE "};
  const std::string_view name = classes[static_cast<std::size_t>(class_of(tag))];
  char* at = out.data();
  *at++ = '[';
  at += name.copy(at, name.size());
  at = std::to_chars(at, out.data() + out.size() - 1, number_of(tag)).ptr;
  *at++ = ']';
  return {out.data(), static_cast<std::size_t>(at - out.data())};
}

}  // namespace tollgate::decode::ber
