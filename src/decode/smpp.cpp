#include "decode/smpp.hpp"

#include <algorithm>
#include <cstring>

#include "decode/reader.hpp"
#include "decode/smpp_frame.hpp"

namespace tollgate::decode::smpp {
namespace {

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

std::string_view status_meaning(std::uint64_t command_status) {
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
  pdu.esm_class = f.u8("esm_class");
  if constexpr (R::tracing) {
    if (f.failed()) return;
    const Octets octet = f.reader().last(1);
    const unsigned value = pdu.esm_class;
    f.reader().note("Messaging Mode", octet, value & 3U, messaging_mode_name(value));
    f.reader().note("Message Type", octet, value >> 2U & 15U, message_type_name(value));
    f.reader().note("GSM Network Specific Features", octet, value >> 6U, gsm_features_name(value));
  }
}

template <class R>
void read_registered_delivery(Fields<R>& f, Pdu& pdu) {
  pdu.registered_delivery = f.u8("registered_delivery");
  if constexpr (R::tracing) {
    if (f.failed()) return;
    const Octets octet = f.reader().last(1);
    const unsigned value = pdu.registered_delivery;
    f.reader().note("SMSC Delivery Receipt", octet, value & 3U, receipt_name(value));
    f.reader().note("SME originated Acknowledgement", octet, value >> 2U & 3U, sme_ack_name(value));
    f.reader().note("Intermediate Notification", octet, value >> 4U & 1U, intermediate_name(value));
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

/* bind_receiver, bind_transmitter, bind_transceiver: SMPP 3.4 4.1

     +--------------------+-------------------+---------------------+-------------------+
     | system_id 1..16, C | password 1..9, C  | system_type 1..13 C | interface_version |
     +----------+---------+-+-----------------+--------+------------+-------------------+
     | addr_ton | addr_npi  | address_range 1..41, C   |
     +----------+-----------+--------------------------+
   C: a C-octet string, its size with the NUL; the others are integers of one octet. */
template <class R>
void read_bind(Fields<R>& f, Pdu& pdu) {
  pdu.system_id = f.c_string(system_id_size, "system_id");
  pdu.password = f.c_string(password_size, "password");
  pdu.system_type = f.c_string(system_type_size, "system_type");
  pdu.interface_version = f.u8("interface_version", interface_version_name);
  f.address(pdu.source, address_range_size, bind_names);
}

/* outbind: SMPP 3.4 4.1.7

     +--------------------+------------------+
     | system_id 1..16, C | password 1..9, C |
     +--------------------+------------------+ */
template <class R>
void read_outbind(Fields<R>& f, Pdu& pdu) {
  pdu.system_id = f.c_string(system_id_size, "system_id");
  pdu.password = f.c_string(password_size, "password");
}

// From esm_class to short_message, which submit_sm, deliver_sm and submit_multi share.
template <class R>
void read_submission(Fields<R>& f, Pdu& pdu) {
  read_esm_class(f, pdu);
  pdu.protocol_id = f.u8("protocol_id");
  pdu.priority_flag = f.u8("priority_flag", priority_name);
  read_times(f, pdu);
  read_registered_delivery(f, pdu);
  pdu.replace_if_present_flag = f.u8("replace_if_present_flag", replace_if_present_name);
  pdu.data_coding = f.u8("data_coding", data_coding_name);
  pdu.sm_default_msg_id = f.u8("sm_default_msg_id");
  read_short_message(f, pdu);
}

/* submit_sm, deliver_sm: SMPP 3.4 4.4.1, 4.6.1

     +----------------------+-----------------+-----------------+------------------------+
     | service_type 1..6, C | source_addr_ton | source_addr_npi | source_addr 1..21, C   |
     +---------------+------+--------+--------+-----------------+----------+-------------+
     | dest_addr_ton | dest_addr_npi | destination_addr 1..21, C | esm_class | protocol_id|
     +---------------+---------------+------------+--------------+-----------+-----------+
     | priority_flag | schedule_delivery_time 1 or 17, C | validity_period 1 or 17, C     |
     +---------------+-----+-------------------------+---+---------+---------------------+
     | registered_delivery | replace_if_present_flag | data_coding | sm_default_msg_id   |
     +-----------+---------+-------------------------+-------------+---------------------+
     | sm_length | short_message, sm_length octets   |
     +-----------+-----------------------------------+ */
template <class R>
void read_submit(Fields<R>& f, Pdu& pdu) {
  read_service_type(f, pdu);
  read_source(f, pdu);
  read_destination(f, pdu);
  read_submission(f, pdu);
}

/* dest_address, number_of_dests times: SMPP 3.4 4.5.1.1

     +---------------+---------------+---------------+---------------------------+
     | dest_flag = 1 | dest_addr_ton | dest_addr_npi | destination_addr 1..21, C |
     +---------------+---------------+---------------+---------------------------+
     | dest_flag = 2 | dl_name 1..21, C |
     +---------------+------------------+ */
template <class R>
void read_destinations(Fields<R>& f, Pdu& pdu) {
  pdu.list_count = f.u8("number_of_dests");
  const std::size_t start = f.reader().position();
  for (unsigned i = 0; i < pdu.list_count && !f.failed(); ++i) {
    Address address;
    const std::uint8_t dest_flag = f.u8("dest_flag", dest_flag_name);
    if (dest_flag == 1) f.address(address, addr_size, destination_names);
    else if (dest_flag == 2) f.c_string(dl_name_size, "dl_name");
    else f.fail(Reason::bad_value);
    if (pdu.destination.addr.empty()) pdu.destination = address;
  }
  if (!f.failed()) pdu.list = f.reader().input().subspan(start, f.reader().position() - start);
}

/* submit_multi: SMPP 3.4 4.5.1

     +----------------------+-----------------+-----------------+----------------------+
     | service_type 1..6, C | source_addr_ton | source_addr_npi | source_addr 1..21, C |
     +-----------------+----+------------+----+-----------------+----------------------+
     | number_of_dests | dest_address ...| from esm_class on as in submit_sm             |
     +-----------------+-----------------+-----------------------------------------------+ */
template <class R>
void read_submit_multi(Fields<R>& f, Pdu& pdu) {
  read_service_type(f, pdu);
  read_source(f, pdu);
  read_destinations(f, pdu);
  read_submission(f, pdu);
}

/* submit_multi_resp: SMPP 3.4 4.5.2; each unsuccess_sme 4.5.2.1

     +---------------------+--------------+-------------------+
     | message_id 1..65, C | no_unsuccess | unsuccess_sme ... |
     +---------------+-----+---------+----+-------------------+------+-------------------+
     | dest_addr_ton | dest_addr_npi | destination_addr 1..21, C     | error_status_code |
     +---------------+---------------+-------------------------------+-------------------+ */
template <class R>
void read_submit_multi_resp(Fields<R>& f, Pdu& pdu) {
  read_message_id(f, pdu);
  if (f.reader().empty()) return;  // an error may end here
  pdu.list_count = f.u8("no_unsuccess");
  const std::size_t start = f.reader().position();
  for (unsigned i = 0; i < pdu.list_count && !f.failed(); ++i) {
    Address address;
    f.address(address, addr_size, destination_names);
    f.u32("error_status_code", status_meaning);
  }
  if (!f.failed()) pdu.list = f.reader().input().subspan(start, f.reader().position() - start);
}

/* data_sm: SMPP 3.4 4.7.1

     +----------------------+-----------------+-----------------+----------------------+
     | service_type 1..6, C | source_addr_ton | source_addr_npi | source_addr 1..65, C |
     +---------------+------+--------+--------+-----------------+------+---------------+
     | dest_addr_ton | dest_addr_npi | destination_addr 1..65, C       | esm_class     |
     +---------------+-----+---------+---+-----------------------------+---------------+
     | registered_delivery | data_coding |
     +---------------------+-------------+ */
template <class R>
void read_data_sm(Fields<R>& f, Pdu& pdu) {
  read_service_type(f, pdu);
  read_source(f, pdu, long_addr_size);
  read_destination(f, pdu, long_addr_size);
  read_esm_class(f, pdu);
  read_registered_delivery(f, pdu);
  pdu.data_coding = f.u8("data_coding", data_coding_name);
}

/* query_sm, query_broadcast_sm: SMPP 3.4 4.8.1, SMPP 5.0 4.6.2.1

     +---------------------+-----------------+-----------------+----------------------+
     | message_id 1..65, C | source_addr_ton | source_addr_npi | source_addr 1..21, C |
     +---------------------+-----------------+-----------------+----------------------+ */
template <class R>
void read_query(Fields<R>& f, Pdu& pdu) {
  read_message_id(f, pdu);
  read_source(f, pdu);
}

/* query_sm_resp: SMPP 3.4 4.8.2

     +---------------------+-----------------------+---------------+------------+
     | message_id 1..65, C | final_date 1 or 17, C | message_state | error_code |
     +---------------------+-----------------------+---------------+------------+ */
template <class R>
void read_query_resp(Fields<R>& f, Pdu& pdu) {
  read_message_id(f, pdu);
  pdu.final_date = f.c_string(time_size, "final_date");
  pdu.message_state = f.u8("message_state", message_state_name);
  pdu.error_code = f.u8("error_code");
}

/* cancel_sm: SMPP 3.4 4.9.1; cancel_broadcast_sm, SMPP 5.0 4.6.3.1, has no destination

     +----------------------+---------------------+-----------------+-----------------+
     | service_type 1..6, C | message_id 1..65, C | source_addr_ton | source_addr_npi |
     +----------------------+---------------+-----+---------+-------+-----------------+
     | source_addr 1..21, C | dest_addr_ton | dest_addr_npi | destination_addr 1..21, C|
     +----------------------+---------------+---------------+-------------------------+ */
template <class R>
void read_cancel(Fields<R>& f, Pdu& pdu) {
  read_service_type(f, pdu);
  read_message_id(f, pdu);
  read_source(f, pdu);
  if (pdu.command_id == CommandId::cancel_sm) read_destination(f, pdu);
}

/* replace_sm: SMPP 3.4 4.10.1

     +---------------------+-----------------+-----------------+----------------------+
     | message_id 1..65, C | source_addr_ton | source_addr_npi | source_addr 1..21, C |
     +---------------------+-------------+---+-----------------+---------+------------+
     | schedule_delivery_time 1 or 17, C | validity_period 1 or 17, C    |
     +---------------------+-------------+-----+-----------+-------------+------------+
     | registered_delivery | sm_default_msg_id | sm_length | short_message             |
     +---------------------+-------------------+-----------+--------------------------+ */
template <class R>
void read_replace(Fields<R>& f, Pdu& pdu) {
  read_message_id(f, pdu);
  read_source(f, pdu);
  read_times(f, pdu);
  read_registered_delivery(f, pdu);
  pdu.sm_default_msg_id = f.u8("sm_default_msg_id");
  read_short_message(f, pdu);
}

/* alert_notification: SMPP 3.4 4.12.1

     +-----------------+-----------------+----------------------+
     | source_addr_ton | source_addr_npi | source_addr 1..65, C |
     +-----------------+-----------------+----------------------+
     | esme_addr_ton   | esme_addr_npi   | esme_addr 1..65, C   |
     +-----------------+-----------------+----------------------+ */
template <class R>
void read_alert_notification(Fields<R>& f, Pdu& pdu) {
  read_source(f, pdu, long_addr_size);
  f.address(pdu.destination, long_addr_size, esme_names);
}

/* broadcast_sm: SMPP 5.0 4.6.1.1

     +----------------------+-----------------+-----------------+----------------------+
     | service_type 1..6, C | source_addr_ton | source_addr_npi | source_addr 1..21, C |
     +---------------------++--------------+--+-----------------+--------------+-------+
     | message_id 1..65, C | priority_flag | schedule_delivery_time 1 or 17, C |
     +---------------------+------+--------+----------------+-------------+----+-------+
     | validity_period 1 or 17, C | replace_if_present_flag | data_coding | ...        |
     +-------------------+--------+-------------------------+-------------+------------+
     | sm_default_msg_id |   and the optional parameters broadcast_*
     +-------------------+ */
template <class R>
void read_broadcast(Fields<R>& f, Pdu& pdu) {
  read_service_type(f, pdu);
  read_source(f, pdu);
  read_message_id(f, pdu);
  pdu.priority_flag = f.u8("priority_flag", priority_name);
  read_times(f, pdu);
  pdu.replace_if_present_flag = f.u8("replace_if_present_flag", replace_if_present_name);
  pdu.data_coding = f.u8("data_coding", data_coding_name);
  pdu.sm_default_msg_id = f.u8("sm_default_msg_id");
}

/* query_last_msgs and its response: SMPP 3.3

     +-----------------+-----------------+----------------------+--------------+
     | source_addr_ton | source_addr_npi | source_addr 1..21, C | no_of_msgs   |
     +-----------------+-----------------+----------------------+--------------+
     | no_of_msgs | message_id, C, no_of_msgs times |
     +------------+---------------------------------+ */
template <class R>
void read_query_last_msgs(Fields<R>& f, Pdu& pdu) {
  read_source(f, pdu);
  pdu.list_count = f.u8("no_of_msgs");
}

template <class R>
void read_query_last_msgs_resp(Fields<R>& f, Pdu& pdu) {
  pdu.list_count = f.u8("no_of_msgs");
  const std::size_t start = f.reader().position();
  for (unsigned i = 0; i < pdu.list_count && !f.failed(); ++i) f.c_string(message_id_size, "message_id");
  if (!f.failed()) pdu.list = f.reader().input().subspan(start, f.reader().position() - start);
}

/* query_msg_details and its response: SMPP 3.3

     +---------------+-----------------+-----------------+----------------------+-----------+
     | message_id, C | source_addr_ton | source_addr_npi | source_addr 1..21, C | sm_length |
     +---------------+-----------------+-----------------+----------------------+-----------+
     +----------------------+--------+-----------------+-------------+---------------+
     | service_type 1..6, C | source | number_of_dests | protocol_id | priority_flag |
     |                      | as above dest_address ...|             |               |
     +----------------------+--------+-----------------+-------------+---------------+
     | schedule_delivery_time, validity_period 1 or 17, C | registered_delivery      |
     +-------------+-----------+---------------+----------+----+---------------------+
     | data_coding | sm_length | short_message | message_id, C | final_date 1 or 17, C|
     +-------------+--+--------+---+-----------+---------------+---------------------+
     | message_status | error_code |
     +----------------+------------+ */
template <class R>
void read_query_msg_details(Fields<R>& f, Pdu& pdu) {
  read_message_id(f, pdu);
  read_source(f, pdu);
  f.u8("sm_length");
}

template <class R>
void read_query_msg_details_resp(Fields<R>& f, Pdu& pdu) {
  read_service_type(f, pdu);
  read_source(f, pdu);
  read_destinations(f, pdu);
  pdu.protocol_id = f.u8("protocol_id");
  pdu.priority_flag = f.u8("priority_flag", priority_name);
  read_times(f, pdu);
  read_registered_delivery(f, pdu);
  pdu.data_coding = f.u8("data_coding", data_coding_name);
  read_short_message(f, pdu);
  read_message_id(f, pdu);
  pdu.final_date = f.c_string(time_size, "final_date");
  pdu.message_state = f.u8("message_status", message_state_name);
  pdu.error_code = f.u8("error_code");
}

template <class R>
void read_body(Fields<R>& f, Pdu& pdu) {
  using enum CommandId;
  switch (pdu.command_id) {
    case submit_sm:
    case deliver_sm: return read_submit(f, pdu);
    case submit_sm_resp:
    case deliver_sm_resp:
    case data_sm_resp:
    case broadcast_sm_resp:
    case query_broadcast_sm_resp: return read_message_id(f, pdu);
    case data_sm: return read_data_sm(f, pdu);
    case submit_multi: return read_submit_multi(f, pdu);
    case submit_multi_resp: return read_submit_multi_resp(f, pdu);
    case bind_receiver:
    case bind_transmitter:
    case bind_transceiver: return read_bind(f, pdu);
    case bind_receiver_resp:
    case bind_transmitter_resp:
    case bind_transceiver_resp: pdu.system_id = f.c_string(system_id_size, "system_id"); return;
    case outbind: return read_outbind(f, pdu);
    case query_sm:
    case query_broadcast_sm: return read_query(f, pdu);
    case query_sm_resp: return read_query_resp(f, pdu);
    case cancel_sm:
    case cancel_broadcast_sm: return read_cancel(f, pdu);
    case replace_sm: return read_replace(f, pdu);
    case alert_notification: return read_alert_notification(f, pdu);
    case broadcast_sm: return read_broadcast(f, pdu);
    case query_last_msgs: return read_query_last_msgs(f, pdu);
    case query_last_msgs_resp: return read_query_last_msgs_resp(f, pdu);
    case query_msg_details: return read_query_msg_details(f, pdu);
    case query_msg_details_resp: return read_query_msg_details_resp(f, pdu);
    case param_retrieve: pdu.param = f.c_string(param_name_size, "param_name"); return;
    case param_retrieve_resp: pdu.param = f.c_string(param_value_size, "param_value"); return;
    case generic_nack:
    case unbind:
    case unbind_resp:
    case enquire_link:
    case enquire_link_resp:
    case replace_sm_resp:
    case cancel_sm_resp:
    case cancel_broadcast_sm_resp: return;
  }
  f.fail(Reason::unknown_type);
}

/* The header: SMPP 3.4 3.2

     0               4             8                 12                16
     +----------------+------------+-----------------+-----------------+-------------------
     | command_length | command_id | command_status  | sequence_number | body, TLVs ...
     +----------------+------------+-----------------+-----------------+------------------- */
template <class R>
Result<Pdu> read(R reader) {
  Result<Pdu> result{std::in_place};
  Pdu& pdu = *result;
  Fields<R> f(reader);
  pdu.command_length = f.u32("command_length");
  pdu.command_id = static_cast<CommandId>(
      f.u32("command_id", [](std::uint64_t id) { return name_of(static_cast<CommandId>(id)); }));
  pdu.command_status = f.u32("command_status", status_meaning);
  pdu.sequence_number = f.u32("sequence_number");
  if (f.failed()) return f.error();
  const std::size_t size = f.reader().input().size();
  if (pdu.command_length > size) return Error{Layer::smpp, Reason::truncated, 0};
  if (pdu.command_length < size) return Error{Layer::smpp, Reason::bad_length, 0};
  if (pdu.is_response() && f.reader().empty() && !name_of(pdu.command_id).empty()) return result;
  read_body(f, pdu);
  if (f.failed()) return f.error();
  pdu.tlvs = f.reader().take_rest();
  if constexpr (R::tracing) trace_tlvs(pdu.tlvs, *f.reader().trace());
  return result;
}

std::string_view take_c_string(Octets& octets) {
  const std::string_view all = as_chars(octets);
  const std::string_view value = all.substr(0, std::min(all.find('\0'), all.size()));
  octets = octets.subspan(std::min(value.size() + 1, octets.size()));
  return value;
}

// The list was checked by `decode`; a list of other origin gives what is there.
bool take_address(Octets& octets, Address& address) {
  if (octets.size() < 3) return false;
  address.ton = std::to_integer<std::uint8_t>(octets[0]);
  address.npi = std::to_integer<std::uint8_t>(octets[1]);
  octets = octets.subspan(2);
  address.addr = take_c_string(octets);
  return true;
}

}  // namespace

Result<Pdu> decode(Octets pdu, Trace* trace) {
  const TraceScope scope(trace, "SMPP", pdu);
  return with_reader(pdu, trace, [](auto r) { return read(r); });
}

bool Destinations::next(Destination& destination) {
  destination = {};
  if (rest_.empty()) return false;
  const auto dest_flag = std::to_integer<unsigned>(rest_[0]);
  rest_ = rest_.subspan(1);
  if (dest_flag == 1) return take_address(rest_, destination.address);
  destination.list_name = take_c_string(rest_);
  return dest_flag == 2;
}

bool UnsuccessSmes::next(UnsuccessSme& element) {
  element = {};
  if (!take_address(rest_, element.address) || rest_.size() < 4) return false;
  for (const std::byte octet : rest_.first(4))
    element.error_status_code = element.error_status_code << 8U | std::to_integer<std::uint32_t>(octet);
  rest_ = rest_.subspan(4);
  return true;
}

}  // namespace tollgate::decode::smpp
