#include "control/utc.hpp"

#include <chrono>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace tollgate::control {

std::string to_utc(std::uint64_t time_ns) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(time_ns / second_ns)));
}

std::string to_utc_ms(std::uint64_t time_ns) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(time_ns / second_ns)),
                     time_ns % second_ns / 1'000'000);
}

std::optional<std::uint64_t> from_utc(const std::string& text) {
  std::tm read{};
  if (::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &read) == nullptr) return std::nullopt;
  const std::time_t time = ::timegm(&read);
  if (time < 0) return std::nullopt;
  const std::uint64_t time_ns = static_cast<std::uint64_t>(time) * second_ns;
  if (to_utc(time_ns) != text) return std::nullopt;  // the 31st of April, or something behind it
  return time_ns;
}

std::uint64_t utc_now_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace tollgate::control
