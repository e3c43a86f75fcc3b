#include "inspect/smpp_edit.hpp"

#include <algorithm>
#include <cstring>

namespace tollgate::inspect {
namespace {

using decode::smpp::CommandId;
using decode::smpp::Pdu;
namespace smpp = decode::smpp;

constexpr std::uint8_t udhi = 0x40;  // of esm_class
constexpr std::size_t tlv_header = 4;
constexpr std::size_t longest_value = 0xFFFF;
constexpr std::size_t dest_address_size = 4;   // of an element of a submit_multi's list, beside the digits
constexpr std::size_t longest_short_code = 6;  // digits

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

/// Where the fields of a PDU stand that an edit looks at. 0: it has no such field.
struct Places {
  Range destinations;  ///< the address without its NUL; the list of a submit_multi
  std::size_t number_of_dests = 0;
  std::size_t esm_class = 0;
  std::size_t registered_delivery = 0;
  std::size_t sm_length = 0;
  Range text;
  std::size_t tlvs = 0;
};

Places places_of(const Pdu& pdu, Octets octets) {
  const auto begin_of = [&](const auto& view) {
    return static_cast<std::size_t>(reinterpret_cast<const std::byte*>(view.data()) - octets.data());
  };
  const auto range_of = [&](const auto& view) { return Range{begin_of(view), begin_of(view) + view.size()}; };
  Places at;
  at.tlvs = octets.size() - pdu.tlvs.size();
  at.text = {at.tlvs, at.tlvs};
  at.destinations = at.text;
  if (pdu.command_id == CommandId::broadcast_sm) return at;

  const bool list = pdu.command_id == CommandId::submit_multi;
  at.destinations = list ? range_of(pdu.list) : range_of(pdu.destination.addr);
  if (list) at.number_of_dests = at.destinations.begin - 1;
  at.esm_class = at.destinations.end + (list ? 0 : 1);
  if (pdu.command_id == CommandId::data_sm) {
    at.registered_delivery = at.esm_class + 1;
    return at;
  }
  at.registered_delivery = range_of(pdu.validity_period).end + 1;
  at.text = range_of(pdu.short_message);
  at.sm_length = at.text.begin - 1;
  return at;
}

/// Whether an optional parameter says what is sent, or of a broadcast_sm to whom.
bool is_content(CommandId id, std::uint16_t tag) {
  return tag == smpp::tag::message_payload ||
         (id == CommandId::broadcast_sm && tag == smpp::tag::broadcast_area_identifier);
}

/// A copy of a PDU in which fields are changed where they stand, then those that are kept close up on those
/// that are not.
class Copy {
 public:
  Copy(Octets octets, std::span<std::byte> room) : octets_(room.first(octets.size())) {
    std::copy(octets.begin(), octets.end(), octets_.begin());
  }

  void set(std::size_t at, std::byte value) { octets_[at] = value; }
  void set(Range range, char value) {
    std::fill_n(octets_.begin() + static_cast<std::ptrdiff_t>(range.begin), range.size(),
                static_cast<std::byte>(value));
  }
  void clear(std::size_t at, std::uint8_t bits) { octets_[at] &= ~std::byte{bits}; }

  // From the first octet of the PDU to the last, what it is made of in the end:

  void keep(std::size_t begin, std::size_t end) {
    std::memmove(octets_.data() + length_, octets_.data() + begin, end - begin);
    length_ += end - begin;
  }
  void add(std::byte octet) { octets_[length_++] = octet; }
  void add(std::string_view chars) {
    std::memcpy(octets_.data() + length_, chars.data(), chars.size());
    length_ += chars.size();
  }
  /// Fills `count` octets: none, or 4 at least.
  void fill(std::size_t count) {
    while (count != 0) {
      std::size_t value = std::min(count - tlv_header, longest_value);
      const std::size_t rest = count - tlv_header - value;
      if (rest != 0 && rest < tlv_header) value -= tlv_header;
      for (const std::size_t number : {std::size_t{filler_tag}, value}) {
        add(static_cast<std::byte>(number >> 8U));
        add(static_cast<std::byte>(number & 0xFFU));
      }
      std::fill_n(octets_.begin() + static_cast<std::ptrdiff_t>(length_), value, std::byte{0});
      length_ += value;
      count -= tlv_header + value;
    }
  }

  Octets all() const { return octets_; }
  std::size_t size() const { return octets_.size(); }
  std::size_t left() const { return octets_.size() - length_; }

