#include "control/changes.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "control/utc.hpp"

namespace tollgate::control {

using Json = nlohmann::ordered_json;

void Changes::note(const Caller& by, const std::string& what, Json before, Json after) {
  audit_.append({by.who, std::string(to_string(by.role)), by.from, what, std::move(before), std::move(after)},
                utc_now_ns());
}

void Changes::log(const std::string& what) const {
  if (log_) log_(what);
}

/// What failed before is what the caller is told; the log, and the audit log, tell of this as well.
void Changes::take_back(const Change& change, Json& told) const {
  if (!change.undo) return;
  try {
    change.undo();
  } catch (const std::exception& error) {
    told["not_taken_back"] = error.what();
    log(fmt::format("{} was not made, and cannot be taken back: {}", change.what, error.what()));
  }
}

/// What the appliance has begun with stays kept until that is done. `told`: what the line says of a failure.
Json Changes::keep_and_make(const Change& change, Json& told) {
  if (change.keep) change.keep();
  try {
    Json answer = errands_.run(change.make, patience_);
    if (change.done) change.done();
    return answer;
  } catch (const ErrandError& error) {
    if (!error.begun) take_back(change, told);
    throw;
  } catch (...) {
    take_back(change, told);
    throw;
  }
}

Json Changes::make(const Caller& by, const Change& change) {
  const std::unique_lock lock(one_at_a_time_, patience_);
  if (!lock.owns_lock()) throw ErrandError("another change takes long; nothing was done");
  if (closed_) throw ErrandError("the appliance is ending; nothing was done");
  if (late_) throw ErrandError("the appliance is not done with the change before; nothing was done");
  Json before = errands_.run(change.before, patience_);
  Json after = change.after;
  if (change.work_out) change.work_out(before, after);
  note(by, change.what, before, std::move(after));
  Json told = Json::object();
  try {
    return keep_and_make(change, told);
  } catch (const ErrandError& error) {
    told["error"] = error.what();
    note_failure(by, change.what + (error.begun ? ".late" : ".failed"), before, std::move(told));
    if (error.begun) {
      late_.emplace(Late{by, change, before, error.rest});
      late_or_end_.notify_one();
    }
    throw;
  } catch (const std::exception& error) {
    told["error"] = error.what();
    note_failure(by, change.what + ".failed", before, std::move(told));
    throw;
  }
}

/// The line that a change was not made, or not yet. Where it cannot be written either, the log says so: what
/// failed first is what the caller has to know.
void Changes::note_failure(const Caller& by, const std::string& what, const Json& before,
                           Json told) noexcept {
  try {
    note(by, what, before, std::move(told));
  } catch (const std::exception& error) {
    log(fmt::format("{}: {}", what, error.what()));
  }
}

void Changes::follow(const std::stop_token& stop) {
  std::unique_lock lock(one_at_a_time_);
  while (late_or_end_.wait(lock, stop, [this] { return late_.has_value(); })) {
    const Rest rest = late_->rest;
    lock.unlock();
    rest.wait();
    lock.lock();
    try {
      end_late(*late_);
    } catch (const std::exception& error) {
      log(fmt::format("{}.late: {}", late_->change.what, error.what()));
    }
    late_.reset();
  }
}

void Changes::end_late(const Late& late) {
  Json told = Json::object();
  try {
    told = late.rest.get();
  } catch (const std::exception& error) {
    told["error"] = error.what();
    take_back(late.change, told);
    note(late.by, late.change.what + ".late.failed", late.before, std::move(told));
    return;
  }
  note(late.by, late.change.what + ".late.done", late.before, std::move(told));
  if (late.change.done) late.change.done();
}

void Changes::close() {
  {
    const std::unique_lock lock(one_at_a_time_, patience_);
    if (lock.owns_lock()) closed_ = true;
  }
  follower_.request_stop();
  if (follower_.joinable()) follower_.join();
}

}  // namespace tollgate::control
