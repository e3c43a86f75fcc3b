#include "control/list_body.hpp"

#include <string>

#include <gtest/gtest.h>

#include "control/fault.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

TEST(ListBody, says_what_is_to_become_of_values) {
  const ListRequest add = read_list_body(R"({"list": "x", "change": "add", "values": ["1", "\u00e4"]})");
  EXPECT_EQ(add.list, "x");
  EXPECT_EQ(add.change, ListChangeKind::add);
  EXPECT_EQ(add.values, (std::vector<std::string>{"1", "\u00e4"}));
  EXPECT_FALSE(add.until_ns);
  const ListRequest expire =
      read_list_body(R"({"until":"1970-01-01T00:01:00Z","values":["1"],"change":"expire","list":"x"})");
  EXPECT_EQ(expire.change, ListChangeKind::expire);
  EXPECT_EQ(expire.until_ns, 60 * second_ns);
  EXPECT_EQ(read_list_body(R"({"list": "x", "change": "remove", "values": ["1"]})").change,
            ListChangeKind::remove);
}

std::string body_of(const std::string& values, const std::string& more = {}) {
  return R"({"list": "x", "change": "add", "values": )" + values + more + "}";
}

TEST(ListBody, says_nothing_else) {
  const std::string thousand_and_one = [] {
    std::string text = "[";
    for (int i = 0; i <= 1000; ++i) text += i == 0 ? R"("1")" : R"(,"1")";
    return text + "]";
  }();
  for (const std::string& wrong :
       {std::string(),
        std::string("[]"),
        std::string("{}"),
        std::string("null"),
        std::string("\"x\""),
        body_of("[]"),
        body_of("\"1\""),
        body_of("[1]"),
        body_of("[[\"1\"]]"),
        body_of("[{}]"),
        body_of("[null]"),
        body_of("{}"),
        body_of("[true]"),
        body_of("[1.5]"),
        body_of("[-1]"),
        body_of("[\"\xff\"]"),
        body_of(thousand_and_one),
        body_of("[\"" + std::string(1025, '1') + "\"]"),
        body_of(R"(["1"])", R"(, "values": ["2"])"),
        body_of(R"(["1"])", R"(, "list": "y")"),
        body_of(R"(["1"])", R"(, "who": "me")"),
        body_of(R"(["1"])", R"(, "until": 5)"),
        body_of(R"(["1"])", R"(, "until": null)"),
        body_of(R"(["1"])", R"(, "until": "tomorrow")"),
        body_of(R"(["1"])", R"(, "until": "2026-02-30T00:00:00Z")"),
        body_of(R"(["1"])", R"(, "until": "9999-12-31T23:59:59Z")"),
        body_of(R"(["1"])") + "x",
        std::string(R"({"list": ["x"], "change": "add", "values": ["1"]})"),
        std::string(R"({"list": "x", "change": "added", "values": ["1"]})"),
        std::string(R"({"list": "x", "change": "expire", "values": ["1"]})"),
        std::string(R"({"list": "x", "change": "remove", "values": ["1"], "until": "2026-12-01T00:00:00Z"})"),
        std::string(R"({"list": "x", "values": ["1"]})"),
        std::string(R"({"change": "add", "values": ["1"]})"),
        std::string(R"({"list": "x", "change": "add"})"),
        std::string(R"([{"list": "x"}])")}) {
    try {
      read_list_body(wrong);
      ADD_FAILURE() << wrong;
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.status(), 400) << wrong;
      EXPECT_FALSE(fault.found().empty());
      EXPECT_FALSE(fault.expected().empty());
    }
  }
}

}  // namespace
}  // namespace tollgate::control
