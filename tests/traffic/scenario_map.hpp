#pragma once

#include <cstdint>
#include <optional>

#include "traffic/content.hpp"
#include "traffic/dialogue.hpp"

namespace tollgate::traffic {

/// How a request is answered.
enum class Answer {
  result,
  result_with_report,  ///< version 3: the result carries a DELIVER-REPORT or SUBMIT-REPORT
  error,
  error_with_report,  ///< version 3: sm-DeliveryFailure carries a report
  reject,
  user_abort,
  provider_abort,
  none,
};

enum class TpduType { message, status_report, command };

/// One delivery or submission over MAP.
struct SmRecipe {
  Ss7Path path;
  std::uint8_t version = 3;
  bool mobile_originated = false;
  Content content;
  TpAddress address;       ///< TP-OA or TP-DA
  std::string subscriber;  ///< MO: the sender's MSISDN
  std::string imsi;        ///< MT: sm-RP-DA
  std::string service_centre;
  ValidityFormat validity = ValidityFormat::relative;
  TpduType tpdu = TpduType::message;
  std::uint8_t status = 0;  ///< of a STATUS-REPORT TP-ST, of a COMMAND TP-CT
  bool status_report = false;
  bool by_lmsi = false;  ///< MT: sm-RP-DA is an LMSI
  Answer answer = Answer::result;
  std::int32_t error = 6;
  bool empty_begin = false;      ///< the invoke comes in a Continue, after an empty Begin
  bool one_dialogue = false;     ///< all parts in one dialogue, with moreMessagesToSend
  bool two_components = false;   ///< the first two parts in one Begin
  bool shuffled = false;         ///< the parts arrive in another order
  std::string_view spoil_layer;  ///< the TCAP message is damaged
  std::string_view spoil_reason;
  void (*spoil)(Bytes&) = nullptr;
};

/// A recipe with random parties.
SmRecipe sm_recipe(Context& context, bool mobile_originated);
void short_message(Context& context, const SmRecipe& recipe);

/// sendRoutingInfoForSM and the other operations around short messages.
struct GatewayRecipe {
  Ss7Path path;
  std::int32_t operation = map::send_routing_info_for_sm;
  std::uint8_t version = 3;
  Answer answer = Answer::result;
  std::int32_t error = 1;
  bool with_inform = false;  ///< the End carries informServiceCentre beside the result
};
GatewayRecipe gateway_recipe(Context& context, std::int32_t operation);
void gateway(Context& context, const GatewayRecipe& recipe);

/// An operation that asks back by one linked to it.
void linked_operations(Context& context);
/// ReturnResultNotLast, then ReturnResultLast.
void result_in_pieces(Context& context);
/// An operation with a global code, answered by an error with one.
void global_codes(Context& context);
/// ANSI TCAP: no reader of MAP finds anything in it.
void ansi_query(Context& context);
/// Short messages of several dialogues, each on its own SCTP stream, in one packet; or the first in pieces,
/// and the others before its last piece.
void sent_together(Context& context, std::size_t messages, unsigned pieces);

/// Signalling without short messages.
void signalling(Context& context, std::int32_t operation);

}  // namespace tollgate::traffic
