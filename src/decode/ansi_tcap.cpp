#include "decode/ansi_tcap.hpp"

#include <optional>

#include "decode/ber.hpp"

namespace tollgate::decode::ansi_tcap {

namespace {

constexpr std::size_t id_octets = 4;

constexpr ber::Tag private_use(std::uint32_t number) {
  return ber::make_tag(ber::Class::private_use, number);
}
constexpr ber::Tag transaction_id_tag = private_use(7);
constexpr ber::Tag component_sequence_tag = private_use(8);
constexpr ber::Tag p_abort_cause_tag = private_use(23);
constexpr ber::Tag dialogue_portion_tag = private_use(25);

/// T1.114.3 3.3: which identifiers a package carries.
bool has_originating_id(PackageType type) {
  return type != PackageType::unidirectional && type != PackageType::response && type != PackageType::abort;
}
bool has_responding_id(PackageType type) {
  return type == PackageType::response || type == PackageType::abort ||
         type == PackageType::conversation_with_permission ||
         type == PackageType::conversation_without_permission;
}

template <class C>
std::optional<Error> read_ids(const C& cursor, const ber::Tlv& tlv, Message& message) {
  Octets rest = tlv.contents;
  const auto take = [&](bool there, std::string_view name, Octets& id) {
    if (!there) return;
    id = rest.first(id_octets);
    rest = rest.subspan(id_octets);
    if constexpr (C::tracing) cursor.trace()->octets(name, id);
  };
  const bool originating = has_originating_id(message.type);
  const bool responding = has_responding_id(message.type);
  if (rest.size() != id_octets * (unsigned{originating} + unsigned{responding}))
    return cursor.error(Layer::tcap, Reason::bad_length, tlv.whole);
  take(originating, "originating transaction ID", message.originating_id);
  take(responding, "responding transaction ID", message.responding_id);
  return std::nullopt;
}

template <class C>
std::optional<Error> read(C cursor, Message& message) {
  ber::Tlv package;
  if (!cursor.next(package)) return cursor.error(Layer::tcap);
  message.type = static_cast<PackageType>(ber::number_of(package.tag));
  const TraceScope scope(cursor.trace(), to_string(message.type), package.whole);
  C elements = cursor.inside(package);
  for (ber::Tlv tlv; elements.next(tlv);) {
    switch (tlv.tag) {
      case transaction_id_tag:
        if (const auto error = read_ids(elements, tlv, message)) return error;
        break;
      case dialogue_portion_tag: elements.show("dialogue portion", tlv); break;
      case component_sequence_tag: elements.show("component sequence", tlv); break;
      case p_abort_cause_tag: elements.show("P-Abort cause", tlv); break;
      default: elements.show_unknown(tlv);
    }
  }
  if (elements.failed()) return elements.error(Layer::tcap);
  return std::nullopt;
}

}  // namespace

bool is_package(Octets input) {
  if (input.empty()) return false;
  const auto tag = std::to_integer<unsigned>(input.front());
  return (tag >= 0xe1 && tag <= 0xe6) || tag == 0xf6;
}

Result<Message> decode(Octets input, Trace* trace) {
  if (input.empty()) return Error{Layer::tcap, Reason::truncated, 0};
  if (!is_package(input)) return Error{Layer::tcap, Reason::unknown_type, 0};
  Result<Message> result{std::in_place};
  const auto error = ber::with_cursor(input, trace, [&](auto cursor) { return read(cursor, *result); });
  if (error) result = *error;
  return result;
}

std::string_view to_string(PackageType type) {
  switch (type) {
    case PackageType::unidirectional: return "Unidirectional (ANSI)";
    case PackageType::query_with_permission: return "QueryWithPermission";
    case PackageType::query_without_permission: return "QueryWithoutPermission";
    case PackageType::response: return "Response";
    case PackageType::conversation_with_permission: return "ConversationWithPermission";
    case PackageType::conversation_without_permission: return "ConversationWithoutPermission";
    case PackageType::abort: return "Abort (ANSI)";
  }
  return {};
}

}  // namespace tollgate::decode::ansi_tcap
