#include "detect/plugins.hpp"

#include "plugin_folder.hpp"

namespace tollgate::detect {
namespace {

/// What a person is told of a folder with a faulty plugin; a good one beside it has to run all the same.
std::string told_of(const std::string& module, std::vector<PluginSettings> settings = {}) {
  PluginFolder folder;
  folder.add(module);
  folder.add("witness");
  rules::Findings findings;
  const Plugins plugins(folder.settings(std::move(settings)), findings);
  EXPECT_EQ(plugins.all().size(), 1U);
  EXPECT_EQ(plugins.all().empty() ? "" : plugins.all().front().name, "witness");
  EXPECT_EQ(plugins.signals().size(), 18U);
  return folder.told(findings);
}

TEST(Plugins, are_loaded_from_files_and_from_folders_of_their_name) {
  PluginFolder folder;
  folder.add("none", "faulty/faulty.so");
  folder.add("witness");
  folder.add("nothing", "faulty/nothing.so");
  folder.write("README.md", "not a plugin");
  rules::Findings findings;
  const Plugins plugins(folder.settings(), findings);
  EXPECT_EQ(folder.told(findings), "");
  ASSERT_EQ(plugins.all().size(), 2U);
  EXPECT_EQ(plugins.all()[0].name, "faulty");
  EXPECT_EQ(plugins.all()[0].signal_count, 0U);
  EXPECT_EQ(plugins.all()[1].name, "witness");
  EXPECT_EQ(plugins.all()[1].first_signal, 0U);
  EXPECT_EQ(plugins.signal_names().at(1), "witness.second");
  EXPECT_EQ(plugins.signals().at(1).unit, "things");
  EXPECT_EQ(plugins.signals().at(1).help, "what was seen");
  EXPECT_EQ(to_string(plugins.signals().at(1).type), "number");
}

TEST(Plugins, an_empty_folder_has_none) {
  PluginFolder folder;
  rules::Findings findings;
  EXPECT_TRUE(Plugins(folder.settings(), findings).all().empty());
  EXPECT_TRUE(findings.all().empty());
}

TEST(Plugins, a_folder_that_is_not_there_is_told_of_where_it_was_named) {
  rules::Findings findings;
  const Plugins plugins({.folder = "/nowhere", .folder_place = {"t.yaml", 2, 11}}, findings);
  ASSERT_EQ(findings.all().size(), 1U);
  EXPECT_EQ(to_string(findings.all()[0]), "t.yaml:2:11: error: no plugins: /nowhere is not a folder");
}

TEST(Plugins, of_another_abi_are_refused) {
  EXPECT_EQ(
      told_of("other_abi"),
      "FOLDER/other_abi.so: error: was built for plugin ABI 7, and this Tollgate has 1; build it with this "
      "Tollgate's plugin.h\n");
}

TEST(Plugins, without_the_symbol_are_refused) {
  EXPECT_EQ(told_of("nothing"),
            "FOLDER/nothing.so: error: is no plugin: it has no function tollgate_plugin_get\n");
}

TEST(Plugins, that_cannot_be_loaded_are_refused_with_the_reason) {
  PluginFolder folder;
  folder.write("text.so", "This is a text of more octets than the header of a shared module has.\n");
  folder.add("witness");
  rules::Findings findings;
  const Plugins plugins(folder.settings(), findings);
  EXPECT_EQ(folder.told(findings), "FOLDER/text.so: error: cannot be loaded: invalid ELF header\n");
  EXPECT_EQ(plugins.all().size(), 1U);
}

TEST(Plugins, whose_description_is_wrong_are_refused) {
  EXPECT_EQ(
      told_of("too_small"),
      "FOLDER/too_small.so: error: is no plugin: its description has 16 octets, and the first version's "
      "has 48\n");
  EXPECT_EQ(
      told_of("bad_name"),
      "FOLDER/bad_name.so: error: calls itself `My Plugin`; a plugin's name is small letters, digits and "
      "_, from a letter on, and not `folder`\n");
  EXPECT_EQ(told_of("sink"),
            "FOLDER/sink.so: error: the plugin faulty lacks one of open, take, tick, reopen, health, finish "
            "and close\n");
  EXPECT_EQ(told_of("no_detect"),
            "FOLDER/no_detect.so: error: the plugin faulty lacks one of open, detect and close\n");
}

TEST(Plugins, that_fail_to_open_are_refused_in_their_own_words) {
  EXPECT_EQ(told_of("refuses"), "FOLDER/refuses.so: error: plugin faulty: the moon is not full\n");
  EXPECT_EQ(told_of("says_nothing"),
            "FOLDER/says_nothing.so: error: the plugin faulty did not open, and does not say why\n");
  EXPECT_EQ(told_of("refuses_and_opens"),
            "FOLDER/refuses_and_opens.so: error: plugin faulty: something is wrong\n");
}

TEST(Plugins, that_refuse_a_setting_have_its_place_told) {
  const PluginSettings settings{.name = "faulty",
                                .place = {"t.yaml", 3, 3},
                                .settings = {{"a", "1", {"t.yaml", 4, 5}}, {"b", "", {"t.yaml", 5, 5}}}};
  EXPECT_EQ(told_of("refuses_setting", {settings}),
            "t.yaml:4:5: error: plugin faulty: unknown key\nt.yaml:5:5: error: plugin faulty: unknown key\n");
  EXPECT_EQ(told_of("refuses", {settings}), "t.yaml:3:3: error: plugin faulty: the moon is not full\n");
}

TEST(Plugins, that_register_a_signal_that_cannot_be_are_refused) {
  EXPECT_EQ(told_of("signal_twice"),
            "FOLDER/signal_twice.so: error: the plugin faulty registers the signal `faulty.level` twice\n");
  EXPECT_EQ(
      told_of("signal_of_bad_name"),
      "FOLDER/signal_of_bad_name.so: error: the plugin faulty registers a signal `High-Level`; a signal's "
      "name is small letters, digits and _, from a letter on\n");
  EXPECT_EQ(told_of("signal_of_unknown_type"),
            "FOLDER/signal_of_unknown_type.so: error: the plugin faulty registers the signal `faulty.level` "
            "with the unknown type 9\n");
  EXPECT_EQ(
      told_of("signal_is_field"),
      "FOLDER/signal_is_field.so: error: the plugin sender registers the signal `sender.type`, which is a "
      "field of the event\n");
}

TEST(Plugins, of_one_name_the_first_is_taken) {
  PluginFolder folder;
  folder.add("none", "a.so");
  folder.add("refuses", "b.so");
  folder.add("witness");
  rules::Findings findings;
  const Plugins plugins(folder.settings(), findings);
  EXPECT_EQ(folder.told(findings),
            "FOLDER/b.so: error: a second plugin faulty; the one of FOLDER/a.so is taken\n");
  EXPECT_EQ(plugins.all().size(), 2U);
}

TEST(Plugins, that_are_not_there_cannot_be_set_up) {
  PluginFolder folder;
  folder.add("witness");
  rules::Findings findings;
  const Plugins plugins(folder.settings({{"witnes", {"t.yaml", 3, 3}, {}},
                                         {"witness", {"t.yaml", 4, 3}, {}},
                                         {"campaign", {"t.yaml", 5, 3}, {}}}),
                        findings);
  EXPECT_EQ(folder.told(findings),
            "t.yaml:3:3: error: no plugin `witnes` in FOLDER; did you mean `witness`?\n"
            "t.yaml:5:3: error: no plugin `campaign` in FOLDER\n");
}

}  // namespace
}  // namespace tollgate::detect
