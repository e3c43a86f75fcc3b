#include "cli/live_lists.hpp"

#include <algorithm>
#include <utility>

#include "control/utc.hpp"

namespace tollgate::cli {
namespace {

std::shared_ptr<const control::LiveBook> without_past(const control::LiveBook& book) {
  return std::make_shared<const control::LiveBook>(control::without_past(book, control::utc_now_ns()));
}

/// What was changed of a list; null where nothing was, or it is of another type now.
std::shared_ptr<const rules::LiveEntries> entries_of(const control::LiveBook& book,
                                                     const rules::NamedList& list) {
  const auto found = book.find(list.name);
  return found != book.end() && found->second.type == list.list->type() ? found->second.entries : nullptr;
}

}  // namespace

std::unique_ptr<const rules::LiveLists> live_lists(const rules::Ruleset& ruleset,
                                                   const control::LiveBook& book) {
  std::vector<std::shared_ptr<const rules::LiveList>> lists;
  for (const rules::NamedList& list : ruleset.lists) {
    const auto entries = entries_of(book, list);
    lists.push_back(entries == nullptr
                        ? nullptr
                        : std::make_shared<const rules::LiveList>(list.list, *ruleset.fold, *entries));
  }
  return std::make_unique<const rules::LiveLists>(ruleset, std::move(lists));
}

LiveListsInForce::LiveListsInForce(const std::string& path,
                                   const std::function<void(const std::string&)>& log)
    : file_(path), book_(without_past(claimed().read(log))), next_end_ns_(next_end(*book_)) {}

control::LiveFile& LiveListsInForce::claimed() {
  file_.claim();
  return file_;
}

/// What is as it was is not made anew.
void LiveListsInForce::bind(const std::shared_ptr<const rules::LiveList>& live) {
  Lists lists;
  Entries entries;
  for (std::size_t i = 0; ruleset_ != nullptr && i < ruleset_->lists.size(); ++i) {
    const rules::NamedList& list = ruleset_->lists[i];
    entries.push_back(entries_of(*book_, list));
    lists.emplace_back();
    if (entries[i] == nullptr) continue;
    const bool has_before = lists_ != nullptr && i < entries_.size() && entries_[i] == entries[i] &&
                            lists_->all()[i] != nullptr && &lists_->all()[i]->list() == list.list.get();
    if (has_before) lists[i] = lists_->all()[i];
    else if (live != nullptr && &live->list() == list.list.get()) lists[i] = live;
    else lists[i] = std::make_shared<const rules::LiveList>(list.list, *ruleset_->fold, *entries[i]);
  }
  const bool any = std::any_of(lists.begin(), lists.end(), [](const auto& list) { return list != nullptr; });
  if (lists_ != nullptr) before_.push_back(std::move(lists_));
  lists_ = any ? std::make_shared<const rules::LiveLists>(*ruleset_, std::move(lists)) : nullptr;
  entries_ = std::move(entries);
}

void LiveListsInForce::prepare(const Ruleset& ruleset, std::vector<engine::Judge>& bench) {
  ruleset_ = ruleset;
  bind(nullptr);
  for (engine::Judge& judge : bench) {
    if (judge.evaluator != nullptr) judge.evaluator->use(lists_.get());
  }
}

void LiveListsInForce::bind_and_publish(const std::shared_ptr<const rules::LiveList>& live,
                                        dpdk::Appliance& appliance) {
  bind(live);
  appliance.between_bursts([this](engine::Engine& engine, const Counters&) {
    if (engine.evaluator() != nullptr) engine.evaluator()->use(lists_.get());
  });
  before_.clear();
}

void LiveListsInForce::use(std::shared_ptr<const control::LiveBook> book,
                           const std::shared_ptr<const rules::LiveList>& live, dpdk::Appliance& appliance) {
  book_ = std::move(book);
  next_end_ns_ = next_end(*book_);
  bind_and_publish(live, appliance);
}

void LiveListsInForce::look(dpdk::Appliance& appliance) {
  constexpr std::chrono::seconds between_looks{10};
  before_.clear();
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_at_ < between_looks) return;
  looked_at_ = now;
  if (next_end_ns_ > control::utc_now_ns()) return;
  book_ = without_past(*book_);
  next_end_ns_ = next_end(*book_);
  bind_and_publish(nullptr, appliance);
}

}  // namespace tollgate::cli
