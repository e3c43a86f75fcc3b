#include "record/summary.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tollgate::record {
namespace {

Summary example() {
  Summary summary;
  Message m;
  m.kind = Kind::message;
  m.operation = "mt-forwardSM";
  m.direction = Direction::mt;
  m.coding = Coding::gsm7;
  m.has_text = true;
  m.parts = {1, 2, 1};
  for (int i = 0; i < 1234; ++i) summary.add(m);
  m.parts.seq = 2;
  m.message_text = "whole";
  summary.add(m);

  Message answer;
  answer.kind = Kind::response;
  answer.operation = "mt-forwardSM";
  answer.component = Component::error;
  answer.answers_frame = 3;
  summary.add(answer);
  answer.answers_frame = 0;
  summary.add(answer);

  Message other;
  other.operation_code = 99;
  summary.add(other);

  const std::byte octet{};
  Message binary;
  binary.protocol = Protocol::smpp;
  binary.kind = Kind::message;
  binary.operation = "submit_sm";
  binary.direction = Direction::mo;
  binary.coding = Coding::binary;
  binary.data = {&octet, 1};
  summary.add(binary);

  Counters counters;
  counters.add(Count::packets, 2000);
  counters.add(Count::unread_not_ip, 4);
  counters.add(decode::Layer::tcap, decode::Reason::truncated);
  summary.add(counters);
  summary.add(counters);
  return summary;
}

TEST(Summary, counts_messages_by_what_they_are) {
  const auto json = example().json();
  EXPECT_EQ(json["messages"], 1236);
  EXPECT_EQ(json["responses"], 2);
  EXPECT_EQ(json["signalling"], 1);
  EXPECT_EQ(json["answers"], 1);
  EXPECT_EQ(json["mo"], 1);
  EXPECT_EQ(json["mt"], 1235);
  EXPECT_EQ(json["text"], 1235);
  EXPECT_EQ(json["binary"], 1);
  EXPECT_EQ(json["parts"], 1235);
  EXPECT_EQ(json["completed"], 1);
  EXPECT_EQ(json["codings"], (nlohmann::ordered_json{{"gsm7", 1235}, {"binary", 1}}));
}

TEST(Summary, counts_operations_by_component) {
  const auto operations = example().json()["operations"];
  ASSERT_EQ(operations.size(), 3U);
  const auto row = [](const char* protocol, const char* operation, int invoke, int error) {
    return nlohmann::ordered_json{{"protocol", protocol}, {"operation", operation}, {"invoke", invoke},
                                  {"result", 0},          {"error", error},         {"reject", 0}};
  };
  EXPECT_EQ(operations[0], row("map", "99", 1, 0));
  EXPECT_EQ(operations[1], row("map", "mt-forwardSM", 1235, 2));
  EXPECT_EQ(operations[2], row("smpp", "submit_sm", 1, 0));
}

TEST(Summary, adds_up_the_counters_of_workers) {
  const auto json = example().json();
  EXPECT_EQ(json["counts"]["packets"], 4000);
  EXPECT_EQ(json["counts"]["unread_not_ip"], 8);
  EXPECT_EQ(json["counts"]["lost_event"], 0);
  EXPECT_EQ(json["errors"], (nlohmann::ordered_json{{"tcap.truncated", 2}}));
}

TEST(Summary, reads_as_a_table) {
  EXPECT_EQ(example().table(),
            "packets                                     4,000\n"
            "octets                                          0\n"
            "messages                                    1,236   carry or route a short message\n"
            "  mobile originated                             1\n"
            "  mobile terminated                         1,235\n"
            "  with text                                 1,235\n"
            "  with binary data                              1\n"
            "    in gsm7                                 1,235\n"
            "    in binary                                   1\n"
            "  parts of longer messages                  1,235\n"
            "  longer messages put together                  1\n"
            "responses                                       2   1 to a request that was seen\n"
            "signalling                                      1   other operations\n"
            "\n"
            "operation                                  invoke       result        error       reject\n"
            "map  operation 99                               1            0            0            0\n"
            "map  mt-forwardSM                           1,235            0            2            0\n"
            "smpp submit_sm                                  1            0            0            0\n"
            "\n"
            "not read, evicted, lost\n"
            "unread_not_ip                                   8   packets that are neither IP nor SS7 (ARP "
            "and others)\n"
            "tcap.truncated                                  2   ends inside a field\n");
}

}  // namespace
}  // namespace tollgate::record
