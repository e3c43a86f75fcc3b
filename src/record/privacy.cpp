#include "record/privacy.hpp"

#include <algorithm>

namespace tollgate::record {
namespace {

constexpr std::size_t shown_digits = 2;

/// A name cannot be dialled; digits are somebody's number, whatever they are said to be.
bool is_name(std::string_view address) {
  return std::any_of(address.begin(), address.end(),
                     [](char c) { return (c < '0' || c > '9') && c != '+' && c != ' '; });
}

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
  const std::size_t hidden = number.size() - std::min(number.size(), shown_digits);
  std::fill_n(masked.begin(), hidden, '*');
  return masked;
}

}  // namespace tollgate::record
