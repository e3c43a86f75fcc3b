#include "charge/settler.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "charge/charger.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

/// What a ledger does, as simply as it can be said. It outlives the processes that have it open.
struct Model {
  std::string id = "a ledger";
  std::vector<Account> accounts;
  std::vector<PriceLine> prices;
  std::uint64_t version = 1;
  std::map<std::uint32_t, Amount> credit, aside, spent;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Charge> events;
  int fails = 0;                          ///< so many times
  int loses_answers = 0;                  ///< so many times it does all, and does not say so
  std::vector<Ledger::Warning> warnings;  ///< to be told
  std::vector<Ledger::AccountAmount> uncovered;
};

class ModelLedger final : public Ledger {
 public:
  explicit ModelLedger(Model& model) : model_(model) {}

  InForce in_force() override {
    return {.id = model_.id,
            .version = model_.version,
            .secret = {1, 2, 3, 4},
            .accounts = model_.accounts,
            .prices = model_.prices};
  }
  std::uint64_t version() override { return model_.version; }

  Settled settle(std::span<const Charge> charges, std::span<const Wish> wishes, std::uint64_t) override {
    if (model_.fails > 0) {
      --model_.fails;
      throw LedgerError("the disk is full");
    }
    Settled settled;
    for (std::uint32_t i = 0; i < charges.size(); ++i) {
      const Charge& charge = charges[i];
      if (!model_.events.try_emplace({charge.id.high, charge.id.low}, charge).second) {
        settled.known.push_back(i);
        continue;
      }
      model_.aside[charge.account] -= charge.amount + charge.fees;
      model_.spent[charge.account] += charge.amount + charge.fees;
      EXPECT_GE(model_.aside[charge.account], 0) << "more was spent than put aside";
    }
    for (const Wish& wish : wishes) {
      Amount& credit = model_.credit[wish.account];
      const Amount granted = std::min(wish.amount, credit);
      credit -= granted;
      model_.aside[wish.account] += granted;
      EXPECT_GE(model_.aside[wish.account], 0) << "more was given back than was there";
      settled.grants.push_back(
          {.account = wish.account, .amount = granted, .at_limit = granted < wish.amount});
    }
    if (model_.loses_answers > 0) {
      --model_.loses_answers;
      throw LedgerError("the server is gone");
    }
    std::set<std::uint32_t> touched;
    for (const Charge& charge : charges) touched.insert(charge.account);
    for (const Wish& wish : wishes) touched.insert(wish.account);
    for (const std::uint32_t account : touched) settled.aside.push_back({account, model_.aside[account]});
    settled.warnings = std::exchange(model_.warnings, {});
    settled.uncovered = std::exchange(model_.uncovered, {});
    return settled;
  }

  bool declare(const Declared&, std::uint64_t, rules::Findings&) override { return false; }

  void hold_name() override {}
  bool has(const MessageId&, std::uint64_t) override { return false; }
  void release_all(std::uint64_t) override {
    for (auto& [account, amount] : model_.aside) {
      model_.credit[account] += amount;
      amount = 0;
    }
  }

  void for_each_charge_since(
      std::uint64_t time_ns,
      const std::function<void(const MessageId&, const MessageId&, std::uint64_t)>& take) override {
    for (const auto& [id, charge] : model_.events) {
      if (charge.time_ns >= time_ns) take(charge.id, charge.retry, charge.time_ns);
    }
  }

 private:
  Model& model_;
};

/// Memory of journals, which outlives a process.
struct alignas(64) Line {
  std::byte octets[64];
};

/// A process, from its start to its end or its death.
class Process {
 public:
  Process(Model& model, std::vector<std::vector<Line>>& memories, const Settler::Settings& settings,
          Settler::Settled settled) {
    for (auto& memory : memories)
      journals.push_back(std::make_unique<Journal>(std::as_writable_bytes(std::span(memory))));
    std::vector<Journal*> all;
    for (const auto& journal : journals) all.push_back(journal.get());
    settler = std::make_unique<Settler>(
        std::make_unique<ModelLedger>(model), quotas, recent, all, [](const std::string&) { return nullptr; },
        settings, std::move(settled));
  }
  void begin(std::uint64_t now) {
    settler->begin(now);
    for (const auto& journal : journals)
      chargers.push_back(std::make_unique<Charger>(settler->book(), recent, *journal, true));
  }

