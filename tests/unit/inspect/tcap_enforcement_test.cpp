#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "inspect/tcap.hpp"
#include "unit/inspect/map_components.hpp"

// What an inspector of MAP changes by a verdict, and what the sender of an invoke that was stopped is told.
namespace tollgate::inspect {
namespace {

class TcapEnforcement : public ::testing::Test, public Consumer {
 protected:
  void accept(Message& m) override {
    if (m.kind == Kind::message) {
      m.judgement = verdict;
      m.judgement.enforced = m.editable && changes_message(verdict.verdict);
    }
    seen.push_back(m);
  }

  /// What becomes of the octets.
  Bytes read(Bytes octets, bool reply = false) {
    const flow::Carriage carriage{.time_ns = ++frame, .frame = frame};
    Unitdata unitdata;
    unitdata.label.opc = reply ? 2 : 1;
    unitdata.label.dpc = reply ? 1 : 2;
    unitdata.returned = returned;
    edits.begin(octets);
    tcap.read({carriage, *this, nullptr, enforcing ? &edits : nullptr}, unitdata, octets);
    for (const Edit& edit : edits.all())
      std::copy(edit.octets.begin(), edit.octets.end(),
                octets.begin() + static_cast<std::ptrdiff_t>(edit.offset));
    return octets;
  }
  Bytes reply(const Bytes& octets) { return read(octets, true); }
  static std::string shown(const Bytes& octets) { return test::to_hex(octets); }
  static Bytes reject(unsigned id) {
    return tlv(0xa4, {tlv(0x02, Bytes{static_cast<std::byte>(id)}), hex("810101")});
  }

  TcapEnforcement() { verdict.verdict = Verdict::block; }

  Judgement verdict;  ///< on every message
  bool enforcing = true;
  bool returned = false;
  Counters counters;
  Arena arena;
  Tcap tcap{100, counters, arena};
  Edits edits;
  std::uint64_t frame = 0;
  std::vector<Message> seen;
};

constexpr unsigned unassigned = 127;

TEST_F(TcapEnforcement, a_blocked_invoke_has_an_operation_that_nobody_knows) {
  EXPECT_EQ(shown(read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))))),
            shown(begin(request(25, 3), invoke(1, unassigned, mt_argument(deliver)))));
  EXPECT_EQ(shown(read(begin(request(21, 3), invoke(1, 46, mo_argument(submit))))),
            shown(begin(request(21, 3), invoke(1, unassigned, mo_argument(submit)))));
  EXPECT_EQ(shown(read(begin(request(25, 2), invoke(1, 46, mt_argument(deliver))))),
            shown(begin(request(25, 2), invoke(1, unassigned, mt_argument(deliver)))));
  EXPECT_TRUE(seen.back().judgement.enforced);
}

TEST_F(TcapEnforcement, a_blocked_routing_request_too) {
  const Bytes argument = tlv(0x30, {tlv(0x80, mobile), tlv(0x81, "ff"), tlv(0x82, centre)});
  EXPECT_EQ(shown(read(begin(request(20, 3), invoke(1, 45, argument)))),
            shown(begin(request(20, 3), invoke(1, unassigned, argument))));
}

TEST_F(TcapEnforcement, an_operation_in_more_octets_keeps_them) {
  const auto with = [](std::string_view code) {
    return begin(request(25, 3), tlv(0xa1, {tlv(0x02, "01"), tlv(0x02, code), mt_argument(deliver)}));
  };
  EXPECT_EQ(shown(read(with("00002c"))), shown(with("00007f")));
}

TEST_F(TcapEnforcement, every_blocked_component_is_changed_and_no_other) {
  const Bytes other = invoke(2, 2, update_location);
  EXPECT_EQ(shown(read(begin(request(25, 3), join({invoke(1, 44, mt_argument(deliver)), other,
                                                   invoke(3, 44, mt_argument(deliver))})))),
            shown(begin(request(25, 3), join({invoke(1, unassigned, mt_argument(deliver)), other,
                                              invoke(3, unassigned, mt_argument(deliver))}))));
}

