#include "control/changes.hpp"

#include <exception>
#include <utility>

#include "control/utc.hpp"

namespace tollgate::control {

using Json = nlohmann::ordered_json;

void Changes::note(const Caller& by, const std::string& what, Json before, Json after) {
  audit_.append({by.who, std::string(to_string(by.role)), by.from, what, std::move(before), std::move(after)},
                utc_now_ns());
}

/// What the appliance has begun with, and comes to an end with later than anybody waits, stays kept.
Json Changes::keep_and_make(const Change& change) {
  if (change.keep) change.keep();
  try {
    Json answer = errands_.run(change.make, patience_);
    if (change.done) change.done();
    return answer;
  } catch (const ErrandError& error) {
    if (change.undo && !error.begun) change.undo();
    throw;
  } catch (...) {
    if (change.undo) change.undo();
    throw;
  }
}

Json Changes::make(const Caller& by, const Change& change) {
  const std::unique_lock lock(one_at_a_time_, patience_);
  if (!lock.owns_lock()) throw ErrandError("another change takes long; nothing was done");
  if (closed_) throw ErrandError("the appliance is ending; nothing was done");
  Json before = errands_.run(change.before, patience_);
  Json after = change.after;
  if (change.work_out) change.work_out(before, after);
  note(by, change.what, before, std::move(after));
  try {
    return keep_and_make(change);
  } catch (const ErrandError& error) {
    note(by, change.what + (error.begun ? ".late" : ".failed"), before, {{"error", error.what()}});
    throw;
  } catch (const std::exception& error) {
    note(by, change.what + ".failed", before, {{"error", error.what()}});
    throw;
  }
}

void Changes::close() {
  const std::unique_lock lock(one_at_a_time_, patience_);
  if (lock.owns_lock()) closed_ = true;
}

}  // namespace tollgate::control