  Quotas quotas;
  RecentCharges recent{100'000, 300 * second};
  std::vector<std::unique_ptr<Journal>> journals;
  std::unique_ptr<Settler> settler;
  std::vector<std::unique_ptr<Charger>> chargers;
};

class SettlerTest : public ::testing::Test {
 protected:
  SettlerTest() {
    for (std::uint32_t number = 1; number <= 3; ++number) {
      Account account;
      account.number = number;
      account.id = "account-" + std::to_string(number);
      account.recognised_by = {{Recogniser::Kind::system_id, account.id}};
      account.currency = "EUR";
      model.accounts.push_back(account);
      model.credit[number] = 1'000'000;
    }
    model.prices = {{.number = 1, .list = "standard", .amount = 10'000, .currency = "EUR"}};
    for (auto& memory : memories) memory.resize(Journal::size() / 64 + 1);
  }
  std::unique_ptr<Process> start() {
    auto process = std::make_unique<Process>(
        model, memories, settings, [this](const Book& book, std::span<const Charge> charges) {
          for (const Charge& charge : charges) {
            EXPECT_EQ(book.payer(charge.account)->account.number, charge.account);
            settled_ids.push_back(charge.id.low);
          }
        });
    process->begin(now);
    return process;
  }
  Message message(std::uint32_t account, std::uint64_t id) {
    Message m;
    m.protocol = Protocol::smpp;
    m.smpp.system_id = model.accounts[account - 1].id;
    m.id = {.high = 1, .low = id};
    m.time_ns = now;
    m.service_centre = {};
    m.tpdu.service_centre_time = id;  // no two are the same
    return m;
  }
  Refusal charge(Process& process, std::size_t worker, std::uint32_t account, std::uint64_t id) {
    Message m = message(account, id);
    process.chargers[worker]->recognise(m);
    return process.chargers[worker]->charge(m, "domestic");
  }
  Amount left(Process& process, std::uint32_t account) { return process.quotas.of(account).left; }

  Model model;
  std::vector<std::vector<Line>> memories = std::vector<std::vector<Line>>(2);
  Settler::Settings settings{.first_quota_messages = 10};
  std::uint64_t next_id = 0;
  std::vector<std::uint64_t> settled_ids;  ///< the identities of what was settled
  std::uint64_t now = 10'000 * second;
};

TEST_F(SettlerTest, a_quota_is_put_aside_before_it_can_be_spent) {
  const auto process = start();
  EXPECT_EQ(left(*process, 1), 100'000);
  EXPECT_EQ(model.aside[1], 100'000);
  EXPECT_EQ(model.credit[1], 900'000);
}

TEST_F(SettlerTest, a_quota_follows_what_is_spent) {
  const auto process = start();
  std::uint64_t id = 1;
  for (int round = 0; round < 5; ++round) {
    while (charge(*process, id % 2, 1, id) == Refusal::none) ++id;
    process->settler->settle(now += second / 100);
  }
  EXPECT_EQ(model.spent[1] + left(*process, 1) + model.credit[1], 1'000'000);
  EXPECT_GT(model.spent[1], 500'000);
}

TEST_F(SettlerTest, all_credit_can_be_spent_and_no_more) {
  const auto process = start();
  std::uint64_t id = 0;
  int charged = 0;
  Refusal last = Refusal::none;
  for (int round = 0; round < 500; ++round) {
    last = charge(*process, 0, 1, ++id);
    charged += last == Refusal::none ? 1 : 0;
    process->settler->settle(now += second / 100);
  }
  EXPECT_EQ(charged, 100);
  EXPECT_EQ(last, Refusal::no_credit);
  EXPECT_EQ(model.spent[1], 1'000'000);
}

TEST_F(SettlerTest, bought_credit_is_found_within_a_second) {
  model.credit[1] = 0;
  const auto process = start();
  EXPECT_EQ(charge(*process, 0, 1, 1), Refusal::no_credit);
  model.credit[1] = 50'000;
  process->settler->settle(now += second);
  EXPECT_EQ(charge(*process, 0, 1, 2), Refusal::none);
}

TEST_F(SettlerTest, a_ledger_that_fails_loses_nothing_and_doubles_nothing) {
  const auto process = start();
  for (std::uint64_t id = 1; id <= 10; ++id) ASSERT_EQ(charge(*process, id % 2, 1, id), Refusal::none);
  model.fails = 3;
  for (int i = 0; i < 3; ++i) EXPECT_THROW(process->settler->settle(now += second), LedgerError);
  EXPECT_EQ(charge(*process, 0, 1, 11), Refusal::ledger_behind);  // its quota is spent, and is not filled
  process->settler->settle(now += second);
  EXPECT_EQ(model.events.size(), 10U);
  EXPECT_EQ(model.spent[1], 100'000);
  EXPECT_EQ(charge(*process, 0, 1, 11), Refusal::none);
}

TEST_F(SettlerTest, a_round_whose_answer_was_lost_is_neither_lost_nor_paid_back) {
  const auto process = start();
  for (std::uint64_t id = 1; id <= 10; ++id) ASSERT_EQ(charge(*process, id % 2, 1, id), Refusal::none);
  model.loses_answers = 1;
  EXPECT_THROW(process->settler->settle(now += second), LedgerError);
  EXPECT_EQ(model.spent[1], 100'000);
  process->settler->settle(now += second);
  EXPECT_EQ(model.spent[1], 100'000);
  EXPECT_EQ(left(*process, 1), model.aside[1]);
  EXPECT_EQ(model.credit[1] + left(*process, 1), 900'000);
}

TEST_F(SettlerTest, what_was_given_back_without_an_answer_is_not_spent) {
  const auto process = start();
  for (const bool answer_is_lost : {true, false}) {
    std::uint64_t id = answer_is_lost ? 0 : 1'000;
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 10; ++i) charge(*process, 0, 1, ++id);
      process->settler->settle(now += second / 100);
    }
    EXPECT_GT(left(*process, 1), 100'000);
    (answer_is_lost ? model.loses_answers : model.fails) = 1;
    EXPECT_THROW(process->settler->settle(now += 31 * second), LedgerError);
    EXPECT_LE(left(*process, 1), model.aside[1]);
    process->settler->settle(now += second);
    EXPECT_EQ(left(*process, 1), model.aside[1]);
    process->settler->settle(now += second);
    EXPECT_EQ(left(*process, 1), 100'000);
    EXPECT_EQ(model.aside[1], 100'000);
  }
}

TEST_F(SettlerTest, a_clock_that_is_set_back_keeps_nobody_waiting) {
  model.credit[1] = 0;
  const auto process = start();
  EXPECT_EQ(charge(*process, 0, 1, 1), Refusal::no_credit);
  model.credit[1] = 50'000;
  process->settler->settle(now -= 3'600 * second);
  EXPECT_EQ(charge(*process, 0, 1, 2), Refusal::none);
}

TEST_F(SettlerTest, what_the_ledger_tells_is_kept_until_somebody_asks) {
  model.warnings = {{.account = 1, .kind = Ledger::Warning::Kind::month, .percent = 80}};
  const auto process = start();
  model.warnings = {{.account = 2, .kind = Ledger::Warning::Kind::credit, .percent = 95}};
  model.uncovered = {{3, 70'000}};
  ASSERT_EQ(charge(*process, 0, 1, 1), Refusal::none);
  process->settler->settle(now += second);
  const Settler::Told told = process->settler->take_told();
  ASSERT_EQ(told.warnings.size(), 2U);
  EXPECT_EQ(told.warnings[0].account, 1U);
  EXPECT_EQ(told.warnings[0].kind, Ledger::Warning::Kind::month);
  EXPECT_EQ(told.warnings[0].percent, 80);
  EXPECT_EQ(told.warnings[1].account, 2U);
  ASSERT_EQ(told.uncovered.size(), 1U);
  EXPECT_EQ(told.uncovered[0].account, 3U);
  EXPECT_EQ(told.uncovered[0].amount, 70'000);
  EXPECT_TRUE(process->settler->take_told().warnings.empty());
}

TEST_F(SettlerTest, a_process_that_was_killed_leaves_every_event_and_its_rest) {
  auto process = start();
  for (std::uint64_t id = 1; id <= 4; ++id) ASSERT_EQ(charge(*process, id % 2, 1, id), Refusal::none);
  process->settler->settle(now);
  for (std::uint64_t id = 5; id <= 7; ++id) ASSERT_EQ(charge(*process, id % 2, 1, id), Refusal::none);
  process.reset();
  process = start();
  EXPECT_EQ(model.events.size(), 7U);
  EXPECT_EQ(model.spent[1], 70'000);
  EXPECT_EQ(model.credit[1] + left(*process, 1), 930'000);
  // What was charged is known: also before the ledger says so.
  Message again = message(1, 6);
  process->chargers[0]->recognise(again);
  EXPECT_EQ(process->chargers[0]->charge(again, "domestic"), Refusal::none);
  EXPECT_TRUE(again.judgement.charged_before);
}

TEST_F(SettlerTest, what_was_settled_is_told_once_and_what_was_known_never) {
  auto process = start();
  for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_EQ(charge(*process, 0, 2, id), Refusal::none);
  model.fails = 1;
  EXPECT_THROW(process->settler->settle(now), LedgerError);
  EXPECT_TRUE(settled_ids.empty()) << "the ledger has none of them";
  process->settler->settle(now);
  EXPECT_EQ(settled_ids, (std::vector<std::uint64_t>{1, 2, 3}));
  // Known ones between new ones, and at both ends.
  now += 301 * second;
  for (const std::uint64_t id : std::vector<std::uint64_t>{1, 4, 5, 2, 6, 3})
    ASSERT_EQ(charge(*process, 0, 2, id), Refusal::none);
  process->settler->settle(now);
  EXPECT_EQ(settled_ids, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6}));
  // Left by a killed process; one of them it had settled already.
  for (const std::uint64_t id : std::vector<std::uint64_t>{7, 8})
    ASSERT_EQ(charge(*process, 0, 2, id), Refusal::none);
  Charge settled{};
  settled.id = {.high = 1, .low = 7};
  model.events.emplace(std::pair{settled.id.high, settled.id.low}, settled);
  process.reset();
  process = start();
  EXPECT_EQ(settled_ids, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 8}));
}

TEST_F(SettlerTest, a_round_tells_whether_the_next_should_begin_at_once) {
  const auto process = start();
  const auto write = [&](Journal& journal, std::uint32_t charges) {
    for (std::uint32_t i = 0; i < charges; ++i) {
      Charge made{};
      made.id = {.high = 2, .low = ++next_id};
      made.account = made.price = 1;
      journal.write(made);
    }
  };
  write(*process->journals[0], 10);
  EXPECT_FALSE(process->settler->settle(now));
  // More than a round takes.
  for (const auto& journal : process->journals) write(*journal, Journal::capacity);
  int rounds = 1;
  while (process->settler->settle(now)) ++rounds;
  EXPECT_GT(rounds, 1);
  EXPECT_LT(process->journals[0]->waiting() + process->journals[1]->waiting(), Journal::capacity / 4);
  process->settler->settle(now);
  EXPECT_EQ(model.events.size(), next_id);
}

TEST_F(SettlerTest, charges_of_another_ledger_are_not_settled_with_this_one) {
  auto process = start();
  ASSERT_EQ(charge(*process, 0, 1, 1), Refusal::none);
  process.reset();
  model.id = "another ledger";
  EXPECT_THROW(start(), LedgerError);
  EXPECT_TRUE(model.events.empty());
  model.id = "a ledger";
  process = start();
  EXPECT_EQ(model.events.size(), 1U);
}

TEST_F(SettlerTest, what_the_ledger_knew_already_goes_back_to_the_quota) {
  const auto process = start();
  ASSERT_EQ(charge(*process, 0, 1, 1), Refusal::none);
  process->settler->settle(now);
  // The same octets at the same place, told too late to be remembered here.
  now += 301 * second;
  ASSERT_EQ(charge(*process, 0, 1, 1), Refusal::none);
  process->settler->settle(now);
  EXPECT_EQ(model.spent[1], 10'000);
  EXPECT_EQ(process->settler->known_before(), 1U);
  EXPECT_EQ(model.credit[1] + left(*process, 1), 990'000);
}

TEST_F(SettlerTest, an_orderly_end_leaves_nothing_put_aside) {
  const auto process = start();
  for (std::uint64_t id = 1; id <= 4; ++id) ASSERT_EQ(charge(*process, 0, 2, id), Refusal::none);
  process->settler->end(now);
  EXPECT_EQ(model.credit[2], 960'000);
  EXPECT_EQ(model.spent[2], 40'000);
  EXPECT_EQ(model.aside[2], 0);
}

TEST_F(SettlerTest, an_account_that_a_person_suspends_pays_for_nothing_more) {
  const auto process = start();
  model.accounts[0].status = Status::suspended;
  model.accounts[0].reason = "unpaid invoices";
  ++model.version;
  process->settler->settle(now);
  std::shared_ptr<const Book> book = process->settler->book();
  process->chargers[0]->exchange(book);
  EXPECT_EQ(charge(*process, 0, 1, 1), Refusal::suspended);
  EXPECT_EQ(model.aside[1], 0);
  EXPECT_EQ(model.credit[1], 1'000'000);
}

TEST_F(SettlerTest, what_nobody_spends_goes_back_after_a_while) {
  const auto process = start();
  std::uint64_t id = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) charge(*process, 0, 1, ++id);
    process->settler->settle(now += second / 100);
  }
  EXPECT_GT(left(*process, 1), 200'000);
  process->settler->settle(now += 31 * second);
  EXPECT_EQ(left(*process, 1), 100'000);
  EXPECT_EQ(model.aside[1], 100'000);
}

// Over random traffic, ends, deaths, failures and payments: no event is lost or doubled, nobody is overspent,
// and all money is somewhere.
TEST_F(SettlerTest, money_is_kept_whatever_happens) {
  std::mt19937 random(20261122);  // NOLINT(cert-msc51-cpp): the same each time
  const auto one_of = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  std::map<std::uint32_t, Amount> bought{{1, 1'000'000}, {2, 1'000'000}, {3, 1'000'000}};
  std::map<std::uint32_t, Amount> charged;
  std::set<std::uint64_t> ids;
  std::uint64_t last_id = 0;
  auto process = start();
  for (int step = 0; step < 20'000; ++step) {
    now += second / 1'000;
    const std::uint32_t account = 1 + one_of(3);
    const std::uint32_t what = one_of(1'000);
    if (what < 900) {
      const std::uint64_t id = one_of(20) == 0 && last_id > 10 ? last_id - one_of(10) : ++last_id;
      Message m = message(account, id);
      process->chargers[id % 2]->recognise(m);
      if (process->chargers[id % 2]->charge(m, "domestic") != Refusal::none || m.judgement.charged_before)
        continue;
      // Of one id there may be several accounts' messages: the id is the message's, and the ledger's.
      if (ids.insert(id).second) charged[account] += 10'000;
    } else if (what < 980) {
      if (what < 910) model.fails = 1;
      else if (what < 920) model.loses_answers = 1;
      try {
        process->settler->settle(now);
      } catch (const LedgerError&) {
      }
    } else if (what < 990) {
      model.credit[account] += 70'000;
      bought[account] += 70'000;
    } else if (what < 995) {
      model.fails = model.loses_answers = 0;
      process.reset();
      process = start();
    } else {
      model.fails = model.loses_answers = 0;
      process->settler->end(now);
      process = start();
    }
  }
  model.fails = model.loses_answers = 0;
  process->settler->end(now);
  Amount all_charged = 0;
  Amount all_spent = 0;
  for (std::uint32_t account = 1; account <= 3; ++account) {
    EXPECT_EQ(model.credit[account] + model.spent[account], bought[account]);
    EXPECT_GE(model.credit[account], 0);
    EXPECT_EQ(model.aside[account], 0);
    all_charged += charged[account];
    all_spent += model.spent[account];
  }
  EXPECT_EQ(model.events.size(), ids.size());
  EXPECT_EQ(all_spent, all_charged);
  EXPECT_GT(ids.size(), 500U);
}

}  // namespace
}  // namespace tollgate::charge
