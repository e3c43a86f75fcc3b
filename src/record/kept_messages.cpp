#include "record/kept_messages.hpp"

#include <algorithm>

#include "record/copied_views.hpp"

namespace tollgate::record {
namespace {

void forget_operators(Message& message) {
  for (Endpoint* end : {&message.origin, &message.destination}) end->operator_name = end->country = {};
  for (Address* address : {&message.sender, &message.recipient}) address->operator_name = {};
  message.service_centre_operator = {};
}

}  // namespace

KeptMessage::KeptMessage(const Message& message) : message_(message) {
  for (const SignalValue& signal : message.judgement.signals)
    signals_.push_back({std::string(signal.name), signal.value});
  message_.judgement = {};
  forget_operators(message_);
  octets_ = std::make_unique_for_overwrite<std::byte[]>(octets_of_views(message_));
  copy_views(message_, octets_.get());
}

void KeptMessages::add(const Message& message) {
  if (most_ == 0 || message.kind != Kind::message) return;
  auto kept = std::make_shared<const KeptMessage>(message);
  std::shared_ptr<const KeptMessage> oldest;  // freed when others may go on
  const std::lock_guard lock(mutex_);
  messages_.push_back(std::move(kept));
  ids_.push_back(message.id);
  if (messages_.size() <= most_) return;
  oldest = std::move(messages_.front());
  messages_.pop_front();
  ids_.pop_front();
}

std::shared_ptr<const KeptMessage> KeptMessages::find(const MessageId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(ids_.rbegin(), ids_.rend(), [&](const MessageId& one) {
    return one.high == id.high && one.low == id.low;
  });
  if (found == ids_.rend()) return nullptr;
  return messages_[static_cast<std::size_t>(ids_.rend() - found) - 1];
}

KeptMessages::All KeptMessages::all() const {
  const std::lock_guard lock(mutex_);
  return {messages_.begin(), messages_.end()};
}

}  // namespace tollgate::record
