#include "control/keys.hpp"

#include <filesystem>
#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "control/bundle_error.hpp"
#include "control/key_files.hpp"
#include "control/plain_text.hpp"
#include "temporary_folder.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
}

template <class Read>
std::string refusal_of(Read read) {
  try {
    read();
  } catch (const BundleError& error) {
    EXPECT_EQ(error.reason, BundleError::Reason::malformed);
    return error.what();
  }
  return "taken";
}

// RFC 8032, 7.1, test 3.
TEST(Keys, SignAsTheStandardDoes) {
  const SecretKey::Seed seed{0xc5, 0xaa, 0x8d, 0xf4, 0x3f, 0x9f, 0x83, 0x7b, 0xed, 0xb7, 0x44,
                             0x2f, 0x31, 0xdc, 0xb7, 0xb1, 0x66, 0xd3, 0x85, 0x35, 0x07, 0x6f,
                             0x09, 0x4b, 0x85, 0xce, 0x3a, 0x2e, 0x0b, 0x44, 0x58, 0xf7};
  const std::string message = "\xaf\x82";
  const SecretKey key(seed, "the standard's");
  const Signature signature = key.sign(message);
  const std::array<unsigned char, 8> begins{0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02};
  EXPECT_TRUE(std::equal(begins.begin(), begins.end(), signature.begin()));
  EXPECT_EQ(key.public_key().octets[0], 0xfc);
  EXPECT_EQ(key.public_key().octets[31], 0x25);
  EXPECT_TRUE(key.public_key().verifies(message, signature));
  EXPECT_FALSE(key.public_key().verifies("\xaf\x83", signature));
  EXPECT_FALSE(key.public_key().verifies("", signature));
}

TEST(Keys, APairIsReadAsItWasMade) {
  const test::TemporaryFolder folder;
  const PublicKey made = make_key_files(folder / "k", "rules@example 2026-11-23");
  const PublicKey read = read_public_key(folder / "k.pub");
  EXPECT_EQ(read.octets, made.octets);
  EXPECT_EQ(read.comment, "rules@example 2026-11-23");
  const SecretKey secret = read_secret_key(folder / "k");
  EXPECT_EQ(secret.public_key().octets, made.octets);
  EXPECT_EQ(secret.public_key().comment, made.comment);
  EXPECT_TRUE(read.verifies("what is signed", secret.sign("what is signed")));
  EXPECT_EQ(mode_of(folder / "k"), 0600U);
}

TEST(Keys, TwoPairsDiffer) {
  const test::TemporaryFolder folder;
  const PublicKey one = make_key_files(folder / "a", "a");
  const PublicKey other = make_key_files(folder / "b", "b");
  EXPECT_NE(one.id(), other.id());
  EXPECT_FALSE(other.verifies("x", read_secret_key(folder / "a").sign("x")));
  const TrustedKeys both = read_trusted_keys({folder / "a.pub", folder / "b.pub"});
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].octets, other.octets);
}

TEST(Keys, NoFileIsWrittenOver) {
  const test::TemporaryFolder folder;
  folder.write("k", "mine");
  EXPECT_THROW(make_key_files(folder / "k", "x"), std::system_error);
  EXPECT_EQ(folder.read("k"), "mine");
  EXPECT_FALSE(fs::exists(folder / "k.pub"));

  folder.write("l.pub", "mine too");
  EXPECT_THROW(make_key_files(folder / "l", "x"), std::system_error);
  EXPECT_EQ(folder.read("l.pub"), "mine too");
  EXPECT_FALSE(fs::exists(folder / "l")) << "half a pair is of no use";

  fs::create_symlink(folder / "elsewhere", folder / "m");
  EXPECT_THROW(make_key_files(folder / "m", "x"), std::system_error);
  EXPECT_FALSE(fs::exists(folder / "elsewhere"));
}

TEST(Keys, TheWrongHalfIsRefusedWithWhichToName) {
  const test::TemporaryFolder folder;
  make_key_files(folder / "k", "x");
  EXPECT_THAT(refusal_of([&] { read_public_key(folder / "k"); }),
              testing::AllOf(HasSubstr("found a secret key"), HasSubstr(".pub")));
  fs::permissions(folder / "k.pub", fs::perms::owner_read);
  EXPECT_THAT(refusal_of([&] { read_secret_key(folder / "k.pub"); }), HasSubstr("found a public key"));
}

TEST(Keys, ASecretThatOthersCanReadIsRefused) {
  const test::TemporaryFolder folder;
  make_key_files(folder / "k", "x");
  fs::permissions(folder / "k", fs::perms(0640));
  EXPECT_THAT(refusal_of([&] { read_secret_key(folder / "k"); }),
              testing::AllOf(HasSubstr("0640"), HasSubstr("chmod 600")));
}

TEST(Keys, WhatIsNoKeyIsRefused) {
  const test::TemporaryFolder folder;
  make_key_files(folder / "k", "x");
  const std::string good = folder.read("k.pub");
  const std::string begin = good.substr(0, good.find(' ') + 1);
  const std::string key = good.substr(begin.size(), 44);
  ASSERT_EQ(good, begin + key + " x\n");
  for (const std::string& bad :
       {std::string(), std::string("\n"), begin, good.substr(0, good.size() - 1), good + good,
        begin + key + "\n", begin + key + " \n", begin + key.substr(1) + " x\n", begin + "A" + key + " x\n",
        begin + "\xff" + key + " x\n", "ssh-ed25519 " + key + " x\n", begin + key + " a\x1b[2J\n",
        begin + key + " \xff\n", begin + key + " " + std::string(101, 'x') + "\n",
        begin + key + " " + std::string(100000, 'x') + "\n"}) {
    folder.write("bad", bad);
    EXPECT_THAT(refusal_of([&] { read_public_key(folder / "bad"); }), HasSubstr("tollgate rules key")) << bad;
  }
  EXPECT_THROW(read_public_key(folder / "absent"), std::system_error);
  EXPECT_THROW(read_public_key(folder.path().string()), std::system_error);
}

TEST(PlainText, IsWhatATerminalShows) {
  for (const char* plain : {"", "a b", "r\xc3\xa8gles", "\xe8\xa6\x8f\xe5\x89\x87"})
    EXPECT_TRUE(is_plain_text(plain));
  // Controls, no-break space, right-to-left override, line separator, not UTF-8.
  for (const char* bad : {"\n", "\x7f", "\xc2\x9b", "\xc2\xa0", "\xe2\x80\xae", "\xe2\x80\xa8", "\xff"})
    EXPECT_FALSE(is_plain_text(bad)) << bad;
  EXPECT_FALSE(is_plain_text(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace tollgate::control
