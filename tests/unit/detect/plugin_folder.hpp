#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "detect/plugins.hpp"
#include "rules/finding.hpp"

namespace tollgate::detect {

/// A folder for plugins of its own, empty at first; gone after the test.
class PluginFolder {
 public:
  PluginFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("tollgate-plugins-" + std::to_string(::getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(path_);
  }
  ~PluginFolder() { std::filesystem::remove_all(path_); }
  PluginFolder(const PluginFolder&) = delete;
  PluginFolder& operator=(const PluginFolder&) = delete;

  std::string path() const { return path_.string(); }

  /// Puts a module of tests/modules there, as `file`.
  void add(const std::string& module, const std::string& file) {
    add_file(std::filesystem::path(TOLLGATE_TEST_MODULES) / (module + ".so"), file);
  }
  void add(const std::string& module) { add(module, module + ".so"); }
  void add_file(const std::filesystem::path& module, const std::string& file) {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::filesystem::create_symlink(module, path_ / file);
  }
  void write(const std::string& file, const std::string& content) { std::ofstream(path_ / file) << content; }

  Settings settings(std::vector<PluginSettings> plugins = {}) const {
    return {.folder = path(), .folder_place = {"t.yaml", 2, 11}, .plugins = std::move(plugins)};
  }

  /// What findings say, without the path of the folder.
  std::string told(const rules::Findings& findings) const {
    std::string text;
    for (const rules::Finding& finding : findings.all()) text += to_string(finding) + "\n";
    for (std::size_t at = text.find(path()); at != text.npos; at = text.find(path()))
      text.replace(at, path().size(), "FOLDER");
    return text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace tollgate::detect
