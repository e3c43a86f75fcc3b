#include <string>

#include <gtest/gtest.h>

#include "message.hpp"
#include "target.hpp"

namespace syslog_sink {
namespace {

const Header header{
    .facility = 16, .host = "gate1", .program = "tollgate", .process = "77", .element = "tollgate@32473"};
constexpr std::uint64_t time_ns = 1'700'000'000'123'456'789;

Event event(std::string_view json) {
  return {
      .time_ns = time_ns, .id = "ab", .json = json, .kind = "message", .protocol = "map", .verdict = "block"};
}

// As the grammar of RFC 5424 6 puts them: local0 is 16, warning 4.
TEST(SyslogMessage, stands_as_the_standard_has_it) {
  EXPECT_EQ(write(header, event("{}"), 1000),
            "<132>1 2023-11-14T22:13:20.123456Z gate1 tollgate 77 message "
            "[tollgate@32473 id=\"ab\" verdict=\"block\" protocol=\"map\"] {}");
}

TEST(SyslogMessage, has_a_severity_by_verdict) {
  const auto severity = [](std::string_view verdict, bool alert = false) {
    Event one = event("");
    one.verdict = verdict;
    one.alert = alert;
    return severity_of(one);
  };
  EXPECT_EQ(severity("pass"), 6U);
  EXPECT_EQ(severity(""), 6U);
  EXPECT_EQ(severity("charge"), 5U);
  EXPECT_EQ(severity("divert"), 5U);
  EXPECT_EQ(severity("throttle"), 4U);
  EXPECT_EQ(severity("block"), 4U);
  EXPECT_EQ(severity("pass", true), 3U);
}

TEST(SyslogMessage, without_a_verdict_has_no_parameter_of_it) {
  Event one = event("{}");
  one.verdict = "";
  EXPECT_EQ(write(header, one, 1000).find("verdict"), std::string::npos);
}

// RFC 5424 6.3.3
TEST(SyslogMessage, escapes_values) { EXPECT_EQ(parameter(R"(a"b\c]d)"), R"("a\"b\\c\]d")"); }

TEST(SyslogMessage, is_cut_between_characters_and_says_so) {
  std::string json = "{";
  for (int i = 0; i < 1000; ++i) json += "\u20ac";  // three octets each
  for (std::size_t most = 480; most < 490; ++most) {
    const std::string message = write(header, event(json), most);
    EXPECT_LE(message.size(), most);
    const std::size_t begin = message.find("] ") + 2;
    const std::size_t shown = message.size() - begin;
    EXPECT_EQ((shown - 1) % 3, 0U);
    EXPECT_NE(message.find(" cut=\"" + std::to_string(json.size() - shown) + "\"]"), std::string::npos);
  }
}

TEST(SyslogAddress, is_read) {
  const auto udp = read_address("udp://192.0.2.1:514");
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->kind, Address::Kind::udp);
  EXPECT_EQ(udp->host, "192.0.2.1");
  EXPECT_EQ(udp->port, "514");
  const auto tcp = read_address("tcp://[2001:db8::1]:601");
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp->kind, Address::Kind::tcp);
  EXPECT_EQ(tcp->host, "2001:db8::1");
  const auto path = read_address("unix:/dev/log");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->host, "/dev/log");
  for (const char* wrong : {"", "udp://", "udp://host", "udp://:514", "tcp://host:0", "tcp://host:x",
                            "tcp://2001:db8::1:601", "unix:", "http://host:80", "192.0.2.1:514"})
    EXPECT_FALSE(read_address(wrong)) << wrong;
}

}  // namespace
}  // namespace syslog_sink
