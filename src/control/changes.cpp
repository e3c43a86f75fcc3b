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
  if (is_late_) throw ErrandError("the appliance is not done with the change before; nothing was done");
  Json before = errands_.run(change.before, patience_);
  Json after = change.after;
  if (change.work_out) change.work_out(before, after);
  note(by, change.what, before, std::move(after));
  Json told = Json::object();
  try {
    return keep_and_make(change, told);
  } catch (const ErrandError& error) {
    if (error.begun) is_late_ = true;
    told["error"] = error.what();
    try {
      note(by, change.what + (error.begun ? ".late" : ".failed"), before, std::move(told));
    } catch (...) {
      if (error.begun) follow(by, change, before, error.rest);
      throw;
    }
    if (error.begun) follow(by, change, before, error.rest);
    throw;
  } catch (const std::exception& error) {
    told["error"] = error.what();
    note(by, change.what + ".failed", before, std::move(told));
    throw;
  }
}

void Changes::follow(const Caller& by, const Change& change, const Json& before, const Rest& rest) {
  late_ = std::jthread([this, by, change, before, rest] {
    rest.wait();
    const std::lock_guard lock(one_at_a_time_);
    try {
      end_late(by, change, before, rest);
    } catch (const std::exception& error) {
      log(fmt::format("{}.late: {}", change.what, error.what()));
    }
    is_late_ = false;
  });
}

void Changes::end_late(const Caller& by, const Change& change, const Json& before, const Rest& rest) {
  Json told = Json::object();
  try {
    told = rest.get();
  } catch (const std::exception& error) {
    told["error"] = error.what();
    take_back(change, told);
    note(by, change.what + ".late.failed", before, std::move(told));
    return;
  }
  note(by, change.what + ".late.done", before, std::move(told));
  if (change.done) change.done();
}

void Changes::close() {
  {
    const std::unique_lock lock(one_at_a_time_, patience_);
    if (lock.owns_lock()) closed_ = true;
  }
  if (late_.joinable()) late_.join();
}

}  // namespace tollgate::control
