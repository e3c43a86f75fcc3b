#include "record/privacy.hpp"

#include "message/countries.hpp"
#include "record/mask.hpp"

namespace tollgate::record {
namespace {

void hide_text(Message& message) {
  message.has_text = false;
  message.text = message.message_text = {};
  message.data = message.message_data = {};
}

}  // namespace

Privacy::Privacy(const PrivacySettings& settings) : text_(settings.text), numbers_(settings.numbers) {
  if (numbers_ == ShownNumbers::pseudonyms) pseudonyms_.emplace(read_pseudonym_key(settings.key));
}

Message Privacy::filter(const Message& message) {
  used_ = 0;
  countries_ = {};
  Message shown = message;
  const bool text =
      text_ == ShownText::all || (text_ == ShownText::blocked && message.judgement.verdict == Verdict::block);
  const bool full_numbers = numbers_ == ShownNumbers::full;
  if (!text) hide_text(shown);
  if (!text || !full_numbers) shown.smpp.tlvs = {};
  if (full_numbers) return shown;
  shown.smpp.destinations = shown.smpp.unsuccess_smes = {};
  shown.imsi = hide(shown.imsi);
  shown.judgement.divert_to = hide(shown.judgement.divert_to);
  if (numbers_ == ShownNumbers::pseudonyms)
    countries_ = {.sender = country_of(message.sender.number),
                  .recipient = country_of(message.recipient.number)};
  hide(shown.origin, message);
  hide(shown.destination, message);
  hide(shown.sender);
  hide(shown.recipient);
  return shown;
}

/// Of an address that means a number in full, both are the same pseudonym.
void Privacy::hide(Address& address) {
  if (address.type == NumberType::alphanumeric && is_name(address.address)) return;
  if (numbers_ == ShownNumbers::masked) {
    address.address = mask(address.address);
    address.number = mask(address.number);
    return;
  }
  const bool known = !address.number.empty();
  address.address = pseudonym(known ? address.number : address.address);
  if (known) address.number = address.address;
}

void Privacy::hide(Endpoint& end, const Message& message) {
  const auto is_of = [&](const Address& address) {
    return address.present && (end.gt == address.number || end.gt == address.address);
  };
  if (end.gt.empty() || (!is_of(message.sender) && !is_of(message.recipient))) return;
  if (end.country.empty() && end.gt_begins_with_country_code) end.country = country_of(end.gt);
  end.gt = hide(end.gt);
}

std::string_view Privacy::hide(std::string_view number) {
  return numbers_ == ShownNumbers::masked ? mask(number) : pseudonym(number);
}

std::string_view Privacy::mask(std::string_view number) {
  std::string& masked = hidden_[used_++];
  masked = number;
  record::mask(masked);
  return masked;
}

std::string_view Privacy::pseudonym(std::string_view number) {
  if (number.empty()) return {};
  std::string& name = hidden_[used_++];
  name.resize(Pseudonyms::length);
  pseudonyms_->write(number, std::span<char, Pseudonyms::length>(name));
  return name;
}

}  // namespace tollgate::record
