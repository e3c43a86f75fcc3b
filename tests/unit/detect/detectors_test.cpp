#include "detecting.hpp"
#include "plugin_folder.hpp"

namespace tollgate::detect {
namespace {

TEST(Detectors, show_a_message_to_plugins_as_it_is) {
  PluginFolder folder;
  folder.add("witness");
  Detecting detecting(folder.settings(), {"witness.calls"});
  const auto seen = detecting.detect({{"time", "1970-01-02T00:00:07.9Z"},
                                      {"protocol", "smpp"},
                                      {"direction", "mt"},
                                      {"operation", "submit_sm"},
                                      {"origin.port", "2775"},
                                      {"origin.account", "acme"},
                                      {"sender", "+447700900123"},
                                      {"parts", "3"},
                                      {"text", "Hello, go to HTTP://www.Example.COM/a  now"}});
  EXPECT_EQ(seen, (std::map<std::string, double>{{"witness.calls", 1},
                                                 {"witness.second", 86407},
                                                 {"witness.protocol", TOLLGATE_SMPP},
                                                 {"witness.direction", TOLLGATE_MT},
                                                 {"witness.operation_length", 9},
                                                 {"witness.origin_port", 2775},
                                                 {"witness.origin_pc", -1},
                                                 {"witness.account_length", 4},
                                                 {"witness.sender_type", 1},
                                                 {"witness.sender_number_length", 12},
                                                 {"witness.recipient_present", 0},
                                                 {"witness.text_length", 42},
                                                 {"witness.folded_length", 41},  // two spaces are one
                                                 {"witness.host_count", 1},
                                                 {"witness.first_host_length", 15},
                                                 {"witness.parts", 3}}));
}

TEST(Detectors, forget_the_signals_of_the_message_before) {
  PluginFolder folder;
  folder.add("witness");
  Detecting detecting(folder.settings(), {"witness.calls"});
  EXPECT_EQ(detecting.detect({{"text", ""}, {"origin.gt", "447700900000"}}).count("witness.origin_gt_length"),
            1U);
  EXPECT_EQ(detecting.detect({{"text", ""}}).count("witness.origin_gt_length"), 0U);
}

TEST(Detectors, say_which_signals_are_asked_for) {
  PluginFolder folder;
  folder.add("witness");
  Detecting without(folder.settings(), {"witness.calls"});
  EXPECT_EQ(without.detect({{"text", ""}}).count("witness.unasked"), 0U);
  Detecting with(folder.settings(), {"witness.calls", "witness.unasked"});
  EXPECT_EQ(with.detect({{"text", ""}}).count("witness.unasked"), 1U);
}

TEST(Detectors, do_not_run_plugins_of_which_nothing_is_asked) {
  PluginFolder folder;
  folder.add("witness");
  Detecting detecting(folder.settings(), {});
  EXPECT_TRUE(detecting.detect({{"text", ""}}).empty());
}

TEST(Detectors, have_instances_of_their_own) {
  PluginFolder folder;
  folder.add("witness");
  Detecting one(folder.settings(), {"witness.calls"});
  Detecting other(folder.settings(), {"witness.calls"});
  one.detect({{"text", ""}});
  EXPECT_EQ(one.detect({{"text", ""}}).at("witness.calls"), 2);
  EXPECT_EQ(other.detect({{"text", ""}}).at("witness.calls"), 1);
}

TEST(Detectors, run_the_example_of_the_guide) {
  PluginFolder folder;
  folder.add_file(TOLLGATE_EXAMPLE_MODULE, "digits.so");
  folder.add("witness");
  const PluginSettings settings{
      .name = "digits", .place = {"t.yaml", 3, 3}, .settings = {{"shortest", "4", {"t.yaml", 4, 5}}}};
  Detecting detecting(folder.settings({settings}), {"digits.share"});
  EXPECT_EQ(detecting.detect({{"text", "1a2b"}}), (std::map<std::string, double>{{"digits.share", 50}}));
  EXPECT_TRUE(detecting.detect({{"text", "123"}}).empty()) << "too short";
}

TEST(Detectors, the_example_tells_of_settings_that_it_does_not_know) {
  PluginFolder folder;
  folder.add_file(TOLLGATE_EXAMPLE_MODULE, "digits.so");
  const auto told = [&](const std::string& key, const std::string& value) {
    rules::Findings findings;
    const Plugins plugins(
        folder.settings(
            {{.name = "digits", .place = {"t.yaml", 3, 3}, .settings = {{key, value, {"t.yaml", 4, 5}}}}}),
        findings);
    return folder.told(findings);
  };
  EXPECT_EQ(told("longest", "3"), "t.yaml:4:5: error: plugin digits: unknown key; expected shortest\n");
  EXPECT_EQ(told("shortest", "-3"),
            "t.yaml:4:5: error: plugin digits: expected a number of octets, 1 or more\n");
}

}  // namespace
}  // namespace tollgate::detect
