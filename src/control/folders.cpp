#include "control/folders.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "control/open_file.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;

bool rename_as(const std::string& from, const std::string& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0;
}

/// How a file got its name, and how it loses it again.
enum class Put { exchanged, as_new, over };

Put put(const std::string& part, const std::string& whole) {
  if (rename_as(part, whole, RENAME_EXCHANGE)) return Put::exchanged;
  if (errno == ENOENT && rename_as(part, whole, RENAME_NOREPLACE)) return Put::as_new;
  // A file system that can do neither, such as NFS: what was there is gone.
  if (::rename(part.c_str(), whole.c_str()) != 0) fail_with_errno(whole);
  return Put::over;
}

void take_back(Put put, const std::string& part, const std::string& whole) {
  if (put == Put::exchanged) rename_as(part, whole, RENAME_EXCHANGE);
  if (put == Put::as_new) rename_as(whole, part, RENAME_NOREPLACE);
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

void sync_folder(const std::string& folder) {
  OpenFile(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder).sync();
}

void make_folders(const std::string& folder) {
  std::vector<fs::path> missing;
  fs::path above = fs::absolute(folder).lexically_normal();
  if (!above.has_filename()) above = above.parent_path();  // written with a slash at its end
  for (; !fs::exists(above); above = above.parent_path()) missing.push_back(above);
  for (auto one = missing.rbegin(); one != missing.rend(); ++one) {
    fs::create_directory(*one);
    sync_folder(one->parent_path().string());
  }
}

void put_in_place(const std::string& part, const std::string& whole, const SyncFolder& sync) {
  const Put done = put(part, whole);
  try {
    sync(folder_of(whole));
  } catch (...) {
    take_back(done, part, whole);
    throw;
  }
  if (done == Put::exchanged) ::unlink(part.c_str());
}

}  // namespace tollgate::control
