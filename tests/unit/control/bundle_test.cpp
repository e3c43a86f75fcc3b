#include "control/bundle.hpp"

#include <algorithm>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundles.hpp"
#include "control/bundle_limits.hpp"
#include "temporary_folder.hpp"

namespace tollgate::test {
namespace {

using control::Bundle;
using control::open_bundle;
using control::pack_bundle;
using Reason = BundleError::Reason;
using testing::AllOf;
using testing::HasSubstr;

std::string content_of(const Bundle& bundle, const std::string& name) {
  for (const rules::File& file : bundle.files) {
    if (file.name == name) return file.content;
  }
  return "not there";
}

TEST(Bundle, GivesBackWhatWasPacked) {
  const Bundle bundle = open_bundle(pack_bundle(few_files(), title, secret_key()), trusted(), "b.tgb");
  EXPECT_EQ(bundle.manifest.version, 20261123120000U);
  EXPECT_EQ(bundle.manifest.created, "2026-11-23T12:00:00Z");
  EXPECT_EQ(bundle.manifest.tollgate, "1.2.3");
  EXPECT_EQ(bundle.signer.comment, "tests");
  ASSERT_EQ(bundle.files.size(), 4U);
  for (const rules::File& file : few_files())
    EXPECT_EQ(content_of(bundle, file.name), file.content) << file.name;
}

TEST(Bundle, KeepsEveryOctetAndTheLargestVersion) {
  std::string all;
  for (int i = 0; i < 256 * 1024; ++i) all += static_cast<char>(i * 7 / 3);
  const Files files{{"a.yaml", all}, {"b.yaml", std::string(300'000, '\0')}, {"c.yaml", ""}};
  const control::BundleTitle largest{~0ULL, title.created, title.tollgate};
  const Bundle bundle = open_bundle(pack_bundle(files, largest, secret_key()), trusted(), "b.tgb");
  EXPECT_EQ(bundle.manifest.version, 18446744073709551615ULL);
  for (const rules::File& file : files)
    EXPECT_TRUE(content_of(bundle, file.name) == file.content) << file.name;
}

TEST(Bundle, IsTheSameForTheSameFilesInAnyOrder) {
  Files turned = few_files();
  std::reverse(turned.begin(), turned.end());
  EXPECT_EQ(pack_bundle(few_files(), title, secret_key()), pack_bundle(turned, title, secret_key()));
}

TEST(Bundle, IsTakenFromAnyTrustedKeyAndNamesIt) {
  const std::string octets = pack_bundle(few_files(), title, secret_key());
  const control::TrustedKeys both{another_key().public_key(), secret_key().public_key()};
  EXPECT_EQ(open_bundle(octets, both, "b.tgb").signer.comment, "tests");
}

TEST(Bundle, OfAnotherKeyIsRefusedWithBothNamed) {
  const Refusal refusal = refusal_of(pack_bundle(few_files(), title, another_key()));
  EXPECT_EQ(refusal.reason, Reason::untrusted);
  EXPECT_THAT(refusal.text,
              AllOf(HasSubstr("b.tgb: found"),
                    HasSubstr(control::hexadecimal(another_key().public_key().id())), HasSubstr("(tests)")));
  EXPECT_EQ(refusal_of(pack_bundle(few_files(), title, secret_key()), {}).reason, Reason::untrusted);
}

TEST(Bundle, ThatNamesATrustedKeyButIsSignedByAnotherIsRefused) {
  std::string octets = pack_bundle(few_files(), title, another_key());
  const control::KeyId id = secret_key().public_key().id();
  std::memcpy(octets.data() + 24, id.data(), id.size());  // where README.md says that it stands
  EXPECT_EQ(refusal_of(octets).reason, Reason::altered);
}

TEST(Bundle, SaysBeforeItIsTrustedWhatItIs) {
  const auto title_read = control::read_unchecked(pack_bundle(few_files(), title, another_key()), "b.tgb");
  EXPECT_EQ(title_read.key, another_key().public_key().id());
  EXPECT_EQ(title_read.manifest.version, title.version);
  EXPECT_EQ(title_read.manifest.files.size(), 4U);
}

TEST(Bundle, IsNotPackedOfWhatNobodyCouldOpen) {
  const auto refusal = [](Files files, const control::BundleTitle& of = title) {
    try {
      pack_bundle(std::move(files), of, secret_key());
    } catch (const BundleError& error) {
      return std::string(error.what());
    }
    return std::string("packed");
  };
  EXPECT_THAT(refusal({}), HasSubstr("found no files"));
  EXPECT_THAT(refusal({{"a.yaml", ""}, {"a.yaml", ""}}), HasSubstr("each once"));
  EXPECT_THAT(refusal({{"../a.yaml", ""}}), HasSubstr("../a.yaml"));
  EXPECT_THAT(refusal(few_files(), {0, title.created, title.tollgate}), HasSubstr("`version`"));
  EXPECT_THAT(refusal(few_files(), {1, "today", title.tollgate}), HasSubstr("`created`"));
  EXPECT_THAT(refusal(few_files(), {1, title.created, "1\n2"}), HasSubstr("`tollgate`"));
  EXPECT_THAT(refusal({{"a.yaml", std::string(control::most_unpacked_octets + 1, 'a')}}),
              HasSubstr("shorter"));
}

TEST(BundleFile, LongerThanABundleMayBeIsNotRead) {
  const TemporaryFolder folder;
  folder.write("b.tgb", "TGBUNDLE");
  EXPECT_EQ(control::read_bundle_file(folder / "b.tgb"), "TGBUNDLE");
  std::filesystem::resize_file(folder / "b.tgb",
                               control::most_bundle_octets + 1);  // holes, which take no room
  EXPECT_THROW(control::read_bundle_file(folder / "b.tgb"), BundleError);
  EXPECT_THROW(control::read_bundle_file(folder / "absent"), std::system_error);
}

}  // namespace
}  // namespace tollgate::test
