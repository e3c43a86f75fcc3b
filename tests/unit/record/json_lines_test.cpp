#include "record/json_lines.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace tollgate::record {
namespace {

class JsonLinesFile : public testing::Test {
 protected:
  JsonLinesFile() {
    std::string name = testing::TempDir() + "json_lines_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ / "events.jsonl";
  }
  ~JsonLinesFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

Message message(Kind kind, std::uint64_t frame) {
  Message m;
  m.kind = kind;
  m.frame = frame;
  return m;
}

TEST_F(JsonLinesFile, holds_one_object_a_line) {
  JsonLines sink(path_);
  for (std::uint64_t frame = 1; frame <= 10'000; ++frame) sink.write(message(Kind::message, frame));
  sink.close();
  std::ifstream file(path_);
  std::uint64_t frame = 0;
  for (std::string line; std::getline(file, line);) EXPECT_EQ(nlohmann::json::parse(line)["frame"], ++frame);
  EXPECT_EQ(frame, 10'000U);
  EXPECT_EQ(sink.lines(), 10'000U);
}

TEST_F(JsonLinesFile, leaves_signalling_out_unless_all_is_wanted) {
  for (const bool all : {false, true}) {
    JsonLines sink(path_, {.all = all});
    sink.write(message(Kind::message, 1));
    sink.write(message(Kind::signalling, 2));
    sink.write(message(Kind::response, 3));
    EXPECT_EQ(sink.lines(), all ? 3U : 2U);
  }
}

TEST_F(JsonLinesFile, is_written_out_by_the_destructor) {
  { JsonLines(path_).write(message(Kind::message, 1)); }
  EXPECT_GT(std::filesystem::file_size(path_), 0U);
}

std::string failure(const std::string& path, bool with_close) {
  try {
    JsonLines sink(path);
    for (int i = 0; i < 10; ++i) sink.write(message(Kind::message, 1));
    if (with_close) sink.close();
    else sink.flush();
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "no failure";
}

TEST_F(JsonLinesFile, tells_of_a_full_disk) {
  EXPECT_EQ(failure("/dev/full", false), "cannot write events to /dev/full: No space left on device");
  EXPECT_EQ(failure("/dev/full", true), "cannot write events to /dev/full: No space left on device");
}

TEST_F(JsonLinesFile, tells_of_a_path_that_cannot_be_created) {
  EXPECT_EQ(failure("/nowhere/at/all.jsonl", true),
            "cannot create events file /nowhere/at/all.jsonl: No such file or directory");
}

}  // namespace
}  // namespace tollgate::record
