#include "record/rotated_name.hpp"

#include <ctime>
#include <filesystem>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "charge/name_time.hpp"

namespace tollgate::record {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

}  // namespace

std::string rotated_path(const std::string& path, std::uint64_t time_ns, std::uint64_t serial) {
  const std::filesystem::path file(path);
  const auto time = fmt::gmtime(static_cast<std::time_t>(time_ns / second_ns));
  std::string name = fmt::format("{}-{:%Y%m%dT%H%M%SZ}", file.stem().string(), time);
  if (serial > 1) name += fmt::format("-{:06}", serial);
  return (file.parent_path() / (name + file.extension().string())).string();
}

bool is_rotated_name(const std::string& path, std::string_view name) {
  const std::filesystem::path file(path);
  const std::string begin = file.stem().string() + "-";
  const std::string ending = file.extension().string();
  if (!name.starts_with(begin) || !name.ends_with(ending) || name.size() < begin.size() + ending.size())
    return false;
  name.remove_prefix(begin.size());
  name.remove_suffix(ending.size());
  return charge::take_name_time(name) && (name.empty() || (charge::take_name_serial(name) && name.empty()));
}

}  // namespace tollgate::record
