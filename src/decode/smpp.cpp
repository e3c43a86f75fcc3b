#include "decode/smpp.hpp"

#include <algorithm>

#include "decode/smpp_frame.hpp"
#include "decode/smpp_queries.hpp"
#include "decode/smpp_submission.hpp"

namespace tollgate::decode::smpp {
namespace {

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
    case query_broadcast_sm_resp: return read_answered_message_id(f, pdu);
    case data_sm: return read_data_sm(f, pdu);
    case submit_multi: return read_submit_multi(f, pdu);
    case submit_multi_resp: return read_submit_multi_resp(f, pdu);
    case bind_receiver:
    case bind_transmitter:
    case bind_transceiver: return read_bind(f, pdu);
    case bind_receiver_resp:
    case bind_transmitter_resp:
    case bind_transceiver_resp:
      pdu.system_id = f.last_c_string(system_id_size, "system_id", pdu.unterminated);
      return;
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
      f.u32("command_id", in_hex([](std::uint64_t id) { return name_of(static_cast<CommandId>(id)); })));
  pdu.command_status = f.u32("command_status", in_hex(status_meaning));
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
  destination.is_list = dest_flag == 2;
  destination.list_name = take_c_string(rest_);
  return destination.is_list;
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
