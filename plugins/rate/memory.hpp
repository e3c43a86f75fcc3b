#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rate {

/// `64 MiB` or `2 GiB`, from 1 MiB to 64 GiB, in octets.
inline std::optional<std::uint64_t> parse_memory(std::string_view text) {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
  constexpr std::uint64_t most = std::uint64_t{64} << 30U;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return {};
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::uint64_t factor = unit == " MiB" ? mib : unit == " GiB" ? mib * 1024 : 0;
  if (number == 0 || factor == 0 || number > most / factor) return {};
  return number * factor;
}

}  // namespace rate
