#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace tollgate::control {

/// A test with a folder of its own, which goes with it.
class WithFolder : public testing::Test {
 protected:
  WithFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tollgate-test-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~WithFolder() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }

 private:
  std::string folder_;
};

}  // namespace tollgate::control
