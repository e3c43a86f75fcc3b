#include "control/changes.hpp"

#include <chrono>
#include <exception>

#include "control/utc.hpp"

namespace tollgate::control {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::chrono::seconds patience{5};

AuditEntry entry_of(const Caller& by, std::string what, Json before, Json after) {
  return {by.who,          std::string(to_string(by.role)), by.from, std::move(what), std::move(before),
          std::move(after)};
}

}  // namespace

Json Changes::make(const Caller& by, const Change& change) {
  const std::unique_lock lock(one_at_a_time_, patience);
  if (!lock.owns_lock()) throw ErrandError("another change takes long; nothing was done");
  const Json before = errands_.run(change.before, patience);
  audit_.append(entry_of(by, change.what, before, change.after), utc_now_ns());
  try {
    return errands_.run(change.make, patience);
  } catch (const std::exception& error) {
    audit_.append(entry_of(by, change.what + ".failed", before, {{"error", error.what()}}), utc_now_ns());
    throw;
  }
}

}  // namespace tollgate::control
