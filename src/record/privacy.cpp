#include "record/privacy.hpp"

#include "record/mask.hpp"

namespace tollgate::record {
namespace {

void hide_text(Message& message) {
  message.has_text = false;
  message.text = message.message_text = {};
  message.data = message.message_data = {};
}

}  // namespace

Message Privacy::filter(const Message& message) {
  used_ = 0;
  Message shown = message;
  const bool text = settings_.text == ShownText::all ||
                    (settings_.text == ShownText::blocked && message.judgement.verdict == Verdict::block);
  if (!text) hide_text(shown);
  if (!text || !settings_.full_numbers) shown.smpp.tlvs = {};
  if (settings_.full_numbers) return shown;
  shown.smpp.destinations = shown.smpp.unsuccess_smes = {};
  shown.imsi = mask(shown.imsi);
  shown.judgement.divert_to = mask(shown.judgement.divert_to);
  mask(shown.sender);
  mask(shown.recipient);
  return shown;
}

void Privacy::mask(Address& address) {
  if (address.type == NumberType::alphanumeric && is_name(address.address)) return;
  address.address = mask(address.address);
  address.number = mask(address.number);
}

std::string_view Privacy::mask(std::string_view number) {
  std::string& masked = masked_[used_++];
  masked = number;
  record::mask(masked);
  return masked;
}

}  // namespace tollgate::record
