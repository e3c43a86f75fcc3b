#include "refused.hpp"

#include <cstdio>
#include <system_error>
#include <utility>

namespace clickhouse {

namespace fs = std::filesystem;

Refused::Refused(Settings settings) : settings_(std::move(settings)) { look(); }

/// A person may have taken files away since.
void Refused::look() {
  events_ = octets_ = 0;
  for (const BatchFile& file : batch_files(settings_.folder)) {
    events_ += file.events;
    octets_ += file.octets;
    last_serial_ = file.serial;
  }
}

std::uint64_t Refused::make_room(std::uint64_t octets) {
  look();
  std::uint64_t lost = 0;
  for (const BatchFile& file : batch_files(settings_.folder)) {
    if (octets_ + octets <= settings_.most_octets) break;
    std::error_code error;
    fs::remove(settings_.folder / file.name(), error);
    if (error) continue;
    octets_ -= file.octets;
    lost += file.events;
  }
  return lost;
}

template <class Bring>
std::uint64_t Refused::put_aside(const BatchFile& batch, const Bring& bring) {
  if (batch.octets > settings_.most_octets) return batch.events;
  std::error_code error;
  fs::create_directories(settings_.folder, error);
  std::uint64_t lost = make_room(batch.octets);
  if (!bring(settings_.folder / batch.name())) lost += batch.events;
  sync_folder(settings_.folder);
  look();
  return lost;
}

std::uint64_t Refused::move(const BatchFile& batch, const fs::path& file) {
  return put_aside(batch, [&](const fs::path& to) { return std::rename(file.c_str(), to.c_str()) == 0; });
}

std::uint64_t Refused::write(const BatchFile& batch, std::string_view body) {
  return put_aside(batch, [&](const fs::path& to) { return write_batch(to, body); });
}

}  // namespace clickhouse
