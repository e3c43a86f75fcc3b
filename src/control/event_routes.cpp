#include "control/event_routes.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "control/fault.hpp"
#include "message/judgement.hpp"
#include "record/event_tail.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using record::EventTail;

/// Which events are asked for: by what they show to who asks.
class Filter {
 public:
  explicit Filter(const Call& call) {
    for (const char* name : {"kind", "verdict", "label", "sender", "account"}) {
      if (const auto given = call.texts.find(name); given != call.texts.end()) wanted_[name] = given->second;
    }
    check();
  }

  bool takes(const Json& event) const {
    return std::all_of(wanted_.begin(), wanted_.end(), [&](const auto& one) {
      return one.first == "label" ? has_label(event, one.second) : value_of(event, one.first) == one.second;
    });
  }

 private:
  void check() const {
    const auto verdict = wanted_.find("verdict");
    if (verdict == wanted_.end()) return;
    for (const Verdict one :
         {Verdict::pass, Verdict::block, Verdict::charge, Verdict::throttle, Verdict::divert}) {
      if (to_string(one) == verdict->second) return;
    }
    throw Fault(http::bad_request, "found another value for `verdict`",
                "pass, block, charge, throttle or divert");
  }

  static std::string value_of(const Json& event, const std::string& name) {
    static const Json::json_pointer sender("/sender/address");
    static const Json::json_pointer account("/origin/account");
    const Json::json_pointer at = name == "sender"    ? sender
                                  : name == "account" ? account
                                                      : Json::json_pointer("/" + name);
    return event.contains(at) && event.at(at).is_string() ? event.at(at).get<std::string>() : std::string();
  }
  static bool has_label(const Json& event, const std::string& label) {
    const auto labels = event.find("labels");
    return labels != event.end() && std::find(labels->begin(), labels->end(), label) != labels->end();
  }

  std::map<std::string, std::string, std::less<>> wanted_;
};

/// What is asked for, one event after the other.
class Page {
 public:
  Page(const Call& call)
      : filter_(call), sees_numbers_(sees_numbers(call.caller.role)), left_(call.numbers.at("most")) {}

  bool is_full() const { return left_ == 0 || octets_ >= most_octets; }

  void look_at(const EventTail::Event& event) {
    const std::string& line = event.shown(sees_numbers_);
    const Json parsed = Json::parse(line, nullptr, false);
    if (!parsed.is_object() || !filter_.takes(parsed)) return;
    Json shown{{"seq", event.number}};
    shown.update(parsed);
    events_.push_back(std::move(shown));
    octets_ += line.size();
    --left_;
  }

  std::vector<Json>& events() { return events_; }

 private:
  static constexpr std::size_t most_octets = 4U << 20U;

  Filter filter_;
  bool sees_numbers_;
  std::uint64_t left_;
  std::size_t octets_ = 0;
  std::vector<Json> events_;
};

}  // namespace

Json show_events(Call& call) {
  if (call.means.events == nullptr)
    throw Fault(http::unavailable, "this appliance shows no events", "one that does");
  std::uint64_t after = call.numbers.at("after");
  Page page(call);
  EventTail::Events tail = call.means.events->after(after);
  if (after > tail.newest) {  // it was started anew
    after = 0;
    tail = call.means.events->after(after);
  }
  if (after == 0) {
    for (auto event = tail.kept.rbegin(); event != tail.kept.rend() && !page.is_full(); ++event)
      page.look_at(**event);
    std::reverse(page.events().begin(), page.events().end());
    return {{"events", page.events()}, {"last", tail.newest}, {"missed", 0}};
  }
  std::uint64_t looked_at = 0;
  std::uint64_t last = tail.newest;
  for (const auto& event : tail.kept) {
    if (page.is_full()) break;
    page.look_at(*event);
    ++looked_at;
    last = event->number;
  }
  if (looked_at == tail.kept.size()) last = tail.newest;
  return {{"events", page.events()}, {"last", last}, {"missed", last - after - looked_at}};
}

}  // namespace tollgate::control
