#include "control/whole_file.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "control/folders.hpp"
#include "control/open_file.hpp"

namespace tollgate::control {

std::string read_whole_file(const std::string& path, std::size_t most) {
  constexpr std::size_t step = 1U << 16U;
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
  std::string octets;
  while (octets.size() <= most) {
    const std::size_t have = octets.size();
    octets.resize(std::min(have + std::max(step, have), most + 1));
    const ssize_t size = ::read(file.number(), octets.data() + have, octets.size() - have);
    if (size < 0 && errno != EINTR) fail_with_errno(path);
    octets.resize(have + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size == 0) break;
  }
  return octets;
}

void write_new_file(const std::string& path, std::string_view octets, mode_t mode) {
  const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode), path);
  try {
    file.write_all(octets);
    file.sync();
    sync_folder(folder_of(path));
  } catch (...) {
    ::unlink(path.c_str());
    throw;
  }
}

}  // namespace tollgate::control
