#include "record/json_writer.hpp"

#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/hex.hpp"

namespace tollgate::record {
namespace {

std::string written(std::string_view text) {
  std::string out;
  JsonWriter(out).text(text);
  return out;
}

TEST(JsonWriter, separates_members_with_commas) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.begin_object("empty");
  json.end_object();
  json.begin_array("list");
  json.number(1);
  json.text("two");
  json.hex(test::hex("03"));
  json.begin_object();
  json.end_object();
  json.end_array();
  json.number("last", std::numeric_limits<std::int64_t>::min());
  json.end_object();
  EXPECT_EQ(out, R"({"empty":{},"list":[1,"two","03",{}],"last":-9223372036854775808})");
}

TEST(JsonWriter, escapes_what_rfc_8259_wants_escaped) {
  EXPECT_EQ(written("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(written(std::string_view("\0\t\n\r\x1f\x7f", 6)), "\"\\u0000\\t\\n\\r\\u001f\x7f\"");
}

// An independent reader and writer of JSON has to see the same text, and to replace the same octets.
TEST(JsonWriter, agrees_with_nlohmann_on_every_pair_and_triple_of_octets) {
  const auto check = [](const std::string& text) {
    const std::string ours = written(text);
    const auto value = nlohmann::json::parse(ours, nullptr, false);
    ASSERT_FALSE(value.is_discarded()) << ours;
    const bool valid = nlohmann::json::accept('"' + text + '"');
    if (valid) ASSERT_EQ(value.get<std::string>(), text);
    else ASSERT_NE(ours, '"' + text + '"');
  };
  for (int a = 0; a < 256; ++a) {
    check({static_cast<char>(a)});
    for (int b = 0; b < 256; ++b) {
      if (a == '\\') continue;  // begins an escape for the parser
      check({static_cast<char>(a), static_cast<char>(b)});
    }
  }
  for (int a = 0xC0; a < 256; ++a) {
    for (const int b : {0x22, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0}) {
      for (const int c : {0x41, 0x7F, 0x80, 0xBF, 0xC0}) {
        check({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)});
        for (const int d : {0x41, 0x7F, 0x80, 0xBF, 0xC0})
          check({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(d)});
      }
    }
  }
}

}  // namespace
}  // namespace tollgate::record
