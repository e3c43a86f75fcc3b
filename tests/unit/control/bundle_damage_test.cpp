// What a bundle is refused for that came damaged, was made to harm, or claims what is not in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundles.hpp"
#include "control/bundle_limits.hpp"

namespace tollgate::test {
namespace {

using Reason = BundleError::Reason;
using testing::HasSubstr;

std::string small_bundle() {
  return control::pack_bundle({{"policy.yaml", "- {name: Rest, then: pass}\n"}}, title, secret_key());
}

TEST(BundleDamage, EveryBitCounts) {
  std::string octets = small_bundle();
  ASSERT_FALSE(is_refused(octets));
  for (std::size_t at = 0; at < octets.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const char was = octets[at];
      octets[at] = static_cast<char>(was ^ (1 << bit));
      EXPECT_TRUE(is_refused(octets)) << "octet " << at << ", bit " << bit;
      octets[at] = was;
    }
  }
}

TEST(BundleDamage, CutAnywhereItIsRefused) {
  const std::string octets = small_bundle();
  for (std::size_t size = 0; size < octets.size(); ++size)
    EXPECT_TRUE(is_refused(std::string_view(octets).substr(0, size))) << size;
  EXPECT_THAT(refusal_of(std::string_view(octets).substr(0, 100)).text, HasSubstr("cut off"));
  EXPECT_THAT(refusal_of("").text, HasSubstr("no bundle"));
}

TEST(BundleDamage, WithSomethingBehindItItIsRefused) {
  EXPECT_THAT(refusal_of(small_bundle() + '\0').text, HasSubstr("behind it"));
  EXPECT_TRUE(is_refused(small_bundle() + small_bundle()));
}

TEST(BundleDamage, NothingIsParsedBeforeTheSignatureIsGood) {
  std::string octets = control::seal("{ no manifest", "no stream", secret_key());
  EXPECT_THAT(refusal_of(octets).text, HasSubstr("manifest"));
  octets.back() = static_cast<char>(octets.back() ^ 1);
  EXPECT_THAT(refusal_of(octets).text, HasSubstr("a signature that does not fit"));
}

TEST(BundleDamage, OfAnotherFormatItIsRefusedBeforeItIsRead) {
  std::string octets = small_bundle();
  octets[11] = 2;
  EXPECT_THAT(refusal_of(octets).text, HasSubstr("format 2"));
}

TEST(BundleDamage, LengthsThatDoNotFitAreRefused) {
  for (const std::size_t at : {12U, 16U, 19U}) {  // of the manifest, of the files
    std::string octets = small_bundle();
    octets[at] = '\xff';
    EXPECT_EQ(refusal_of(octets).reason, Reason::refused) << at;
  }
  // Their sum, modulo 2^64, is that of before.
  std::string octets = small_bundle();
  for (std::size_t at = 16; at < 24; ++at) octets[at] = '\xff';
  EXPECT_TRUE(is_refused(octets));
}

TEST(BundleDamage, ABombIsStoppedAtWhatTheManifestSays) {
  // Thirty mebioctets of zeros in 30 kilo-octets, said to be ten.
  const Files bomb{{"a.yaml", std::string(30 * control::mebioctet, '\0')}};
  const std::string octets = signed_bundle(manifest_of({{"a.yaml", std::string(10, '\0')}}), bomb);
  ASSERT_LT(octets.size(), 100'000U);
  const Refusal refusal = refusal_of(octets);
  EXPECT_EQ(refusal.reason, Reason::altered);
  EXPECT_THAT(refusal.text, HasSubstr("packed files that do not end"));
}

TEST(BundleDamage, ABombThatOwnsUpIsRefusedBeforeItIsUnpacked) {
  Json manifest = manifest_of({{"a.yaml", ""}, {"b.yaml", ""}});
  manifest["files"][0]["size"] = control::most_unpacked_octets / 2 + 1;
  manifest["files"][1]["size"] = control::most_unpacked_octets / 2;
  EXPECT_EQ(refusal_of(signed_bundle(manifest, {})).reason, Reason::refused);
  manifest["files"][1]["size"] = ~0ULL - control::most_unpacked_octets / 2;  // the sum is 0, modulo 2^64
  EXPECT_EQ(refusal_of(signed_bundle(manifest, {})).reason, Reason::refused);
}

TEST(BundleDamage, FewerOctetsThanTheManifestSaysAreRefused) {
  EXPECT_THAT(refusal_of(signed_bundle(manifest_of({{"a.yaml", "four"}}), {{"a.yaml", "fou"}})).text,
              HasSubstr("b.tgb: a.yaml: found packed files that end"));
  EXPECT_TRUE(is_refused(signed_bundle(manifest_of({{"a.yaml", "a"}}), {})));
}

TEST(BundleDamage, OneOctetMoreThanTheManifestSaysIsRefused) {
  EXPECT_TRUE(is_refused(signed_bundle(manifest_of({{"a.yaml", "four"}}), {{"a.yaml", "four!"}})));
  EXPECT_TRUE(is_refused(signed_bundle(manifest_of({{"a.yaml", ""}}), {{"a.yaml", "!"}})));
}

TEST(BundleDamage, AnotherHashIsRefused) {
  EXPECT_THAT(refusal_of(signed_bundle(manifest_of({{"a.yaml", "four"}}), {{"a.yaml", "FOUR"}})).text,
              HasSubstr("b.tgb: a.yaml: found another hash"));
}

TEST(BundleDamage, AStreamThatIsDamagedIsRefused) {
  const Files files = few_files();
  Json manifest = manifest_of({{"a.yaml", "four"}});
  const std::string good = control::compress({{"a.yaml", "four"}});
  ASSERT_FALSE(is_refused(control::seal(manifest.dump(), good, secret_key())));
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    EXPECT_TRUE(is_refused(control::seal(manifest.dump(), bad, secret_key()))) << at;
    EXPECT_TRUE(is_refused(control::seal(manifest.dump(), good.substr(0, at), secret_key()))) << at;
  }
  EXPECT_TRUE(is_refused(control::seal(manifest.dump(), good + '\0', secret_key())));
  EXPECT_TRUE(is_refused(control::seal(manifest.dump(), good + good, secret_key())));
}

}  // namespace
}  // namespace tollgate::test
