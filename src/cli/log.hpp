#pragma once

#include <list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "cli/last_troubles.hpp"
#include "cli/log_level.hpp"
#include "cli/log_limiter.hpp"
#include "cli/log_place.hpp"

// The log of `run`: lines with the time on standard error. Any thread; but not a worker's, which does not
// format text.
//
// What a line may say: names and paths of the configuration, devices, accounts, addresses of who asks for
// something, counts, and what the system or a library says of an error. Never a message's text, nor a
// subscriber's number or IMSI: the log goes where events may not.

namespace tollgate::cli {

/// The text of a line, and where it stands.
template <class... Arguments>
class LogText {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): made of a literal
  consteval LogText(const char* text, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : text_(text), place_{file, line} {}

  fmt::format_string<Arguments...> text() const { return text_; }
  const LogPlace& place() const { return place_; }

 private:
  fmt::format_string<Arguments...> text_;
  LogPlace place_;
};

/// At most `most` lines of a place are written in a minute; then one says how many there were.
void write_log(LogLevel level, const LogPlace& place, std::string_view line,
               unsigned most = LogLimiter::most_lines);

template <class... Arguments>
void log(LogText<std::type_identity_t<Arguments>...> text, Arguments&&... arguments) {
  write_log(LogLevel::info, text.place(), fmt::format(text.text(), std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void log_warning(LogText<std::type_identity_t<Arguments>...> text, Arguments&&... arguments) {
  write_log(LogLevel::warning, text.place(), fmt::format(text.text(), std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void log_error(LogText<std::type_identity_t<Arguments>...> text, Arguments&&... arguments) {
  write_log(LogLevel::error, text.place(), fmt::format(text.text(), std::forward<Arguments>(arguments)...));
}
/// A line for each of what the configuration has, at the start: not limited.
template <class... Arguments>
void log_each(LogText<std::type_identity_t<Arguments>...> text, Arguments&&... arguments) {
  write_log(LogLevel::info, text.place(), fmt::format(text.text(), std::forward<Arguments>(arguments)...),
            UINT32_MAX);
}

/// Says what was left out in minutes that are over. To be called now and then.
void look_at_log();
/// The same of all that was left out, at the end.
void end_log();

/// The last warnings and errors, the newest first.
std::list<LastTroubles::Trouble> last_troubles();

}  // namespace tollgate::cli
