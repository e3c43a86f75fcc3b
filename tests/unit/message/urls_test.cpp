#include "message/urls.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate {
namespace {

using Found = std::vector<std::string>;

Found found(std::string_view text) {
  Found all;
  UrlFinder urls(text);
  for (auto url = urls.next(); !url.empty(); url = urls.next()) {
    EXPECT_GE(url.data(), text.data());
    EXPECT_LE(url.data() + url.size(), text.data() + text.size());
    all.emplace_back(url);
  }
  return all;
}

TEST(Urls, finds_urls_with_a_scheme) {
  EXPECT_EQ(found("see http://example.com/a?b=c#d now"), Found{"http://example.com/a?b=c#d"});
  EXPECT_EQ(found("HTTPS://EXAMPLE.COM"), Found{"HTTPS://EXAMPLE.COM"});
  EXPECT_EQ(found("hxxps://example.com/x"), Found{"hxxps://example.com/x"});
  EXPECT_EQ(found("ftp://example.com:2121/f"), Found{"ftp://example.com:2121/f"});
  EXPECT_EQ(found("http://localhost/x"), Found{"http://localhost/x"});
  EXPECT_EQ(found("http://192.0.2.7:8080/x"), Found{"http://192.0.2.7:8080/x"});
  EXPECT_EQ(found("http://user:secret@example.com/x"), Found{"http://user:secret@example.com/x"});
  EXPECT_EQ(found("http://xn--e1afmkfd.xn--p1ai/x"), Found{"http://xn--e1afmkfd.xn--p1ai/x"});
}

TEST(Urls, finds_bare_hosts) {
  EXPECT_EQ(found("go to www.example.museum today"), Found{"www.example.museum"});
  EXPECT_EQ(found("bit.ly/3xYz"), Found{"bit.ly/3xYz"});
  EXPECT_EQ(found("example.com"), Found{"example.com"});
  EXPECT_EQ(found("example.co.uk"), Found{"example.co.uk"});
  EXPECT_EQ(found("EXAMPLE.COM"), Found{"EXAMPLE.COM"});
  EXPECT_EQ(found("Example.Com"), Found{}) << "a capital after a small letter begins a sentence";
  EXPECT_EQ(found("example.com:8080"), Found{"example.com:8080"});
  EXPECT_EQ(found("example.newtld/path"), Found{"example.newtld/path"});
  EXPECT_EQ(found("192.0.2.7/login"), Found{"192.0.2.7/login"});
  EXPECT_EQ(found("Link:bit.ly/x"), Found{"bit.ly/x"});
  EXPECT_EQ(found("sub.example.it and win-4u.in"), (Found{"sub.example.it", "win-4u.in"}));
}

TEST(Urls, finds_several_in_order) {
  EXPECT_EQ(found("a.com,b.org;http://c.net,http://d.net/x"),
            (Found{"a.com", "b.org", "http://c.net", "http://d.net/x"}));
}

TEST(Urls, leaves_punctuation_at_the_end_out) {
  for (const char* end : {".", ",", "!", "?", ";", ":", "...", "!!!", ")", "'", "\"", ">", "]", ").", "?)"}) {
    EXPECT_EQ(found("http://example.com/a" + std::string(end)), Found{"http://example.com/a"}) << end;
    EXPECT_EQ(found("example.com" + std::string(end)), Found{"example.com"}) << end;
  }
  EXPECT_EQ(found("(http://example.com/a_(b))"), Found{"http://example.com/a_(b)"});
  EXPECT_EQ(found("example.com/"), Found{"example.com/"});
}

TEST(Urls, does_not_take_sentences_numbers_and_addresses_for_hosts) {
  for (const char* text : {"Thanks.It was nice",
                           "ok.so we go",
                           "call me.in the evening",
                           "Hello.How are you",
                           "wait...what",
                           "12.30",
                           "1.2.3.4",
                           "3.50/kg",
                           "v2.0",
                           "e.g.",
                           "9.am",
                           "name@example.com",
                           "first.last@example.com",
                           "a.b",
                           "...",
                           "://",
                           "http://",
                           "http:///x",
                           "www.",
                           "www.example",
                           "mr.x",
                           "http:// example",
                           "1.2.3.456/x",
                           "привет.как дела"})
    EXPECT_EQ(found(text), Found{}) << text;
}

TEST(Urls, finds_international_names) {
  EXPECT_EQ(found("см. пример.рф сейчас"), Found{"пример.рф"});
  EXPECT_EQ(found("http://例子.中国/x领取"), Found{"http://例子.中国/x"});
  EXPECT_EQ(found("xn--fsqu00a.xn--fiqs8s/x"), Found{"xn--fsqu00a.xn--fiqs8s/x"});
  EXPECT_EQ(found("http://bücher.example/ä"), Found{"http://bücher.example/ä"});
  // A Cyrillic a among Latin letters stays part of the host.
  EXPECT_EQ(found("pаypal.com/x"), Found{"pаypal.com/x"});
}

TEST(Urls, ends_where_a_script_without_blanks_touches) {
  EXPECT_EQ(found("请访问bit.ly/x领取奖品"), Found{"bit.ly/x"});
  EXPECT_EQ(found("访问http://example.com。"), Found{"http://example.com"});
  EXPECT_EQ(found("คลิกexample.comเลย"), Found{"example.com"});
}

TEST(Urls, ends_at_non_ascii_punctuation) {
  EXPECT_EQ(found("“http://example.com/x”"), Found{"http://example.com/x"});
  EXPECT_EQ(found("http://example.com/x…"), Found{"http://example.com/x"});
  EXPECT_EQ(found("example.com😀"), Found{"example.com"});
  EXPECT_EQ(found("example.com\xC2\xA0now"), Found{"example.com"});
}

TEST(Urls, survives_text_that_is_not_utf8) {
  EXPECT_EQ(found("\xFF"
                  "example.com\xC3"),
            Found{"example.com"});
  EXPECT_EQ(found("\xF0\x9F"), Found{});
}

// A megabyte takes some 10 ms; a quadratic finder would need minutes.
TEST(Urls, takes_time_linear_in_the_text) {
  for (const char* piece :
       {"http://", "a.", "a@", "http://a,", "(", "://", "www.", "http://a/(", "a.com/)", "a..", "中a"}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    const auto start = std::chrono::steady_clock::now();
    (void)found(text);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << piece;
  }
}

}  // namespace
}  // namespace tollgate
