#include "control/admission.hpp"

#include <fmt/format.h>

#include "control/fault.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

constexpr const char* expected = "`Authorization: Bearer TOKEN`; `tollgate token add` makes one";

}  // namespace

Caller Admission::caller(const std::optional<std::string>& authorization, const std::string& address,
                         std::uint64_t now_ns) {
  if (!authorization) throw Fault(http::unauthorized, "found no token", expected);
  constexpr std::string_view scheme = "Bearer ";
  if (!authorization->starts_with(scheme)) refuse("found no bearer's token", address, now_ns);
  const std::string_view token = std::string_view(*authorization).substr(scheme.size());
  const auto owner = tokens_ != nullptr ? tokens_->owner(token, now_ns) : std::nullopt;
  if (!owner) refuse("found a token that is not known", address, now_ns);
  if (owner->expired)
    refuse(fmt::format("found the token {}, which has expired", owner->name), address, now_ns);
  return {owner->name, owner->role, address};
}

void Admission::refuse(const std::string& found, const std::string& address, std::uint64_t now_ns) {
  const LogInFailures::Answer answer = failures_.add(address, now_ns);
  if (answer.wait_seconds == 0) {
    log(fmt::format("{} {}{}", address, found,
                    answer.is_last ? "; what follows of this minute is refused and not told" : ""),
        now_ns);
    throw Fault(http::unauthorized, found, expected);
  }
  Fault fault(http::too_many, "found too many wrong tokens from this address",
              fmt::format("{} in a minute at most", LogInFailures::most_in_a_window));
  fault.retry_after_seconds = answer.wait_seconds;
  throw fault;
}

/// So many lines a minute, also where they come from many addresses.
void Admission::log(const std::string& what, std::uint64_t now_ns) {
  constexpr unsigned most_lines = 60;
  const std::lock_guard lock(mutex_);
  const std::uint64_t minute = now_ns / (60 * second_ns);
  if (minute != minute_) {
    minute_ = minute;
    lines_ = 0;
  }
  if (lines_ == most_lines) return;
  ++lines_;
  log_(fmt::format("control: {}{}", what, lines_ == most_lines ? "; more of this minute are not told" : ""));
}

}  // namespace tollgate::control