TEST_F(TcapEnforcement, in_version_1_the_subscriber_becomes_nobody) {
  const auto with = [](unsigned operation, std::string_view imsi) {
    return begin({},
                 invoke(1, operation, tlv(0x30, {tlv(0x80, imsi), tlv(0x84, centre), tlv(0x04, deliver)})));
  };
  EXPECT_EQ(shown(read(with(46, "00010100000010f1"))), shown(with(46, "00000000000000f0")));
  // Of version 2 it stays.
  EXPECT_EQ(shown(read(begin(request(25, 2), invoke(1, 46, mt_argument(deliver))))),
            shown(begin(request(25, 2), invoke(1, unassigned, mt_argument(deliver)))));
  // A mobile's message names none.
  EXPECT_EQ(shown(read(begin({}, invoke(1, 46, mo_argument(submit))))),
            shown(begin({}, invoke(1, unassigned, mo_argument(submit)))));
}

TEST_F(TcapEnforcement, what_passes_or_cannot_be_changed_stays) {
  const Bytes message = begin(request(25, 3), invoke(1, 44, mt_argument(deliver)));
  verdict.verdict = Verdict::pass;
  EXPECT_EQ(shown(read(message)), shown(message));
  verdict.verdict = Verdict::block;
  enforcing = false;
  EXPECT_EQ(shown(read(message)), shown(message));
  EXPECT_FALSE(seen.back().editable);
  enforcing = true;
  returned = true;  // undelivered: it carries no message to anybody
  EXPECT_EQ(shown(read(message)), shown(message));
}

TEST_F(TcapEnforcement, the_reject_becomes_the_error_of_the_policy) {
  verdict.map_error = "facilityNotSupported";
  verdict.map_error_code = 21;
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  EXPECT_EQ(shown(reply(end(reject(1)))), shown(end(error(1, 21))));
  EXPECT_TRUE(seen.back().answer.given);
  EXPECT_EQ(seen.back().answer.map_error, "facilityNotSupported");
  EXPECT_EQ(seen.back().component, Component::reject) << "the event shows what the receiver said";
  EXPECT_EQ(seen.back().answers_frame, 1U);
}

TEST_F(TcapEnforcement, without_a_name_and_when_throttled_it_is_systemFailure) {
  verdict.verdict = Verdict::throttle;
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  EXPECT_EQ(shown(reply(end(reject(1)))), shown(end(error(1, 34))));
  EXPECT_EQ(seen.back().answer.map_error, "systemFailure");
}

TEST_F(TcapEnforcement, the_reject_becomes_a_result_where_the_policy_says_accepted) {
  verdict.accepted = true;
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  EXPECT_EQ(shown(reply(end(reject(1)))), shown(end(hex("a2830000 03 020101"))));
  EXPECT_TRUE(seen.back().answer.given);
  EXPECT_EQ(seen.back().answer.as, "accepted");
  EXPECT_EQ(seen.back().answer.map_error, "");
}

TEST_F(TcapEnforcement, in_version_1_the_error_changes) {
  read(begin({}, invoke(1, 46, mt_argument(deliver))));
  EXPECT_EQ(shown(reply(end(error(1, 5)))), shown(end(error(1, 34))));
  EXPECT_TRUE(seen.back().answer.given);
}

TEST_F(TcapEnforcement, several_answers_go_to_their_own_invokes) {
  read(begin(request(25, 3), join({invoke(1, 44, mt_argument(deliver)), invoke(2, 2, update_location)})));
  EXPECT_EQ(shown(reply(end(join({reject(2), reject(1)})))), shown(end(join({reject(2), error(1, 34)}))));
}

TEST_F(TcapEnforcement, any_other_answer_passes_as_it_is) {
  const Bytes aborted = tlv(0x67, {tlv(0x49, "0000000a"), tlv(0x4a, "00")});
  for (const Bytes& answer : {end(result(1)), end(error(1, 34)), aborted}) {
    read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
    EXPECT_EQ(shown(reply(answer)), shown(answer));
    EXPECT_TRUE(seen.back().answer.owed);
    EXPECT_FALSE(seen.back().answer.given);
    EXPECT_EQ(seen.back().answer.map_error, "systemFailure");
  }
}

TEST_F(TcapEnforcement, the_answer_to_another_invoke_of_the_same_number_is_its_own) {
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  verdict.verdict = Verdict::pass;
  read(begin(request(25, 3), invoke(1, 44, mt_argument(deliver))));
  EXPECT_EQ(shown(reply(end(reject(1)))), shown(end(reject(1))));
  EXPECT_FALSE(seen.back().answer.owed);
}

}  // namespace
}  // namespace tollgate::inspect
