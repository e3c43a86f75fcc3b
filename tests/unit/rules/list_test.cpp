#include "rules/list.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace tollgate::rules;
using namespace std::string_literals;

constexpr std::uint64_t day = 86'400'000'000'000;

std::shared_ptr<const List> read(std::string_view content) {
  Findings findings;
  auto list = read_list(content, "x.csv", findings);
  for (const Finding& finding : findings.all()) ADD_FAILURE() << to_string(finding);
  return list;
}

/// What a person is told of such a list.
std::vector<std::string> findings_of(std::string_view content) {
  Findings findings;
  const auto list = read_list(content, "x.csv", findings);
  EXPECT_EQ(list == nullptr, findings.any_error());
  std::vector<std::string> texts;
  for (const Finding& finding : findings.all()) texts.push_back(to_string(finding));
  return texts;
}
using Texts = std::vector<std::string>;

TEST(List, finds_numbers_whole) {
  const auto list = read("# type: number\n447700900123\n+447700900124\n");
  EXPECT_EQ(list->type(), ListType::number);
  EXPECT_EQ(list->size(), 2U);
  EXPECT_TRUE(list->contains("447700900123", 0));
  EXPECT_TRUE(list->contains("+447700900123", 0));
  EXPECT_TRUE(list->contains("447700900124", 0));
  for (const char* other :
       {"44770090012", "4477009001234", "447700900125", "", "+", "4477OO900123", "ACME"}) {
    EXPECT_FALSE(list->contains(other, 0)) << other;
  }
}

TEST(List, tells_numbers_apart_by_their_leading_zeros) {
  const auto list = read("# type: number\n0123\n00\n99999999999999999\n");
  EXPECT_TRUE(list->contains("0123", 0));
  EXPECT_TRUE(list->contains("00", 0));
  EXPECT_TRUE(list->contains("99999999999999999", 0));
  for (const char* other : {"123", "00123", "0", "000", "999999999999999990"}) {
    EXPECT_FALSE(list->contains(other, 0)) << other;
  }
}

TEST(List, finds_prefixes_of_every_length) {
  const auto list = read("# type: prefix\n1\n4477009\n4477\n99999999999999999\n");
  for (const char* number :
       {"1", "15550100", "4477009", "447700900123", "447799", "9999999999999999999", "4477x"}) {
    EXPECT_TRUE(list->contains(number, 0)) << number;
  }
  for (const char* number : {"447", "2", "44", "", "x1", "9999999999999999"}) {
    EXPECT_FALSE(list->contains(number, 0)) << number;
  }
}

