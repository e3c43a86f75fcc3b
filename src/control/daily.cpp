#include "control/daily.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include <sys/resource.h>

namespace tollgate::control {

Daily::Daily(Task task, std::chrono::hours period)
    : thread_([task = std::move(task), period](const std::stop_token& stop) {
        constexpr int lowest = 19;
        ::setpriority(PRIO_PROCESS, 0, lowest);  // of this thread, for the disk too
        std::mutex mutex;
        std::condition_variable_any asked;
        while (!stop.stop_requested()) {
          task(stop);
          std::unique_lock lock(mutex);
          asked.wait_for(lock, stop, period, [] { return false; });
        }
      }) {}

}  // namespace tollgate::control
