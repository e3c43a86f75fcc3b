#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "control/descriptor.hpp"

namespace tollgate::control {

/// The appliance did not do what it was asked for, or did not say in time that it has.
struct ErrandError : std::runtime_error {
  explicit ErrandError(const std::string& text) : std::runtime_error(text) {}
  ErrandError(const std::string& text, std::shared_future<nlohmann::ordered_json> what_becomes_of_it)
      : std::runtime_error(text), begun(true), rest(std::move(what_becomes_of_it)) {}

  bool begun = false;                               ///< and may still be done
  std::shared_future<nlohmann::ordered_json> rest;  ///< where it is begun: what comes of it
};

/// What other threads ask the thread of an appliance to do: it does one thing after the other, and they wait.
class Errands {
 public:
  /// Throws std::system_error.
  Errands();

  // Of the appliance's thread.

  /// Readable where something is to be done.
  int descriptor() const { return event_.get(); }
  /// Does what waits.
  void work();
  /// From now on nothing is done; who waits is told.
  void close();

  // Of the other threads.

  /// Whether nothing is done any more; what had begun is done then.
  bool is_closed() const;

  /// What `what` answers, which the appliance's thread calls; it must own all that it uses. Throws
  /// ErrandError where it was not begun in time, which says that nothing was done, or is not done in time;
  /// and what `what` throws.
  nlohmann::ordered_json run(std::function<nlohmann::ordered_json()> what, std::chrono::milliseconds time);

 private:
  struct Errand;
  std::shared_ptr<Errand> next();

  static constexpr std::size_t most_waiting = 32;

  Descriptor event_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Errand>> waiting_;
  bool closed_ = false;
};

}  // namespace tollgate::control
