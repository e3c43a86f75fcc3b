#include "record/rotated_name.hpp"

#include <charconv>
#include <ctime>
#include <filesystem>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "charge/name_time.hpp"
#include "record/event_time.hpp"

namespace tollgate::record {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

/// `events` and `.jsonl.gz`.
struct Parts {
  std::filesystem::path stem;
  std::string ending;
};

Parts parts_of(const std::filesystem::path& file) {
  Parts parts{.stem = file.stem(), .ending = file.extension().string()};
  if (parts.ending != ".gz") return parts;
  parts.ending.insert(0, parts.stem.extension().string());
  parts.stem = parts.stem.stem();
  return parts;
}

/// Of `20261123T000000Z`.
std::optional<std::uint64_t> time_in(std::string_view digits) {
  return read_time(fmt::format("{}-{}-{}:{}:{}", digits.substr(0, 4), digits.substr(4, 2),
                               digits.substr(6, 5), digits.substr(11, 2), digits.substr(13)));
}

}  // namespace

std::string rotated_path(const std::string& path, std::uint64_t time_ns, std::uint64_t serial) {
  const std::filesystem::path file(path);
  const Parts parts = parts_of(file);
  const auto time = fmt::gmtime(static_cast<std::time_t>(time_ns / second_ns));
  std::string name = fmt::format("{}-{:%Y%m%dT%H%M%SZ}", parts.stem.string(), time);
  if (serial > 1) name += fmt::format("-{:06}", serial);
  return (file.parent_path() / (name + parts.ending)).string();
}

std::optional<RotatedName> read_rotated_name(const std::string& path, std::string_view name) {
  const Parts parts = parts_of(path);
  const std::string begin = parts.stem.string() + "-";
  if (!name.starts_with(begin) || !name.ends_with(parts.ending) ||
      name.size() < begin.size() + parts.ending.size())
    return std::nullopt;
  name.remove_prefix(begin.size());
  name.remove_suffix(parts.ending.size());
  const std::string_view digits = name;
  if (!charge::take_name_time(name)) return std::nullopt;
  const auto time_ns = time_in(digits.substr(0, digits.size() - name.size()));
  const std::string_view serial = name.substr(name.empty() ? 0 : 1);
  if (!time_ns || (!name.empty() && (!charge::take_name_serial(name) || !name.empty()))) return std::nullopt;
  RotatedName found{.time_ns = *time_ns};
  std::from_chars(serial.data(), serial.data() + serial.size(), found.serial);
  return found;
}

}  // namespace tollgate::record
