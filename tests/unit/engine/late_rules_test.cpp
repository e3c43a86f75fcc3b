#include <gtest/gtest.h>

#include "unit/engine/in_the_wire.hpp"

// Rules that come to an engine which had none.
namespace tollgate::engine {
namespace {

struct LateRulesTest : EngineInTheWire {
  void start_without_rules(bool takes_rules) {
    settings.takes_rules = takes_rules;
    rules = nullptr;
    memory = std::make_unique<flow::ZeroPages>(Memory::size(settings));
    start();
  }
  void rules_come() {
    Judge judge(stopping_prizes(), nullptr);
    engine->exchange(judge);
  }
};

TEST_F(LateRulesTest, stop_messages_of_a_connection_that_was_there_before) {
  start_without_rules(true);
  bind();
  submit(2, "you have won a prize");
  EXPECT_TRUE(last_has("you have won a prize")) << "nothing judges yet";
  rules_come();
  submit(3, "you have won a prize");
  EXPECT_FALSE(last_has("prize"));
  EXPECT_TRUE(events.messages.back().judgement.enforced);
}

TEST_F(LateRulesTest, stop_messages_over_sctp) {
  start_without_rules(true);
  forward_sm(3, "you have won a prize", 1);
  EXPECT_EQ(last_map().code, 44);  // mt-ForwardSM, TS 29.002 17.5
  rules_come();
  forward_sm(3, "you have won a prize", 2);
  EXPECT_EQ(last_map().code, 127);
}

TEST_F(LateRulesTest, an_engine_to_which_none_come_changes_nothing) {
  start_without_rules(false);
  bind();
  submit(2, "you have won a prize");
  EXPECT_TRUE(last_has("you have won a prize"));
}

}  // namespace
}  // namespace tollgate::engine
