#include "rules/public_suffixes.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

using tollgate::rules::PublicSuffixes;

// Cases of the list's own test data (publicsuffix.org/list).
TEST(PublicSuffixes, finds_what_was_registered) {
  const PublicSuffixes suffixes;
  const std::pair<const char*, const char*> cases[] = {
      {"example.com", "example.com"},
      {"b.example.com", "example.com"},
      {"WwW.example.COM", "example.COM"},
      {"www.example.co.uk", "example.co.uk"},
      {"test.ck", ""},
      {"b.test.ck", "b.test.ck"},
      {"www.ck", "www.ck"},
      {"a.b.c.kobe.jp", "b.c.kobe.jp"},
      {"city.kobe.jp", "city.kobe.jp"},
      {"com", ""},
      {"co.uk", ""},
      {"", ""},
      {"example.com.", "example.com"},
      {"192.0.2.7", ""},
      {"www.\u98df\u72ee.com.cn", "\u98df\u72ee.com.cn"},
      {"www.xn--85x722f.com.cn", "xn--85x722f.com.cn"},
      {"shishi.\u516c\u53f8.cn", "shishi.\u516c\u53f8.cn"},
  };
  for (const auto& [host, registered] : cases)
    EXPECT_EQ(suffixes.registered_domain(host), registered) << host;
}

TEST(PublicSuffixes, gives_a_view_of_the_host) {
  const PublicSuffixes suffixes;
  const std::string host = "www.Example.co.uk";
  EXPECT_EQ(suffixes.registered_domain(host).data(), host.data() + 4);
}

TEST(PublicSuffixes, finds_nothing_in_a_name_that_is_too_long) {
  EXPECT_EQ(PublicSuffixes().registered_domain(std::string(300, 'a') + ".com"), "");
}

}  // namespace
