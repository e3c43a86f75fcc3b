#include "control/webhook_queue.hpp"

#include <algorithm>
#include <utility>

namespace tollgate::control {

bool WebhookQueue::add(const std::string& url, Notice notice) {
  Address& address = addresses_[url];
  if (address.notices.size() >= most_waiting) return false;
  address.notices.push_back(std::move(notice));
  return true;
}

std::optional<WebhookQueue::Due> WebhookQueue::due(const std::string& url, std::uint64_t now_ns) const {
  const auto next = next_ns(url);
  if (!next || *next > now_ns) return std::nullopt;
  return Due{url, addresses_.at(url).notices.front()};
}

std::optional<std::uint64_t> WebhookQueue::next_ns(const std::string& url) const {
  const auto found = addresses_.find(url);
  if (found == addresses_.end() || found->second.notices.empty()) return std::nullopt;
  return found->second.not_before_ns;
}

void WebhookQueue::taken(const std::string& url) {
  Address& address = addresses_[url];
  address.notices.pop_front();
  address.not_before_ns = 0;
  address.wait_ns = first_wait_ns;
}

std::vector<WebhookQueue::Notice> WebhookQueue::refused(const std::string& url, std::uint64_t now_ns) {
  Address& address = addresses_[url];
  address.not_before_ns = now_ns + address.wait_ns;
  address.wait_ns = std::min(2 * address.wait_ns, longest_wait_ns);
  std::vector<Notice> given_up;
  while (!address.notices.empty() && now_ns - address.notices.front().came_ns >= given_up_after_ns) {
    given_up.push_back(std::move(address.notices.front()));
    address.notices.pop_front();
  }
  return given_up;
}

std::size_t WebhookQueue::waiting() const {
  std::size_t all = 0;
  for (const auto& [url, address] : addresses_) all += address.notices.size();
  return all;
}

}  // namespace tollgate::control
