#include "inspect/smpp_session.hpp"

#include <algorithm>

#include "flow/plain_bool.hpp"

namespace tollgate::inspect {
namespace {

using decode::smpp::CommandId;

bool is_bind_resp(CommandId id) {
  return id == CommandId::bind_receiver_resp || id == CommandId::bind_transmitter_resp ||
         id == CommandId::bind_transceiver_resp;
}

// Which side sends a PDU (SMPP 3.4 2.3, table 2-1).
SmppSession::Side sender_of(CommandId id) {
  using enum CommandId;
  using Side = SmppSession::Side;
  switch (id) {
    case bind_receiver:
    case bind_transmitter:
    case bind_transceiver:
    case submit_sm:
    case submit_multi:
    case query_sm:
    case cancel_sm:
    case replace_sm:
    case broadcast_sm:
    case query_broadcast_sm:
    case cancel_broadcast_sm:
    case query_last_msgs:
    case query_msg_details:
    case param_retrieve:
    case deliver_sm_resp: return Side::esme;
    case outbind:
    case deliver_sm:
    case alert_notification:
    case bind_receiver_resp:
    case bind_transmitter_resp:
    case bind_transceiver_resp:
    case submit_sm_resp:
    case submit_multi_resp: return Side::message_centre;
    default: return Side::unknown;
  }
}

}  // namespace

void SmppSession::request(const decode::smpp::Pdu& pdu) {
  Account account;
  const std::string_view id = pdu.system_id.substr(0, account.system_id.size());
  std::copy(id.begin(), id.end(), account.system_id.begin());
  account.length = static_cast<std::uint8_t>(id.size());
  account.version = pdu.interface_version;
  binds_[1] = binds_[0];
  binds_[0] = {account, pdu.sequence_number, true};
  if (!bound_) account_ = account;
}

void SmppSession::response(const decode::smpp::Pdu& pdu) {
  const auto bind = std::find_if(binds_.begin(), binds_.end(), [&](const Bind& b) {
    return b.waiting && b.sequence == pdu.sequence_number;
  });
  if (bind == binds_.end()) return;
  bind->waiting = false;
  if (pdu.command_status == 0) {
    account_ = bind->account;
    bound_ = true;
  } else if (!bound_) {
    account_ = {};
  }
}

bool SmppSession::see(const decode::smpp::Pdu& pdu, std::uint64_t connection, std::uint64_t opposite) {
  const CommandId id = pdu.command_id;
  const Side sender = sender_of(id);
  const std::uint64_t esme_before = esme_;
  if (pdu.is_bind() || (esme_ == 0 && sender == Side::esme)) esme_ = connection;
  else if (esme_ == 0 && sender == Side::message_centre) esme_ = opposite;

  if (pdu.is_bind()) request(pdu);
  else if (is_bind_resp(id)) response(pdu);
  else if (id == CommandId::unbind_resp && pdu.command_status == 0) bound_ = false;
  else return esme_ != esme_before;
  return true;
}

bool SmppSession::is_sound() const {
  const auto holds = [](const Account& account) { return account.length <= account.system_id.size(); };
  return flow::is_bool(bound_) && holds(account_) &&
         std::all_of(binds_.begin(), binds_.end(),
                     [&](auto& bind) { return flow::is_bool(bind.waiting) && holds(bind.account); });
}

}  // namespace tollgate::inspect