TEST(List, lets_an_entry_expire_after_its_day) {
  // 1970-01-11 is the eleventh day.
  for (const char* type : {"number", "prefix", "sender"}) {
    const auto list = read("# type: "s + type + "\n4477,1970-01-11\n447,1970-01-03\n5\n");
    EXPECT_TRUE(list->contains("4477", 0));
    EXPECT_TRUE(list->contains("4477", 11 * day - 1));
    EXPECT_FALSE(list->contains("4477", 11 * day));
    EXPECT_TRUE(list->contains("447", 3 * day - 1));
    EXPECT_FALSE(list->contains("447", 3 * day));
    EXPECT_TRUE(list->contains("5", 40'000 * day));
  }
  const auto hosts = read("# type: host\nexample.com,1970-01-11\n");
  EXPECT_TRUE(hosts->contains("a.example.com", 11 * day - 1));
  EXPECT_FALSE(hosts->contains("a.example.com", 11 * day));
}

TEST(List, looks_for_a_shorter_prefix_where_the_longest_has_expired) {
  const auto list = read("# type: prefix\n44\n447700,1970-01-02\n");
  EXPECT_TRUE(list->contains("447700900123", 10 * day));
}

TEST(List, finds_senders_in_any_case) {
  const auto list = read("# type: sender\nACME Bank\n\"Dr. No, Ltd\"\n\u00c9clair\n+447700900123\n60001\n");
  for (const char* sender : {"ACME Bank", "acme bank", " Acme BANK ", "dr. no, ltd", "\u00e9CLAIR",
                             "447700900123", "+447700900123", "60001"}) {
    EXPECT_TRUE(list->contains(sender, 0)) << sender;
  }
  for (const char* sender : {"ACME", "ACMEBank", "", "Eclair", "6000", "+"}) {
    EXPECT_FALSE(list->contains(sender, 0)) << sender;
  }
  EXPECT_FALSE(list->contains(std::string(3000, 'x'), 0));
}

TEST(List, finds_a_host_and_all_below_it) {
  const auto list = read("# type: host\nexample.com\nWWW.Example.NET.\na_b.example.org\n192.0.2.7\n");
  for (const char* host : {"example.com", "a.example.com", "a.b.Example.COM", "example.com.",
                           "www.example.net", "a_b.example.org", "192.0.2.7"}) {
    EXPECT_TRUE(list->contains(host, 0)) << host;
  }
  for (const char* host : {"com", "badexample.com", "example.com.evil.example", "example.net", "", ".",
                           "example.org", "192.0.2.77"}) {
    EXPECT_FALSE(list->contains(host, 0)) << host;
  }
  EXPECT_TRUE(list->contains(std::string(3000, 'x') + ".example.com", 0));
}

TEST(List, takes_a_host_in_its_own_letters_and_in_punycode_for_one) {
  // RFC 3492 7.1 and the examples of UTS #46: b\u00fccher is xn--bcher-kva.
  for (const char* entry :
       {"b\u00fccher.example", "B\u00dcCHER.example", "xn--bcher-kva.example", "XN--BCHER-KVA.example"}) {
    const auto list = read("# type: host\n"s + entry + "\n");
    EXPECT_EQ(list->size(), 1U);
    for (const char* host : {"b\u00fccher.example", "xn--bcher-kva.example", "shop.B\u00fccher.example",
                             "Xn--Bcher-kva.Example", "b\u00fccher\u3002example"}) {
      EXPECT_TRUE(list->contains(host, 0)) << entry << ' ' << host;
    }
    EXPECT_FALSE(list->contains("bucher.example", 0));
  }
  EXPECT_TRUE(read("# type: host\nexample.com\n")->contains("\uff45xample\uff0ecom", 0));
}

TEST(List, gives_its_phrases) {
  const auto list =
      read("# type: phrase\nverify your identity\n\"act now, \"\"friend\"\"\",1970-01-03,said too often\n");
  ASSERT_EQ(list->phrases().size(), 2U);
  EXPECT_EQ(list->phrases()[0].text, "verify your identity");
  EXPECT_EQ(list->phrases()[1].text, "act now, \"friend\"");
  EXPECT_EQ(list->phrases()[1].line, 3U);
  EXPECT_EQ(list->phrases()[1].expires, 2);
  EXPECT_FALSE(list->contains("verify your identity", 0));
}

TEST(List, passes_over_remarks_blanks_and_headings_and_what_editors_add) {
  const auto list = read(
      "\xEF\xBB\xBF#type:number \r\nvalue,expires,comment\r\n\r\n# why\r\n  4477 , , \"a, "
      "b\"\r\n4478,,c\r\n4479");
  EXPECT_EQ(list->size(), 3U);
  for (const char* number : {"4477", "4478", "4479"}) EXPECT_TRUE(list->contains(number, 0));
}

TEST(List, takes_a_file_without_entries) { EXPECT_EQ(read("# type: host")->size(), 0U); }

TEST(List, says_what_its_first_line_must_be) {
  const std::string expected =
      "the first line must be `# type: number`, or prefix, sender, host or phrase in its place";
  EXPECT_EQ(findings_of(""), Texts{"x.csv:1:1: error: " + expected});
  EXPECT_EQ(findings_of("447700900123\n"), Texts{"x.csv:1:1: error: " + expected});
  EXPECT_EQ(findings_of("# type: numbers\n1\n"),
            Texts{"x.csv:1:1: error: a list of type `numbers`; " + expected});
}

TEST(List, says_what_is_wrong_with_a_line) {
  EXPECT_EQ(
      findings_of("# type: number\n44 7700\n\n4477*,,x\n"),
      (Texts{
          "x.csv:2:1: error: `44 7700` is not a number; write 1 to 17 digits, without blanks or punctuation",
          "x.csv:4:1: error: `4477*` is not a number; write 1 to 17 digits, without blanks or punctuation; "
          "prefixes belong in a list of `# type: prefix`, without `*`"}));
  EXPECT_EQ(
      findings_of("# type: prefix\n123456789012345678\n"),
      Texts{"x.csv:2:1: error: `123456789012345678` is not a prefix; write 1 to 17 digits, without blanks or "
            "punctuation"});
  EXPECT_EQ(
      findings_of("# type: sender\nACME, soon\n"),
      Texts{"x.csv:2:7: error: `soon` is not a day on which the entry expires; write YYYY-MM-DD, or leave it "
            "empty: `value,,comment` (a value that contains a comma stands in double quotes)"});
  for (const char* date :
       {"2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "1970-01-01", "2200-01-01", "2026-0x-01"}) {
    EXPECT_EQ(findings_of("# type: sender\nA,"s + date + "\n").size(), 1U) << date;
  }
  EXPECT_EQ(findings_of("# type: sender\n\u00e9,2026-01-01,a,b\n"),
            Texts{"x.csv:2:16: error: a fourth field; a line is `value,expires,comment`: put a value or a "
                  "comment that "
                  "contains commas in double quotes"});
  EXPECT_EQ(findings_of("# type: sender\n,,x\n"),
            Texts{"x.csv:2:1: error: a line without a value; a line is `value,expires,comment`"});
  EXPECT_EQ(
      findings_of("# type: phrase\n  \"act now\n"),
      Texts{
          "x.csv:2:3: error: a quote is opened and not closed; close it on the same line, and double quotes "
          "inside it"});
  EXPECT_EQ(findings_of("# type: phrase\n\"act\" now\n"),
            Texts{"x.csv:2:7: error: text after a closing quote; a comma was expected, or double the quotes "
                  "inside the "
                  "value"});
  EXPECT_EQ(findings_of("# type: phrase\ncaf\xE9\n"),
            Texts{"x.csv:2:1: error: the line is not UTF-8; save the file as UTF-8"});
}

TEST(List, warns_of_a_phrase_that_looks_like_a_regex) {
  EXPECT_EQ(
      findings_of("# type: phrase\nact now\n/pay [0-9]+/\n"),
      Texts{"x.csv:3:1: warning: `/pay [0-9]+/` means these very characters: a list holds phrases only; "
            "write the regex in the rule"});
  EXPECT_EQ(findings_of("# type: phrase\n/\nand/or\n"), Texts{});
}

TEST(List, says_how_to_write_a_host) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://example.com/x", "write only the host of the address, like `example.com`"},
      {"*.example.com", "write `example.com`: all hosts below it are meant too"},
      {"example.com:80", "write it without a port"},
      {"a@example.com", "write what stands behind the `@`"},
      {"exa mple", "write a name like `example.com`"},
      {"a..b", "write a name like `example.com`"},
      {"xn--\u00fc.com", "write a name like `example.com`"},
  };
  for (const auto& [host, advice] : cases) {
    EXPECT_EQ(findings_of("# type: host\n"s + host + "\n"),
              Texts{"x.csv:2:1: error: `"s + host + "` is not a host; " + advice});
  }
}

TEST(List, warns_of_what_is_probably_not_meant) {
  EXPECT_EQ(findings_of("# type: sender\nACME\nacme\n"),
            Texts{"x.csv:3:1: warning: `acme` stands above already; that one holds: remove this one"});
  EXPECT_EQ(findings_of("# type: number\n44\n+44\n").size(), 1U);
  EXPECT_EQ(findings_of("# type: phrase\na\na\n").size(), 1U);
  EXPECT_EQ(findings_of("# type: host\nb\u00fccher.example\nxn--bcher-kva.example\n").size(), 1U);
  EXPECT_EQ(
      findings_of("# type: sender\n4477*\n"),
      Texts{"x.csv:2:1: warning: `4477*` means the sender with a `*` at its end: a list of senders has whole "
            "ones; "
            "for all that begin so, write `sender: 4477*` in the rule, or use a list of `# type: prefix`"});
}

TEST(List, tells_twenty_faults_of_a_kind_and_how_many_more) {
  std::string content = "# type: number\n";
  for (int i = 0; i < 30; ++i) content += "x\n";
  content += "1\n1\n";
  const Texts texts = findings_of(content);
  ASSERT_EQ(texts.size(), 22U);
  EXPECT_EQ(texts[20], "x.csv:33:1: warning: `1` stands above already; that one holds: remove this one");
  EXPECT_EQ(texts[21], "x.csv: error: 10 more entries that are not digits");
}

TEST(List, says_why_a_file_cannot_be_read) {
  Findings findings;
  EXPECT_EQ(load_list("/nowhere/x.csv", "lists/x.csv", findings), nullptr);
  ASSERT_EQ(findings.all().size(), 1U);
  EXPECT_EQ(to_string(findings.all()[0]),
            "lists/x.csv: error: cannot read /nowhere/x.csv: No such file or directory");
}

}  // namespace
