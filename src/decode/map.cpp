#include "decode/map.hpp"

#include <array>
#include <cstddef>

#include "decode/ber.hpp"
#include "decode/map_address.hpp"
#include "decode/map_schema.hpp"

namespace tollgate::decode::map {

namespace {

using schema::Element;
using schema::Elements;
using schema::Form;

/// The named bits; the first octet of the contents says how many bits of the last are unused.
void show_bits(Trace& trace, const Element& element, const ber::Tlv& tlv) {
  const TraceScope scope(&trace, element.name, tlv.whole);
  ber::show_header(trace, tlv);
  if (tlv.contents.empty()) return;
  trace.number("unused bits", tlv.contents.first(1), std::to_integer<unsigned>(tlv.contents[0]), {});
  for (std::size_t bit = 0; bit < element.meanings.size() && bit / 8 + 1 < tlv.contents.size(); ++bit) {
    const Octets octet = tlv.contents.subspan(bit / 8 + 1, 1);
    const unsigned mask = 0x80U >> bit % 8;
    const bool set = (std::to_integer<unsigned>(octet[0]) & mask) != 0;
    trace.bits(element.meanings[bit], octet, mask, set ? 1 : 0, {});
  }
}

void show_element(const ber::TracingCursor& cursor, const Element& element, const ber::Tlv& tlv) {
  switch (element.form) {
    case Form::address: return show_address(*cursor.trace(), element.name, tlv);
    case Form::bits: return show_bits(*cursor.trace(), element, tlv);
    case Form::digits: {
      char digits[40];
      return cursor.show(element.name, tlv, to_digits(tlv.contents, digits));
    }
    case Form::truth: {
      const bool value = !tlv.contents.empty() && tlv.contents[0] != std::byte{0};
      return cursor.show(element.name, tlv, value ? "TRUE" : "FALSE");
    }
    case Form::flag: return cursor.show(element.name, tlv, "present");
    default: return cursor.show(element.name, tlv);
  }
}

template <class C>
std::optional<Error> read_number(const C& cursor, const Element& element, const ber::Tlv& tlv,
                                 Parameter& parameter) {
  const auto value = ber::to_integer(tlv.contents);
  if (!value) return cursor.error(Layer::map, Reason::bad_value, tlv.whole);
  if (element.number != nullptr) parameter.*element.number = value;
  const bool named = *value >= 0 && static_cast<std::size_t>(*value) < element.meanings.size();
  cursor.show_integer(element.name, tlv, *value,
                      named ? element.meanings[static_cast<std::size_t>(*value)] : std::string_view{});
  return std::nullopt;
}

template <class C>
std::optional<Error> read_elements(C cursor, Elements elements, Parameter& parameter);

template <class C>
std::optional<Error> read_element(const C& cursor, const Element& element, const ber::Tlv& tlv,
                                  Parameter& parameter) {
  if (element.form == Form::group) {
    if (!tlv.constructed) return cursor.error(Layer::map, Reason::bad_tag, tlv.whole);
    const TraceScope scope(cursor.trace(), element.name, tlv.whole);
    return read_elements(cursor.inside(tlv), element.inner, parameter);
  }
  if (element.form == Form::number) return read_number(cursor, element, tlv, parameter);
  if (element.octets != nullptr) {
    // X.690 lets a string come in pieces, which no view can show as one.
    if (tlv.constructed) return cursor.error(Layer::map, Reason::unsupported, tlv.whole);
    parameter.*element.octets = tlv.contents;
  }
  if (element.flag != nullptr) parameter.*element.flag = true;
  if constexpr (C::tracing) show_element(cursor, element, tlv);
  return std::nullopt;
}

/// Which of `alternatives` has `tag`; null where none has.
const Element* find_alternative(Elements alternatives, ber::Tag tag) {
  for (const Element& alternative : alternatives) {
    if (alternative.tag == tag) return &alternative;
  }
  return nullptr;
}

struct Match {
  std::size_t index = 0;
  const Element* element = nullptr;  ///< of a choice: the alternative; null where no element matches
};

/// Elements of a SEQUENCE stand in order: the search begins after the last one found, so that it mostly takes
/// one step for an element and tells elements of the same tag apart.
Match find(Elements elements, std::size_t from, ber::Tag tag) {
  for (std::size_t i = from; i < elements.size(); ++i) {
    if (elements[i].form == Form::choice) {
      if (const Element* alternative = find_alternative(elements[i].inner, tag)) return {i, alternative};
    } else if (elements[i].tag == tag) {
      return {i, &elements[i]};
    }
  }
  return {};
}

template <class C>
std::optional<Error> read_choice(const C& cursor, const Element& choice, const Element& taken,
                                 const ber::Tlv& tlv, Parameter& parameter) {
  const auto alternative = static_cast<std::uint8_t>(ber::number_of(taken.tag));
  if (choice.sm_rp_da != nullptr) parameter.*choice.sm_rp_da = static_cast<RpDa>(alternative);
  if (choice.sm_rp_oa != nullptr) parameter.*choice.sm_rp_oa = static_cast<RpOa>(alternative);
  const TraceScope scope(cursor.trace(), choice.name, tlv.whole);
  return read_element(cursor, taken, tlv, parameter);
}

bool has_mandatory(Elements elements) {
  for (const Element& element : elements) {
    if (element.mandatory) return true;
  }
  return false;
}

template <class C>
std::optional<Error> read_elements(C cursor, Elements elements, Parameter& parameter) {
  std::size_t place = 0;
  for (ber::Tlv tlv; cursor.next(tlv);) {
    const Match match = find(elements, place, tlv.tag);
    if (match.element == nullptr) {
      cursor.show_unknown(tlv);
      continue;
    }
    if (has_mandatory(elements.subspan(place, match.index - place)))
      return cursor.error(Layer::map, Reason::missing_field, tlv.whole);
    const Element& element = elements[match.index];
    const auto error = element.form == Form::choice
                           ? read_choice(cursor, element, *match.element, tlv, parameter)
                           : read_element(cursor, element, tlv, parameter);
    if (error) return error;
    place = match.index + 1;
  }
  if (cursor.failed()) return cursor.error(Layer::map);
  if (has_mandatory(elements.subspan(place)))
    return cursor.error(Layer::map, Reason::missing_field, cursor.rest());
  return std::nullopt;
}

template <class C>
std::optional<Error> read_parameter(C cursor, Elements alternatives, Parameter& parameter) {
  ber::Tlv tlv;
  if (!cursor.next(tlv)) {
    if (cursor.failed()) return cursor.error(Layer::map);
    if (has_mandatory(alternatives)) return Error{Layer::map, Reason::missing_field, 0};
    return std::nullopt;
  }
  if (alternatives.empty()) {
    cursor.show_unknown(tlv);
    return std::nullopt;
  }
  const Element* element = find_alternative(alternatives, tlv.tag);
  if (element == nullptr) return cursor.error(Layer::map, Reason::bad_tag, tlv.whole);
  return read_element(cursor, *element, tlv, parameter);
}

Result<Parameter> read_parameter(Elements alternatives, Octets input, Trace* trace) {
  Result<Parameter> result{std::in_place};
  const auto error = ber::with_cursor(
      input, trace, [&](auto cursor) { return read_parameter(cursor, alternatives, *result); });
  if (error) result = *error;
  return result;
}

const schema::Operation& operation_of(std::int32_t code) {
  static constexpr schema::Operation unknown{};
  // No code is above 127: TS 29.002 17.5 gives none, and Invoke has one octet for it.
  static const auto by_code = [] {
    std::array<const schema::Operation*, 128> table;
    table.fill(&unknown);
    for (const auto operations : {schema::short_message_operations, schema::other_operations}) {
      for (const schema::Operation& operation : operations)
        table[static_cast<std::size_t>(operation.code)] = &operation;
    }
    return table;
  }();
  return code >= 0 && code < 128 ? *by_code[static_cast<std::size_t>(code)] : unknown;
}

}  // namespace

Result<Parameter> decode_argument(std::int32_t operation, Octets parameter, Trace* trace) {
  return read_parameter(operation_of(operation).argument, parameter, trace);
}

Result<Parameter> decode_result(std::int32_t operation, Octets parameter, Trace* trace) {
  return read_parameter(operation_of(operation).result, parameter, trace);
}

Result<Parameter> decode_error(std::int32_t error, Octets parameter, Trace* trace) {
  return read_parameter(schema::error_parameter(error), parameter, trace);
}

}  // namespace tollgate::decode::map
