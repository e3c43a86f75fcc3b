#include "rules/sample.hpp"

#include <gtest/gtest.h>

namespace tollgate::rules {
namespace {

struct SampleTest : ::testing::Test {
  Message& with(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    for (const auto& [name, value] : fields) EXPECT_EQ(sample.set(name, value), "") << name;
    return sample.message();
  }
  static Home british() {
    Home home;
    home.country = "GB";
    home.country_code = "44";
    home.national_prefix = "0";
    return home;
  }
  Home home = british();
  Sample sample{home};
};

TEST_F(SampleTest, tells_the_type_of_an_address_by_its_looks) {
  EXPECT_EQ(with({{"sender", "+447700900123"}}).sender.type, NumberType::international);
  EXPECT_EQ(sample.message().sender.address, "447700900123") << "events have no +";
  EXPECT_EQ(sample.message().sender.number, "447700900123");
  EXPECT_EQ(sample.message().sender.ton, 1);

  EXPECT_EQ(with({{"recipient", "ACME"}}).recipient.type, NumberType::alphanumeric);
  EXPECT_EQ(sample.message().recipient.ton, 5) << "TS 23.040 9.1.2.5";
  EXPECT_EQ(sample.message().recipient.number, "");
}

TEST_F(SampleTest, takes_a_type_that_is_given) {
  const Message& m = with({{"sender", "07700900123"}, {"sender.type", "national"}});
  EXPECT_EQ(m.sender.type, NumberType::national);
  EXPECT_EQ(m.sender.number, "447700900123") << "0 is the national prefix, 44 the country code";
  EXPECT_FALSE(m.recipient.present);
}

TEST_F(SampleTest, digits_alone_are_of_an_unknown_type) {
  EXPECT_EQ(with({{"sender", "60777"}}).sender.type, NumberType::unknown);
  EXPECT_EQ(with({{"recipient", "*123#"}}).recipient.type, NumberType::unknown);
}

TEST_F(SampleTest, reads_ports_from_the_user_data_header) {
  // TS 23.040 9.2.3.24.4: 16 bit addressing, destination 2948 (WAP push), originator 9200.
  const Message& m = with({{"udh", "0605040B8423F0"}});
  ASSERT_TRUE(m.ports);
  EXPECT_EQ(m.ports->destination, 2948);
  EXPECT_EQ(m.ports->source, 9200);
}

TEST_F(SampleTest, says_what_is_wrong_with_a_value) {
  EXPECT_EQ(sample.set("pid", "256"), "found `256` for `pid`; expected a number from 0 to 255");
  EXPECT_EQ(sample.set("pid", "-1"), "found `-1` for `pid`; expected a number from 0 to 255");
  EXPECT_EQ(sample.set("pid", ""), "found `` for `pid`; expected a number from 0 to 255");
  EXPECT_EQ(sample.set("class", "4"), "found `4` for `class`; expected a number from 0 to 3");
  EXPECT_EQ(sample.set("time", "tomorrow"),
            "found `tomorrow` for `time`; expected a time such as 2026-11-21T22:00:00Z");
  EXPECT_EQ(sample.set("udh", "050"), "found `050` for `udh`; expected octets in hex");
  EXPECT_EQ(sample.set("data", "0x"), "found `0x` for `data`; expected octets in hex");
  EXPECT_EQ(sample.set("origin.ip", "192.0.2"), "found `192.0.2` for `origin.ip`; expected an IP address");
  EXPECT_EQ(sample.set("protocol", "sip"), "found `sip` for `protocol`; expected one of map, smpp");
  EXPECT_EQ(sample.set("colour", "red"), "`colour` is not a field of the event that a message can be given");
  EXPECT_TRUE(Sample::knows("sender.address"));
  EXPECT_TRUE(Sample::knows("ports.destination"));
  EXPECT_FALSE(Sample::knows("labels"));
}

TEST(ParseTime, reads_what_events_write) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0U);
  EXPECT_EQ(parse_time("2000-02-29T00:00:00Z"), 951'782'400'000'000'000U) << "as date -u -d says";
  EXPECT_EQ(parse_time("1970-01-01T00:00:01.5Z"), 1'500'000'000U);
  EXPECT_EQ(parse_time("1970-01-01T00:00:00.000001234567Z"), 1'234U) << "below a nanosecond is cut off";
}

TEST(ParseTime, refuses_what_is_no_time) {
  for (const std::string_view text :
       {"", "Z", "2026-11-21", "2026-11-21T22:00:00", "2026-11-21 22:00:00Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T22:60:00Z", "1969-12-31T23:59:59Z",
        "2026-11-21T22:00:00.Z", "2026-11-21T22:00:00.1aZ", "2026-11-21T22:00:00+01:00",
        "2026-1a-21T22:00:00Z"})
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tollgate::rules
