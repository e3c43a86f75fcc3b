#include "detect/plugin_sink.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugin_folder.hpp"

namespace tollgate::detect {
namespace {

/// What a module of tests/modules writes of these counts; whether it asks for them.
struct Told {
  bool asks = false;
  std::string text;
};
Told told(const std::string& module, const std::vector<SinkUnread>& counts) {
  PluginFolder modules;
  modules.add(module);
  rules::Findings findings;
  const Plugins plugins(modules.settings(), findings);
  const std::string file = modules.path() + "/told";
  const std::unique_ptr<Sink> sink = open_sink(
      plugins, {.name = "s", .plugin = {.name = "counting", .place = {}, .settings = {{"file", file, {}}}}},
      modules.path(), false, findings);
  EXPECT_EQ(modules.told(findings), "");
  if (sink == nullptr) return {};
  sink->take_unread(counts);
  std::ifstream in(file);
  return {sink->takes_unread(), std::string(std::istreambuf_iterator<char>(in), {})};
}

SinkUnread unread(std::string_view reason, const std::string& route, std::uint64_t packets) {
  SinkUnread count{.time_ns = 120'000'000'000, .reason = reason, .route = route, .packets = packets};
  std::fill(count.id.begin(), count.id.end(), 'a');
  return count;
}

TEST(PluginSink, is_told_what_was_not_read_where_it_asks_for_that) {
  const Told sink =
      told("counting_yes", {unread("unread_encrypted", "hub", 7), unread("unread_too_large", "", 1)});
  const std::string id(32, 'a');
  EXPECT_TRUE(sink.asks);
  EXPECT_EQ(sink.text,
            "120000000000 " + id + " unread_encrypted hub 7\n120000000000 " + id + " unread_too_large  1\n");
  EXPECT_EQ(told("counting_yes", {}).text, "");
}

TEST(PluginSink, that_does_not_ask_is_not_told) {
  for (const char* module : {"counting_no", "counting_older"}) {
    const Told sink = told(module, {unread("unread_encrypted", "hub", 7)});
    EXPECT_FALSE(sink.asks) << module;
    EXPECT_EQ(sink.text, "") << module;
  }
}

}  // namespace
}  // namespace tollgate::detect
