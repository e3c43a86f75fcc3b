#include "control/clock_watch.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "control/file_owner.hpp"
#include "control/folders.hpp"
#include "control/open_file.hpp"
#include "control/utc.hpp"
#include "control/whole_file.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t day_ns = 86'400 * second_ns;
constexpr std::uint64_t longest_silence_ns = 31 * day_ns;
constexpr std::size_t most_octets = 4096;

/// From one time to a later one; 0 where it is not later.
std::uint64_t between(std::uint64_t from_ns, std::uint64_t to_ns) { return to_ns - std::min(from_ns, to_ns); }

/// 0 where it says none. Throws std::runtime_error.
std::uint64_t time_in(const Json& file, const char* key) {
  const auto found = file.is_object() ? file.find(key) : file.end();
  if (!file.is_object() || (found != file.end() && !found->is_null() && !found->is_string()))
    throw std::runtime_error("it is damaged");
  if (found == file.end() || found->is_null()) return 0;
  const auto time = from_utc(found->get<std::string>());
  if (!time) throw std::runtime_error("it is damaged");
  return *time;
}

Json time_or_null(std::uint64_t time_ns) { return time_ns == 0 ? Json(nullptr) : Json(to_utc(time_ns)); }

}  // namespace

void ClockWatch::read() {
  is_read_ = true;
  if (!std::filesystem::exists(path_)) return;
  const Json file = Json::parse(read_whole_file(path_, most_octets), nullptr, false);
  believed_ns_ = last_ns_ = time_in(file, "believed");
  doubted_ns_ = time_in(file, "doubted");
  is_written_ = true;
}

void ClockWatch::write() {
  const std::string part = path_ + ".part";
  const std::string folder = folder_of(path_);
  make_folders(folder);
  ::unlink(part.c_str());  // of a process that was killed
  {
    const OpenFile file(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600),
                        part);
    if (!give_to_owner_of(folder, file.number())) fail_with_errno(part);
    const Json content{{"believed", time_or_null(believed_ns_)}, {"doubted", time_or_null(doubted_ns_)}};
    file.write_all(content.dump() + "\n");
    file.sync();
  }
  put_in_place(part, path_);
  is_written_ = true;
}

/// Of the clock as it is now: one that was set right again is believed again.
std::string ClockWatch::judge(Times now) const {
  const std::uint64_t ran_ns = between(start_.steady_ns, now.steady_ns);
  const std::uint64_t gained_ns = between(ran_ns, between(start_.utc_ns, now.utc_ns));
  if (gained_ns > day_ns)
    return fmt::format("the clock was set ahead by {} days since this process began", gained_ns / day_ns);
  const std::uint64_t began_ns = between(ran_ns, now.utc_ns);
  if (last_ns_ != 0 && between(last_ns_, began_ns) > longest_silence_ns)
    return fmt::format("by the clock, an appliance was here last {} days before this process began, at {}",
                       between(last_ns_, began_ns) / day_ns, to_utc(last_ns_));
  if (doubted_ns_ != 0 && now.utc_ns >= doubted_ns_)
    return fmt::format("the clock was ahead of {} when this process began, and is not set back since",
                       to_utc(doubted_ns_));
  return {};
}

void ClockWatch::look(Times now) {
  std::string found;
  try {
    if (!is_read_) read();
    if (is_written_ && !std::filesystem::exists(path_)) {  // somebody knows that it is right
      start_ = now;
      last_ns_ = doubted_ns_ = 0;
    }
    found = judge(now);
    if (found.empty()) {
      believed_ns_ = now.utc_ns;
      doubted_ns_ = 0;
    } else if (doubted_ns_ == 0) {
      doubted_ns_ = now.utc_ns;
    }
    write();
  } catch (const std::exception& error) {
    found = fmt::format("{} cannot be used: {}", path_, error.what());
    is_read_ = is_written_;
  }
  std::error_code error;
  if (!found.empty() && std::filesystem::exists(path_, error))
    found += fmt::format("; where the clock is right, remove {}", path_);
  const std::lock_guard lock(mutex_);
  doubt_ = std::move(found);
}

std::string ClockWatch::doubt() const {
  const std::lock_guard lock(mutex_);
  return doubt_;
}

}  // namespace tollgate::control
