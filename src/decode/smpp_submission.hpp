#pragma once

#include "decode/smpp_fields.hpp"

// The bodies of PDUs that carry a short message. Included by the SMPP decoder only.

namespace tollgate::decode::smpp {

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
  read_answered_message_id(f, pdu);
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

}  // namespace tollgate::decode::smpp
