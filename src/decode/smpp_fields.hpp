#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "decode/reader.hpp"
#include "decode/smpp.hpp"

// The fields that PDUs share. Included by the SMPP decoder only.

namespace tollgate::decode::smpp {

// Maximum sizes of C-octet strings, with their NUL (SMPP 3.4 4, where 3.3 and 5.0 have no larger ones).
constexpr std::size_t service_type_size = 6;
constexpr std::size_t addr_size = 21;
constexpr std::size_t long_addr_size = 65;  // data_sm, alert_notification
constexpr std::size_t message_id_size = 65;
constexpr std::size_t time_size = 17;
constexpr std::size_t system_id_size = 16;
constexpr std::size_t password_size = 9;
constexpr std::size_t system_type_size = 13;
constexpr std::size_t address_range_size = 41;
constexpr std::size_t dl_name_size = 21;
constexpr std::size_t param_name_size = 32;    // SMPP 3.3
constexpr std::size_t param_value_size = 101;  // SMPP 3.3

struct AddressNames {
  std::string_view ton, npi, addr;
};
constexpr AddressNames source_names{"source_addr_ton", "source_addr_npi", "source_addr"};
constexpr AddressNames destination_names{"dest_addr_ton", "dest_addr_npi", "destination_addr"};
constexpr AddressNames esme_names{"esme_addr_ton", "esme_addr_npi", "esme_addr"};
constexpr AddressNames bind_names{"addr_ton", "addr_npi", "address_range"};

inline std::string_view status_meaning(std::uint64_t command_status) {
  if (command_status >= 0x400 && command_status <= 0x4FF) return "reserved for the SMSC vendor";
  return status_name(command_status);
}

// Reads the fields of a PDU and remembers the first fault; after it everything reads as zero or empty.
template <class R>
class Fields {
 public:
  explicit Fields(R reader) : r_(reader) {}

  template <class Meaning = NoMeaning>
  std::uint8_t u8(std::string_view name, Meaning meaning = {}) {
    const std::uint8_t value = r_.u8(name, meaning);
    if (r_.failed()) fail(Reason::truncated);
    return value;
  }

  template <class Meaning = NoMeaning>
  std::uint32_t u32(std::string_view name, Meaning meaning = {}) {
    const std::uint32_t value = r_.u32(name, meaning);
    if (r_.failed()) fail(Reason::truncated);
    return value;
  }

  // A C-octet string of at most `size` octets with its NUL.
  std::string_view c_string(std::size_t size, std::string_view name) {
    const std::size_t room = std::min(size, r_.remaining());
    if (room == 0) return fail(Reason::truncated), std::string_view{};
    const char* chars = as_chars(r_.input()).data() + r_.position();
    const void* end = *chars == '\0' ? chars : std::memchr(chars, 0, room);
    if (end == nullptr)
      return fail(room == size ? Reason::bad_length : Reason::truncated), std::string_view{};
    const auto length = static_cast<std::size_t>(static_cast<const char*>(end) - chars);
    const Octets whole = r_.take(length + 1);
    const std::string_view value = as_chars(whole.first(length));
    r_.note(name, whole, value);
    return value;
  }

  // The same, but the PDU may end in the place of its NUL: sets `unterminated`.
  std::string_view last_c_string(std::size_t size, std::string_view name, bool& unterminated) {
    const std::size_t length = r_.remaining();
    const char* chars = as_chars(r_.input()).data() + r_.position();
    if (length == 0 || length >= size || std::memchr(chars, 0, length) != nullptr)
      return c_string(size, name);
    unterminated = true;
    const Octets whole = r_.take(length);
    const std::string_view value = as_chars(whole);
    r_.note(name, whole, value);
    return value;
  }

  Octets octets(std::size_t count, std::string_view name) {
    if (count > r_.remaining()) return fail(Reason::bad_length), Octets{};
    return r_.octets(count, name);
  }

  void address(Address& address, std::size_t size, const AddressNames& names) {
    address.ton = u8(names.ton, ton_name);
    address.npi = u8(names.npi, npi_name);
    address.addr = c_string(size, names.addr);
  }

  void fail(Reason reason) {
    if (!failed_) {
      failed_ = true;
      error_ = r_.error(Layer::smpp, reason);
    }
    r_.skip(r_.input().size() + 1);
  }

  bool failed() const { return failed_; }
  const Error& error() const { return error_; }
  R& reader() { return r_; }

 private:
  R r_;
  bool failed_ = false;
  Error error_{};
};

template <class R>
void read_esm_class(Fields<R>& f, Pdu& pdu) {
  pdu.esm_class = f.u8("esm_class", hexadecimal);
  if constexpr (R::tracing) {
    if (f.failed()) return;
    const Octets octet = f.reader().last(1);
    const unsigned value = pdu.esm_class;
    f.reader().bits("GSM Network Specific Features", octet, 0xc0, gsm_features_name(value));
    f.reader().bits("Message Type", octet, 0x3c, message_type_name(value));
    f.reader().bits("Messaging Mode", octet, 0x03, messaging_mode_name(value));
  }
}

template <class R>
void read_registered_delivery(Fields<R>& f, Pdu& pdu) {
  pdu.registered_delivery = f.u8("registered_delivery", hexadecimal);
  if constexpr (R::tracing) {
    if (f.failed()) return;
    const Octets octet = f.reader().last(1);
    const unsigned value = pdu.registered_delivery;
    f.reader().bits("Intermediate Notification", octet, 0x10, intermediate_name(value));
    f.reader().bits("SME originated Acknowledgement", octet, 0x0c, sme_ack_name(value));
    f.reader().bits("SMSC Delivery Receipt", octet, 0x03, receipt_name(value));
  }
}

template <class R>
void read_times(Fields<R>& f, Pdu& pdu) {
  pdu.schedule_delivery_time = f.c_string(time_size, "schedule_delivery_time");
  pdu.validity_period = f.c_string(time_size, "validity_period");
}

template <class R>
void read_short_message(Fields<R>& f, Pdu& pdu) {
  const std::uint8_t sm_length = f.u8("sm_length");
  pdu.short_message = f.octets(sm_length, "short_message");
}

template <class R>
void read_source(Fields<R>& f, Pdu& pdu, std::size_t size = addr_size) {
  f.address(pdu.source, size, source_names);
}

template <class R>
void read_destination(Fields<R>& f, Pdu& pdu, std::size_t size = addr_size) {
  f.address(pdu.destination, size, destination_names);
}

template <class R>
void read_service_type(Fields<R>& f, Pdu& pdu) {
  pdu.service_type = f.c_string(service_type_size, "service_type");
}

template <class R>
void read_message_id(Fields<R>& f, Pdu& pdu) {
  pdu.message_id = f.c_string(message_id_size, "message_id");
}

// Message centres are seen that leave out the NUL of a message_id at the end of a response
template <class R>
void read_answered_message_id(Fields<R>& f, Pdu& pdu) {
  pdu.message_id = f.last_c_string(message_id_size, "message_id", pdu.unterminated);
}

}  // namespace tollgate::decode::smpp
