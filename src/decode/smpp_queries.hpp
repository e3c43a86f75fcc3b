#pragma once

#include "decode/smpp_fields.hpp"
#include "decode/smpp_submission.hpp"

// The bodies of PDUs that are about a message sent before. Included by the SMPP decoder only.

namespace tollgate::decode::smpp {

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

}  // namespace tollgate::decode::smpp