 private:
  std::span<std::byte> octets_;
  std::size_t length_ = 0;
};

/// What is changed in either way to stop a message.
void ask_for_nothing(const Places& at, Copy& copy) {
  if (at.registered_delivery != 0) copy.set(at.registered_delivery, std::byte{0});
  if (at.esm_class != 0) copy.clear(at.esm_class, udhi);
}

std::size_t freed_by_stopping(const Pdu& pdu, const Places& at) {
  std::size_t freed = at.destinations.size() + at.text.size();
  smpp::TlvWalk walk(pdu.tlvs);
  while (const auto tlv = walk.next()) {
    if (is_content(pdu.command_id, tlv->tag)) freed += tlv->whole.size();
  }
  return freed + walk.rest().size();
}

void leave_out_content(const Pdu& pdu, const Places& at, Copy& copy) {
  if (at.number_of_dests != 0) copy.set(at.number_of_dests, std::byte{0});
  if (at.sm_length != 0) copy.set(at.sm_length, std::byte{0});
  copy.keep(0, at.destinations.begin);
  copy.keep(at.destinations.end, at.text.begin);
  std::size_t begin = at.tlvs;
  smpp::TlvWalk walk(pdu.tlvs);
  while (const auto tlv = walk.next()) {
    if (!is_content(pdu.command_id, tlv->tag)) copy.keep(begin, begin + tlv->whole.size());
    begin += tlv->whole.size();
  }
  copy.fill(copy.left());
}

void cover_content(const Pdu& pdu, const Places& at, Copy& copy) {
  if (at.number_of_dests == 0) {
    copy.set(at.destinations, '*');
  } else {
    smpp::Destinations destinations(pdu.list);
    const char* const list = as_chars(pdu.list).data();
    for (smpp::Destination destination; destinations.next(destination);) {
      const std::string_view name = destination.is_list ? destination.list_name : destination.address.addr;
      const std::size_t begin = at.destinations.begin + static_cast<std::size_t>(name.data() - list);
      copy.set(Range{begin, begin + name.size()}, '*');
    }
  }
  copy.set(at.text, ' ');
  std::size_t end = at.tlvs;
  smpp::TlvWalk walk(pdu.tlvs);
  while (const auto tlv = walk.next()) {
    end += tlv->whole.size();
    if (is_content(pdu.command_id, tlv->tag)) copy.set(Range{end - tlv->value.size(), end}, ' ');
  }
  copy.set(Range{end, copy.size()}, ' ');
}

}  // namespace

Octets stopped_pdu(const Pdu& pdu, Octets octets, bool has_tlvs, std::span<std::byte> room) {
  const Places at = places_of(pdu, octets);
  Copy copy(octets, room);
  ask_for_nothing(at, copy);
  if ((has_tlvs || pdu.command_id == CommandId::broadcast_sm) && freed_by_stopping(pdu, at) >= tlv_header)
    leave_out_content(pdu, at, copy);
  else cover_content(pdu, at, copy);
  return copy.all();
}

DivertRoom divert_room(const Pdu& pdu, bool has_tlvs) {
  if (pdu.command_id == CommandId::broadcast_sm) return {};
  if (pdu.command_id != CommandId::submit_multi) return {pdu.destination.addr.size(), has_tlvs};
  return {std::max(pdu.list.size(), dest_address_size) - dest_address_size, has_tlvs};
}

Octets diverted_pdu(const Pdu& pdu, Octets octets, std::string_view number, std::span<std::byte> room) {
  const Places at = places_of(pdu, octets);
  const bool list = at.number_of_dests != 0;
  const bool international = number.size() > longest_short_code;
  constexpr std::byte isdn{1};
  Copy copy(octets, room);
  if (list) copy.set(at.number_of_dests, std::byte{1});
  copy.keep(0, list ? at.destinations.begin : at.destinations.begin - 2);
  if (list) copy.add(std::byte{1});  // dest_flag: an address
  copy.add(std::byte{international});
  copy.add(international ? isdn : std::byte{0});
  copy.add(number);
  if (list) copy.add(std::byte{0});
  smpp::TlvWalk walk(pdu.tlvs);
  while (walk.next()) {
  }
  const std::size_t broken = octets.size() - walk.rest().size();
  copy.keep(at.destinations.end, broken);
  copy.fill(copy.left() - walk.rest().size());
  copy.keep(broken, octets.size());
  return copy.all();
}

std::uint32_t default_status(CommandId request, Verdict verdict) {
  // SMPP 3.4 5.1.3, SMPP 5.0 4.7.6
  constexpr std::uint32_t submit_fail = 0x45;
  constexpr std::uint32_t throttled = 0x58;
  constexpr std::uint32_t receiver_temporary = 0x64;
  constexpr std::uint32_t receiver_rejects = 0x66;
  constexpr std::uint32_t delivery_failure = 0xFE;
  constexpr std::uint32_t broadcast_fail = 0x10D;
  const bool later = verdict == Verdict::throttle;
  switch (request) {
    case CommandId::deliver_sm: return later ? receiver_temporary : receiver_rejects;
    case CommandId::data_sm: return later ? throttled : delivery_failure;
    case CommandId::broadcast_sm: return later ? throttled : broadcast_fail;
    default: return later ? throttled : submit_fail;
  }
}

}  // namespace tollgate::inspect
