#include <thread>

#include "detecting.hpp"

// What the plugin `rate` counts of a message. How it counts, tests/unit/plugins shows.
namespace tollgate::detect {
namespace {

using Signals = std::map<std::string, double>;

Settings settings() { return {.folder = TOLLGATE_RATE_FOLDER}; }

TEST(RateOfMessages, is_missing_where_the_message_has_no_such_key) {
  Detecting detecting(settings(),
                      {"rate.sender_per_hour", "rate.recipient_per_hour", "rate.origin_gt_per_hour",
                       "rate.origin_account_per_hour", "rate.url_host_per_hour"});
  EXPECT_EQ(detecting.detect({{"text", "hello"}}), Signals{});
  EXPECT_EQ(detecting.detect({{"text", "hello"}, {"sender", "ACME"}}),
            (Signals{{"rate.sender_per_hour", 1}}));
}

TEST(RateOfMessages, knows_each_kind_of_key_apart) {
  Detecting detecting(settings(), {"rate.sender_per_hour", "rate.recipient_per_minute",
                                   "rate.origin_gt_per_second", "rate.origin_account_per_hour"});
  const Fields one{{"text", "hello"},
                   {"sender", "+447700900100"},
                   {"recipient", "+447700900100"},
                   {"origin.gt", "447700900100"},
                   {"origin.account", "447700900100"}};
  const Fields other{{"text", "hello"}, {"sender", "+447700900101"}, {"recipient", "+447700900100"}};
  detecting.detect(one);
  EXPECT_EQ(detecting.detect(one), (Signals{{"rate.sender_per_hour", 2},
                                            {"rate.recipient_per_minute", 2},
                                            {"rate.origin_gt_per_second", 2},
                                            {"rate.origin_account_per_hour", 2}}));
  EXPECT_EQ(detecting.detect(other),
            (Signals{{"rate.sender_per_hour", 1}, {"rate.recipient_per_minute", 3}}));
}

TEST(RateOfMessages, takes_a_number_for_the_same_however_it_was_sent_and_a_name_in_any_case) {
  Detecting detecting(settings(), {"rate.sender_per_hour"});
  const auto rate = [&](const Fields& fields) { return detecting.detect(fields)["rate.sender_per_hour"]; };
  EXPECT_EQ(rate({{"text", ""}, {"sender", "+447700900100"}}), 1);
  EXPECT_EQ(rate({{"text", ""}, {"sender", "07700900100"}, {"sender.number", "447700900100"}}), 2);
  EXPECT_EQ(rate({{"text", ""}, {"sender", "GoodBank"}}), 1);
  EXPECT_EQ(rate({{"text", ""}, {"sender", "GOODBANK"}}), 2);
}

TEST(RateOfMessages, counts_a_host_once_a_message_and_gives_the_highest) {
  Detecting detecting(settings(), {"rate.url_host_per_hour"});
  const auto rate = [&](const char* text) {
    return detecting.detect({{"text", text}})["rate.url_host_per_hour"];
  };
  EXPECT_EQ(rate("http://a.example/1 and http://A.example/2"), 1);
  EXPECT_EQ(rate("see a.example/3"), 2);
  EXPECT_EQ(rate("http://b.example/ or http://a.example/ or http://c.example/"), 3);
  EXPECT_EQ(rate("http://c.example/"), 2);
}

TEST(RateOfMessages, counts_requests_for_routing_apart) {
  Detecting detecting(settings(), {"rate.recipient_per_hour"});
  const auto rate = [&](const char* operation) {
    return detecting.detect(
        {{"text", ""}, {"operation", operation}, {"recipient", "+447700900100"}})["rate.recipient_per_hour"];
  };
  EXPECT_EQ(rate("sendRoutingInfoForSM"), 1);
  EXPECT_EQ(rate("mt-forwardSM"), 1);
  EXPECT_EQ(rate("submit_sm"), 2);
  EXPECT_EQ(rate("sendRoutingInfoForSM"), 2);
}

TEST(RateOfMessages, is_that_of_all_workers) {
  Settings of_two = settings();
  of_two.workers = 2;
  const auto plugins = Detecting::opened(of_two);
  const Fields message{{"text", ""}, {"sender", "ACME"}};
  constexpr int messages = 20'000;
  std::vector<std::thread> workers;
  for (std::uint32_t worker = 0; worker < 2; ++worker)
    workers.emplace_back([&, worker] {
      Detecting detecting(plugins, {"rate.sender_per_hour"}, worker);
      for (int i = 0; i < messages; ++i) detecting.detect(message);
    });
  for (std::thread& worker : workers) worker.join();
  Detecting detecting(plugins, {"rate.sender_per_hour"});
  EXPECT_EQ(detecting.detect(message)["rate.sender_per_hour"], 2 * messages + 1);
}

TEST(RateOfMessages, tells_of_settings_that_it_does_not_take) {
  const auto told = [](const std::string& key, const std::string& value) {
    Settings with = settings();
    with.plugins = {
        {.name = "rate", .place = {"t.yaml", 3, 3}, .settings = {{key, value, {"t.yaml", 4, 5}}}}};
    rules::Findings findings;
    const Plugins plugins(with, findings);
    return findings.all().empty() ? "" : to_string(findings.all().front());
  };
  EXPECT_EQ(told("memory", "1 MiB"), "");
  EXPECT_EQ(told("seed", "18446744073709551615"), "");
  EXPECT_EQ(told("seed", "0x10"),
            "t.yaml:4:5: error: plugin rate: found `0x10` for `seed`; expected a whole number");
  EXPECT_EQ(
      told("memory", "512 KiB"),
      "t.yaml:4:5: error: plugin rate: found `512 KiB` for `memory`; expected a size from 1 MiB to 64 GiB, "
      "such as 64 MiB");
  EXPECT_EQ(told("memroy", "1 MiB"),
            "t.yaml:4:5: error: plugin rate: unknown key `memroy`; expected memory or seed");
}

}  // namespace
}  // namespace tollgate::detect
