#include "control/errands.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <future>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace tollgate::control {

using Json = nlohmann::ordered_json;

struct Errands::Errand {
  std::function<Json()> what;
  std::promise<Json> answer;
};

Errands::Errands() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_.is_open()) throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
}

Json Errands::run(std::function<Json()> what, std::chrono::milliseconds time) {
  const auto errand = std::make_shared<Errand>();
  errand->what = std::move(what);
  const std::shared_future<Json> answer = errand->answer.get_future().share();
  {
    const std::lock_guard lock(mutex_);
    if (closed_) throw ErrandError("the appliance is ending; nothing was done");
    if (waiting_.size() >= most_waiting)
      throw ErrandError("the appliance has too much to do; nothing was done");
    waiting_.push_back(errand);
  }
  constexpr std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);  // full: it is readable
  if (answer.wait_for(time) != std::future_status::ready) {
    const std::lock_guard lock(mutex_);
    if (std::erase(waiting_, errand) != 0)
      throw ErrandError("the appliance does not come to it; nothing was done");
    if (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
      throw ErrandError(
          "the appliance has begun with it, and is not done; `tollgate status` tells what is so", answer);
  }
  return answer.get();
}

std::shared_ptr<Errands::Errand> Errands::next() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return nullptr;
  auto errand = std::move(waiting_.front());
  waiting_.pop_front();
  return errand;
}

void Errands::work() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(event_.get(), &count, sizeof count);
  while (const auto errand = next()) {
    try {
      errand->answer.set_value(errand->what());
    } catch (...) {
      errand->answer.set_exception(std::current_exception());
    }
  }
}

bool Errands::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Errands::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& errand : waiting_)
    errand->answer.set_exception(
        std::make_exception_ptr(ErrandError("the appliance is ending; nothing was done")));
  waiting_.clear();
}

}  // namespace tollgate::control
