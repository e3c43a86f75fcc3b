#include "charge/cdr_name.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "charge/name_time.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::string_view ending = ".csv";

}  // namespace

std::string cdr_stem(std::string_view appliance) {
  constexpr auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  std::string name(appliance);
  std::replace_if(
      name.begin(), name.end(), [&](char c) { return !is_plain(c); }, '_');
  return "tollgate-" + name;
}

std::string cdr_name(std::string_view appliance, std::uint64_t time_ns, std::uint64_t serial) {
  return fmt::format("{}-{:%Y%m%dT%H%M%SZ}-{:06}{}", cdr_stem(appliance),
                     fmt::gmtime(static_cast<std::time_t>(time_ns / second_ns)), serial, ending);
}

bool is_cdr_name(std::string_view name, std::string_view appliance) {
  const std::string begin = cdr_stem(appliance) + "-";
  if (!name.starts_with(begin) || !name.ends_with(ending) || name.size() < begin.size() + ending.size())
    return false;
  name.remove_prefix(begin.size());
  name.remove_suffix(ending.size());
  return take_name_time(name) && take_name_serial(name) && name.empty();
}

}  // namespace tollgate::charge
