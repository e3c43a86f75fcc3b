#include "cli/log.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include "cli/now.hpp"

namespace tollgate::cli {
namespace {

/// Says of a line that it is a warning or an error.
class LevelWord final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& line, const std::tm& /*time*/,
              spdlog::memory_buf_t& to) override {
    std::string_view word;
    if (line.level == spdlog::level::warn) word = "warning: ";
    if (line.level == spdlog::level::err) word = "error: ";
    to.append(word);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<LevelWord>(); }
};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// As no-color.org asks for; whether standard error is a terminal, spdlog finds out.
spdlog::color_mode colours() {
  const char* const no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return no_color == nullptr || *no_color == '\0' ? spdlog::color_mode::automatic : spdlog::color_mode::never;
}

class Log {
 public:
  static Log& of_process() {
    static Log log;
    return log;
  }

  void write(LogLevel level, const LogPlace& place, std::string_view line, unsigned most) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t now = steady_ns();
    say(limiter_.take_left_out(now));
    if (level != LogLevel::info) troubles_.add(place, level, line, now_ns());
    if (limiter_.admits(place, level, line, now, most)) logger_.log(to_spdlog(level), line);
  }
  void look() {
    const std::lock_guard lock(mutex_);
    say(limiter_.take_left_out(steady_ns()));
  }
  void end() {
    const std::lock_guard lock(mutex_);
    say(limiter_.take_all_left_out());
  }
  std::list<LastTroubles::Trouble> troubles() {
    const std::lock_guard lock(mutex_);
    return troubles_.all();
  }

 private:
  Log() {
    auto lines = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    lines->add_flag<LevelWord>('*').set_pattern("%Y-%m-%dT%H:%M:%SZ tollgate run: %^%*%$%v");
    logger_.set_formatter(std::move(lines));
  }

  void say(const std::vector<LogLimiter::LeftOut>& all) {
    for (const LogLimiter::LeftOut& kind : all)
      logger_.log(to_spdlog(kind.level),
                  fmt::format("{} more lines like this were not written: {}", kind.lines, kind.last));
  }

  std::mutex mutex_;
  spdlog::logger logger_{"run", std::make_shared<spdlog::sinks::stderr_color_sink_st>(colours())};
  LogLimiter limiter_;
  LastTroubles troubles_;
};

}  // namespace

void write_log(LogLevel level, const LogPlace& place, std::string_view line, unsigned most) {
  Log::of_process().write(level, place, line, most);
}

void look_at_log() { Log::of_process().look(); }

void end_log() { Log::of_process().end(); }

std::list<LastTroubles::Trouble> last_troubles() { return Log::of_process().troubles(); }

}  // namespace tollgate::cli
