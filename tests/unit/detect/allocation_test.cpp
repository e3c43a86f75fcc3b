#include <charconv>
#include <iterator>

#include "detecting.hpp"
#include "plugin_folder.hpp"
#include "support/count_allocations.hpp"

// Plugins run on the packet path: neither they nor what shows them a message allocates.
namespace tollgate::detect {
namespace {

TEST(Allocation, of_running_plugins_is_none) {
  PluginFolder folder;
  folder.add("witness");
  folder.add_file(std::filesystem::path(TOLLGATE_RATE_FOLDER) / "rate/rate.so", "rate.so");
  const PluginSettings small{.name = "rate", .place = {}, .settings = {{"memory", "1 MiB", {}}}};
  Detecting detecting(folder.settings({small}),
                      {"witness.calls", "rate.sender_per_hour", "rate.url_host_per_minute"});
  const std::size_t before_any = allocations;
  detecting.detect({{"text", "the message itself, its sample and the map of its signals are allocated"}});
  ASSERT_GT(allocations, before_any) << "allocations are counted";

  Home home;
  rules::Sample sample(home);
  sample.set("text", "see http://a.example/ and http://b.example/");
  sample.set("sender", "ACME");
  char digits[] = "447700000000";
  Message& message = sample.message();
  message.sender.number = digits;
  const std::size_t before = allocations;
  for (int i = 0; i < 100'000; ++i) {
    std::to_chars(digits + 6, std::end(digits), 100'000 + i);  // more senders than the table holds
    detecting.run(message);
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace tollgate::detect
