#include "control/bundle_folder.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/bundle_names.hpp"
#include "control/open_file.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;

constexpr int as_folder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int as_new_file = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

/// A folder beside the one that is to be, of a name that nobody has; removed unless it was kept.
class Unfinished {
 public:
  explicit Unfinished(const fs::path& folder) : folder_(folder) {
    std::string name = (folder.parent_path() / ("." + folder.filename().string() + ".XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) fail_with_errno(name);
    path_ = name;
  }
  ~Unfinished() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  const std::string& path() const { return path_; }

  /// Gives it the name that it is to have.
  void keep() {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, folder_.c_str(), RENAME_NOREPLACE) != 0)
      fail_with_errno(folder_.string());
    kept_ = true;
  }

 private:
  fs::path folder_;
  std::string path_;
  bool kept_ = false;
};

OpenFile open_folder(const std::string& path) { return {::open(path.c_str(), as_folder), path}; }

void write_file(const OpenFile& folder, const rules::File& file) {
  const OpenFile to(::openat(folder.number(), file.name.c_str(), as_new_file, 0600), file.name);
  to.write_all(file.content);
  to.sync();
}

bool has_lists(const Bundle& bundle) {
  return std::any_of(bundle.files.begin(), bundle.files.end(),
                     [](const rules::File& file) { return part_named(file.name) == RulesPart::list; });
}

void write_files(const Bundle& bundle, const std::string& path) {
  const OpenFile folder = open_folder(path);
  const std::string lists = path + "/lists";
  if (has_lists(bundle) && ::mkdir(lists.c_str(), 0700) != 0) fail_with_errno(lists);
  for (const rules::File& file : bundle.files) {
    if (!part_named(file.name)) throw std::invalid_argument(file.name + " is no file of a bundle");
    write_file(folder, file);
  }
  if (has_lists(bundle)) open_folder(lists).sync();
  folder.sync();
}

}  // namespace

void unpack(const Bundle& bundle, const fs::path& folder) {
  fs::path target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // written with a slash at its end
  Unfinished unfinished(target);
  write_files(bundle, unfinished.path());
  unfinished.keep();
  const std::string parent = target.parent_path().string();
  OpenFile(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), parent).sync();
}

}  // namespace tollgate::control
