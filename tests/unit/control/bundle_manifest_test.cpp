#include "control/bundle_manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundles.hpp"
#include "control/bundle_limits.hpp"
#include "control/bundle_names.hpp"

namespace tollgate::test {
namespace {

using control::part_named;
using control::RulesPart;
using testing::HasSubstr;

/// A manifest of one file of that name.
Json of_one_file(const std::string& name) {
  Json manifest = manifest_of({{"a.yaml", ""}});
  manifest["files"][0]["name"] = name;
  return manifest;
}

std::string refusal_of_manifest(const std::string& text) {
  try {
    control::read_manifest(text, "m");
  } catch (const BundleError& error) {
    return error.what();
  }
  return "taken";
}
std::string refusal_of_manifest(const Json& manifest) { return refusal_of_manifest(manifest.dump()); }

TEST(BundleManifest, IsReadAsItWasWritten) {
  const control::Manifest manifest = control::read_manifest(manifest_of({{"a.yaml", "four"}}).dump(), "m");
  EXPECT_EQ(manifest.files[0].size, 4U);
  // printf four | b2sum -l 256
  EXPECT_EQ(control::hexadecimal(manifest.files[0].hash),
            "20493755a1c406889247aac1a1a8e519a45a68d401f9a49b9c700e1ebcf037b3");
  EXPECT_EQ(control::write_manifest(manifest, "m"), manifest_of({{"a.yaml", "four"}}).dump());
}

TEST(BundleManifest, EachKeyIsNeededAndNoOtherTaken) {
  const Json good = manifest_of({{"a.yaml", ""}});
  ASSERT_EQ(refusal_of_manifest(good), "taken");
  for (const auto& [key, value] : good.items()) {
    Json without = good;
    without.erase(key);
    EXPECT_THAT(refusal_of_manifest(without), HasSubstr("m: found")) << key;
  }
  Json more = good;
  more["more"] = 1;
  EXPECT_THAT(refusal_of_manifest(more), HasSubstr("these keys"));
  for (const char* key : {"name", "size", "blake2b"}) {
    Json without = good;
    without["files"][0].erase(key);
    EXPECT_THAT(refusal_of_manifest(without), HasSubstr("these keys")) << key;
  }
  more = good;
  more["files"][0]["link"] = "/etc/passwd";
  EXPECT_THAT(refusal_of_manifest(more), HasSubstr("these keys"));
}

TEST(BundleManifest, ValuesOfAnotherKindAreRefused) {
  const Json good = manifest_of({{"a.yaml", ""}});
  const auto with = [&](const char* key, Json value) {
    Json changed = good;
    changed[key] = std::move(value);
    return refusal_of_manifest(changed);
  };
  const auto with_file = [&](const char* key, Json value) {
    Json changed = good;
    changed["files"][0][key] = std::move(value);
    return refusal_of_manifest(changed);
  };
  for (const Json& bad :
       {Json(0), Json(-1), Json(1.5), Json("1"), Json(nullptr), Json::array(), Json::object()}) {
    EXPECT_THAT(with("version", bad), HasSubstr("`version`")) << bad;
    EXPECT_THAT(with("format", bad), HasSubstr("`format`")) << bad;
    EXPECT_THAT(with("created", bad), HasSubstr("`created`")) << bad;
    if (bad != 0) {
      EXPECT_THAT(with_file("size", bad), HasSubstr("`size`")) << bad;
    }
    if (!bad.is_string()) {
      EXPECT_THAT(with("tollgate", bad), HasSubstr("`tollgate`")) << bad;
    }
    if (!bad.is_array()) {
      EXPECT_THAT(with("files", bad), HasSubstr("`files`")) << bad;
    }
    EXPECT_THAT(with_file("name", bad), HasSubstr("file name")) << bad;
    EXPECT_THAT(with_file("blake2b", bad), HasSubstr("`blake2b`")) << bad;
  }
  EXPECT_THAT(with("version", Json::parse("18446744073709551616")), HasSubstr("`version`"));
  EXPECT_THAT(with_file("blake2b", std::string(64, 'A')), HasSubstr("`blake2b`"));
  EXPECT_THAT(with_file("blake2b", std::string(66, 'a')), HasSubstr("`blake2b`"));
  EXPECT_THAT(with("files", Json::array()), HasSubstr("no files"));
}

TEST(BundleManifest, WhatIsNotJsonIsRefused) {
  const std::string good = manifest_of({{"a.yaml", ""}}).dump();
  for (const std::string& bad : {std::string(), std::string("null"), std::string("[]"), good + "{}",
                                 good.substr(1), std::string(1'000'000, '['), "\xff" + good})
    EXPECT_THAT(refusal_of_manifest(bad), HasSubstr("m: found"));
}

TEST(BundleManifest, NamesThatLeadElsewhereAreRefused) {
  const std::string long_name = std::string(control::longest_file_name, 'a') + ".yaml";
  for (const std::string& name : {std::string("/etc/tollgate/policy.yaml"),
                                  std::string("../policy.yaml"),
                                  std::string("lists/../../a.yaml"),
                                  std::string("./a.yaml"),
                                  std::string("lists//a.txt"),
                                  std::string("lists/../a.txt"),
                                  std::string("lists/a/b.txt"),
                                  std::string("rules/a.yaml"),
                                  std::string("lists"),
                                  std::string("lists/"),
                                  std::string("lists/.txt"),
                                  std::string("lists/.a.txt"),
                                  std::string(".yaml"),
                                  std::string(".a.yaml"),
                                  std::string("..yaml"),
                                  std::string("a.yml"),
                                  std::string("a.txt"),
                                  std::string("a"),
                                  std::string(),
                                  std::string("accounts.yaml"),
                                  std::string("lists/a.yaml"),
                                  std::string("lists/operators.json"),
                                  std::string("x/operators.csv"),
                                  std::string("a.yaml/"),
                                  std::string("a\n.yaml"),
                                  std::string("a\0.yaml", 7),
                                  std::string("a\x1b[2J.yaml"),
                                  std::string("a\xe2\x80\xae.yaml"),
                                  long_name}) {
    EXPECT_FALSE(part_named(name)) << name;
    EXPECT_THAT(refusal_of_manifest(of_one_file(name)), HasSubstr("file name")) << name;
  }
}

TEST(BundleManifest, NamesOfAFolderOfRulesAreTaken) {
  EXPECT_EQ(part_named("policy.yaml"), RulesPart::policy);
  EXPECT_EQ(part_named("operators.csv"), RulesPart::operators);
  EXPECT_EQ(part_named("lists/hosts.txt"), RulesPart::list);
  EXPECT_EQ(part_named("lists/accounts.csv"), RulesPart::list);
  for (const char* name : {"a.yaml", "one-time passwords.yaml", "r\xc3\xa8gles.yaml", "a..yaml", "a\\b.yaml"})
    EXPECT_EQ(part_named(name), RulesPart::rules) << name;
}

TEST(BundleManifest, FilesStandInOrderAndOnce) {
  const auto refusal = [](const Files& files) { return refusal_of_manifest(manifest_of(files)); };
  EXPECT_EQ(refusal({{"a.yaml", ""}, {"b.yaml", ""}}), "taken");
  EXPECT_THAT(refusal({{"b.yaml", ""}, {"a.yaml", ""}}), HasSubstr("order"));
  EXPECT_THAT(refusal({{"a.yaml", ""}, {"a.yaml", ""}}), HasSubstr("order"));
}

TEST(BundleManifest, TooManyFilesAreRefused) {
  Files files;
  for (std::size_t i = 0; i < control::most_files; ++i) files.push_back({fmt::format("{:05}.yaml", i), ""});
  EXPECT_EQ(refusal_of_manifest(manifest_of(files)), "taken");
  files.push_back({"z.yaml", ""});
  EXPECT_THAT(refusal_of_manifest(manifest_of(files)), HasSubstr("1001 files"));
}

}  // namespace
}  // namespace tollgate::test
