#pragma once

#include <cstdio>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace tollgate::cli {

/// A line of `run` on standard error, with the time.
template <class... Arguments>
void log(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  fmt::print(stderr, "{:%Y-%m-%dT%H:%M:%SZ} tollgate run: {}\n", fmt::gmtime(std::time(nullptr)),
             fmt::format(text, std::forward<Arguments>(arguments)...));
}

}  // namespace tollgate::cli
