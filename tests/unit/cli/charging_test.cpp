#include "cli/charging.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "charge/ledger_store.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::cli {
namespace {

namespace fs = std::filesystem;
using charge::Refusal;

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

std::size_t times(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++count;
  return count;
}

class Charging : public testing::Test {
 protected:
  Charging() {
    config.ledger = {.sqlite = folder.file("ledger.db"), .postgresql = {}, .appliance = "north"};
    config.state = folder.file("state");
    fs::create_directory(config.state);
    config.appliance.workers = 1;
  }
  std::unique_ptr<charge::LedgerStore> ledger() const { return charge::LedgerStore::open(config.ledger); }
  void buy(charge::Amount amount) const {
    const auto store = ledger();
    charge::declare(*store, charge::two_accounts);
    store->credit("acme", amount, "bill 1", {"clerk", now_ns()});
  }
  static Message message(std::uint64_t id, std::uint64_t time_ns) {
    Message m;
    m.protocol = Protocol::smpp;
    m.kind = Kind::message;
    m.smpp.system_id = "acme";
    m.id = {.high = 1, .low = id};
    m.time_ns = time_ns;
    m.tpdu.service_centre_time = id;  // no two are the same
    return m;
  }
  static Refusal charge_one(charge::Charger& charger, Message& m) {
    charger.recognise(m);
    return charger.charge(m, "domestic");
  }

  charge::Folder folder;
  Configuration config;
};

TEST_F(Charging, what_is_charged_goes_to_the_ledger_and_to_cdr_files_and_warnings_to_the_log) {
  buy(charge::unit);
  config.cdr.folder = folder.file("cdr");
  fs::create_directory(config.cdr.folder);
  testing::internal::CaptureStderr();
  ApplianceCharges charges(config, "");
  for (std::uint64_t id = 1; id <= 13; ++id) {
    Message m = message(id, now_ns());
    EXPECT_EQ(charge_one(charges.charger(0), m), Refusal::none);
  }
  charges.end();
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(times(said, "account acme: 80 % of the credit that it had used up\n"), 1U)
      << "0.845 of 1; " << said;
  EXPECT_EQ(times(said, "\n"), 1U) << said;
  const auto store = ledger();
  EXPECT_EQ(charge::balance(*store, charge::acme, "credit"), charge::unit - 13 * 65'000);
  EXPECT_EQ(charge::balance(*store, charge::acme, "reserved"), 0);
  std::size_t files = 0;
  for (const auto& file : fs::directory_iterator(config.cdr.folder)) {
    ++files;
    EXPECT_EQ(file.path().extension(), ".csv");
    std::ifstream content(file.path());
    const std::string text{std::istreambuf_iterator<char>(content), {}};
    EXPECT_EQ(times(text, "\n"), 14U) << text;
    EXPECT_EQ(times(text, ",acme,domestic,"), 13U) << text;
  }
  EXPECT_EQ(files, 1U);
}

TEST_F(Charging, a_release_is_told_and_what_it_did_not_cover) {
  buy(charge::unit);
  testing::internal::CaptureStderr();
  ApplianceCharges charges(config, "");
  const auto store = ledger();
  EXPECT_EQ(store->release("north", true, {"clerk", now_ns()}).size(), 2U) << "of both accounts";
  Message m = message(1, now_ns());
  EXPECT_EQ(charge_one(charges.charger(0), m), Refusal::none);
  charges.end();
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(times(said, "what this appliance had put aside in the ledger was given back"), 1U) << said;
  EXPECT_EQ(times(said, "another appliance of the name north?"), 1U) << said;
  EXPECT_EQ(times(said, "account acme: 0.065 charged that the ledger had not put aside"), 1U) << said;
}

TEST_F(Charging, a_ledger_that_cannot_be_used_is_told_once_and_its_return_as_well) {
  config.ledger.sqlite = folder.file("later/ledger.db");
  testing::internal::CaptureStderr();
  ApplianceCharges charges(config, "");
  Message m = message(1, now_ns());
  EXPECT_EQ(charge_one(charges.charger(0), m), Refusal::ledger_behind);
  fs::create_directory(folder.file("later"));
  for (int i = 0; i < 1'000 && !fs::exists(config.ledger.sqlite); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  charges.end();
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(times(said, "; nothing is charged meanwhile\n"), 1U) << said;
  EXPECT_EQ(times(said, "the ledger can be used again\n"), 1U) << said;
}

TEST_F(Charging, without_a_window_for_retries_the_same_octets_are_known_for_five_minutes) {
  for (const std::uint32_t retry_seconds : {0U, 300U}) {
    ReplayCharging settings{.ledger = folder.file(std::to_string(retry_seconds) + ".db"),
                            .rules = "",
                            .retry_seconds = retry_seconds};
    {
      const auto store = charge::LedgerStore::open({.sqlite = settings.ledger, .appliance = "clerk"});
      charge::declare(*store, charge::two_accounts);
      store->credit("acme", charge::unit, "bill 1", {"clerk", charge::noon_ns});
    }
    const auto charges = ReplayCharges::make(settings);
    ASSERT_NE(charges, nullptr);
    const auto repeated = [&](std::uint64_t id, std::uint64_t after_s) {
      Message m = message(id, charge::noon_ns + after_s * charge::second_ns);
      m.tpdu.service_centre_time = 7;  // an application's retry looks so
      charges->at(m.time_ns);
      EXPECT_EQ(charge_one(charges->charger(), m), Refusal::none);
      return m.judgement.charged_before;
    };
    EXPECT_FALSE(repeated(1, 0));
    EXPECT_TRUE(repeated(1, 10)) << "the same octets at the same place";
    EXPECT_TRUE(repeated(1, 300));
    EXPECT_EQ(repeated(2, 20), retry_seconds != 0) << "an application's retry";
    EXPECT_FALSE(repeated(1, 601)) << "too late";
    charges->end([](const std::string&) {});
  }
}

}  // namespace
}  // namespace tollgate::cli
