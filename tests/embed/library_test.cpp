#include <cstdint>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "live/map_node.hpp"
#include "tollgate.h"
#include "traffic/encode_net.hpp"
#include "traffic/encode_sctp.hpp"

// What a program that has the engine in it sees of tollgate.h.
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tollgate::traffic::Bytes;
using tollgate::traffic::Host;
namespace traffic = tollgate::traffic;
namespace sctp = tollgate::traffic::sctp;

constexpr std::uint64_t second = 1'000'000'000;

class LibraryTest : public testing::Test {
 protected:
  struct Left {
    std::uint16_t link;
    std::uint8_t side;
    std::vector<std::uint8_t> octets;
  };

  void SetUp() override {
    setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
    std::filesystem::create_directories(folder_ / "rules");
    std::ofstream(folder_ / "rules/policy.yaml")
        << "- {name: Prize, when: {text: prize}, then: block}\n- {name: Rest, then: pass}\n";
  }
  void TearDown() override {
    tollgate_close(engine);
    std::filesystem::remove_all(folder_);
  }

  void open(std::string_view more = "") {
    const std::string config = folder_ / "tollgate.yaml";
    std::ofstream(config)
        << "version: 1\nrules: rules\nevents: {text: all}\nlinks:\n"
           "  - {name: one, outside: net_null0, inside: net_null1, route: international}\n"
           "  - {name: other, outside: net_null2, inside: net_null3, route: national, overload: closed}\n"
        << more;
    const tollgate_host host{
        .abi = TOLLGATE_ABI,
        .size = sizeof(tollgate_host),
        .context = this,
        .send = [](void* test, const tollgate_packet* packet) { of(test).take(*packet); },
        .drop = [](void* test, const tollgate_packet*) { ++of(test).dropped; },
        .make = [](void*, std::size_t, tollgate_packet*) { return 0; },
        .event = [](void* test, const char* json,
                    std::size_t length) { of(test).events.emplace_back(json, length); }};
    std::string error(1'000, '\0');
    engine = tollgate_open(config.c_str(), &host, error.data(), error.size());
    ASSERT_NE(engine, nullptr) << error;
  }

  /// A message of which the chunk has the first `length` octets.
  std::vector<std::uint8_t> packet(std::string_view text, std::size_t length = SIZE_MAX) {
    const live::ShortMessage message{3, "001010123456789", "447700900001", std::string(text)};
    const live::Octets payload = live::request(message, live::Form::unitdata, ++number_).front();
    const bool whole = length >= payload.size();
    Bytes segment;
    sctp::common_header(segment, 2905, 2905, 77);
    sctp::data(segment, {.flags = static_cast<std::uint8_t>(sctp::flag_begin | (whole ? sctp::flag_end : 0U)),
                         .tsn = number_,
                         .ppid = 3,
                         .payload = live::View(payload).first(whole ? payload.size() : length)});
    sctp::finish(segment);
    const Host from = traffic::ipv4_host(0, 1, 2905);
    const Host to = traffic::ipv4_host(1, 1, 2905);
    Bytes frame;
    traffic::encode_link(frame, traffic::LinkType::ethernet, traffic::Tags::none, from, to);
    traffic::encode_ip(frame, from, to, traffic::ip_protocol_sctp, segment.size(), {});
    frame.append(segment);
    return {frame.span().begin(), frame.span().end()};
  }
  void process(const std::vector<std::uint8_t>& octets, std::uint16_t link = 0,
               std::uint8_t side = TOLLGATE_OUTSIDE) {
    std::vector<std::uint8_t>& room = rooms_.emplace_back(octets);
    const tollgate_packet packet{.octets = room.data(),
                                 .size = room.size(),
                                 .wire_length = static_cast<std::uint32_t>(room.size()),
                                 .link = link,
                                 .side = side,
                                 .time_ns = second,
                                 .number = rooms_.size(),
                                 .handle = nullptr};
    tollgate_process(engine, &packet, 1);
    tollgate_events(engine);
  }
  const Left& last() const { return sent.back(); }

  tollgate_engine* engine = nullptr;
  std::vector<Left> sent;
  std::vector<std::string> events;
  unsigned dropped = 0;

 private:
  static LibraryTest& of(void* context) { return *static_cast<LibraryTest*>(context); }
  void take(const tollgate_packet& packet) {
    sent.push_back({packet.link, packet.side, {packet.octets, packet.octets + packet.size}});
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("tollgate-library-" + std::to_string(getpid()));
  std::deque<std::vector<std::uint8_t>> rooms_;
  std::uint32_t number_ = 0;
};

TEST_F(LibraryTest, a_packet_leaves_with_the_link_and_the_side_where_it_came_in) {
  open();
  process(packet("see you at eight"), 0, TOLLGATE_OUTSIDE);
  EXPECT_EQ(last().link, 0);
  EXPECT_EQ(last().side, TOLLGATE_OUTSIDE);
  process(packet("you have won a prize"), 1, TOLLGATE_INSIDE);
  EXPECT_EQ(last().link, 1);
  EXPECT_EQ(last().side, TOLLGATE_INSIDE);
  EXPECT_THAT(events, ElementsAre(HasSubstr(R"("link":"one")"), HasSubstr(R"("link":"other")")));
}

TEST_F(LibraryTest, verdicts_are_enforced_from_when_it_is_said_and_no_longer) {
  open();
  tollgate_enforce(engine, 0);
  const auto first = packet("you have won a prize");
  process(first);
  EXPECT_EQ(last().octets, first);
  EXPECT_THAT(events.back(), HasSubstr(R"("enforced":false)"));
  tollgate_enforce(engine, 1);
  const auto next = packet("you have won a prize");
  process(next);
  EXPECT_NE(last().octets, next);
  EXPECT_EQ(last().octets.size(), next.size());
  EXPECT_THAT(events.back(), testing::Not(HasSubstr("enforced")));
}

TEST_F(LibraryTest, what_the_configuration_has_off_is_not_enforced) {
  open("enforcement: off\n");
  tollgate_enforce(engine, 1);
  const auto octets = packet("you have won a prize");
  process(octets);
  EXPECT_EQ(last().octets, octets);
}

TEST_F(LibraryTest, time_alone_lets_go_what_waits) {
  open();
  const auto piece = packet("you have won a prize", 40);
  process(piece);
  EXPECT_TRUE(sent.empty());
  tollgate_tick(engine, 2 * second);
  EXPECT_TRUE(sent.empty());
  tollgate_tick(engine, 5 * second);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(last().octets, piece) << "the link is open";
}

TEST_F(LibraryTest, what_waits_is_made_unreadable_on_a_closed_link) {
  open();
  const auto piece = packet("you have won a prize", 40);
  process(piece, 1);
  tollgate_tick(engine, 5 * second);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_NE(last().octets, piece);
}

TEST_F(LibraryTest, the_end_gives_back_what_waits) {
  open();
  process(packet("you have won a prize", 40));
  tollgate_finish(engine);
  EXPECT_EQ(sent.size() + dropped, 1U);
}

}  // namespace
