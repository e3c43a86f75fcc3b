#include "control/open_file.hpp"

#include <cerrno>
#include <system_error>

#include <unistd.h>

namespace tollgate::control {

void fail_with_errno(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

OpenFile::OpenFile(int number, const std::string& path) : number_(number), path_(path) {
  if (number_ < 0) fail_with_errno(path_);
}

OpenFile::~OpenFile() { ::close(number_); }

void OpenFile::write_all(std::string_view octets) const {
  while (!octets.empty()) {
    const ssize_t written = ::write(number_, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_with_errno(path_);
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OpenFile::sync() const {
  if (::fsync(number_) != 0) fail_with_errno(path_);
}

}  // namespace tollgate::control
