// Charges events to an account, as an appliance does. For tests of what people do with a ledger.
//
// usage: ledger-charge LEDGER ACCOUNT TARIFF COUNT AMOUNT FIRST_TIME_NS STEP_NS [SECONDS_TO_STAY [KEPT]]
// AMOUNT and KEPT, which stays put aside, are in millionths; the events' price line is the ledger's first of
// the tariff, of which they have the fees, or none that the ledger has, where they do not cost as much.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "charge/ledger_store.hpp"

int main(int argc, char** argv) {
  using namespace tollgate::charge;
  if (argc < 8) return 2;
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto number = [&](std::size_t i) { return std::stoull(words.at(i)); };
    const auto ledger = LedgerStore::open({.sqlite = words[0], .appliance = "test"});
    const std::uint32_t account = ledger->number_of(words[1]);
    Charge charge{};
    for (const PriceLine& line : ledger->in_force().prices) {
      if (line.tariff != words[2] || charge.price != 0) continue;
      charge.price = line.amount == static_cast<Amount>(number(4)) ? line.number : 4'000'000'000U;
      for (const PriceLine::Fee& fee : line.fees) charge.fees += fee.amount;
    }
    charge.account = account;
    charge.amount = static_cast<Amount>(number(4));
    charge.country = {'G', 'B'};
    charge.recipient_operator.assign("Example Mobile");
    charge.tariff.assign(words[2]);
    charge.route.assign("inter|national\\");
    std::vector<Charge> charges;
    for (std::uint64_t i = 0; i < number(3); ++i) {
      charge.time_ns = number(5) + i * number(6);
      charge.id = {charge.time_ns, i};
      charge.retry = {i, charge.time_ns};
      charges.push_back(charge);
    }
    const Amount kept = words.size() > 8 ? static_cast<Amount>(number(8)) : 0;
    const Amount sum = static_cast<Amount>(charges.size()) * (charge.amount + charge.fees) + kept;
    const std::vector<Ledger::Wish> wishes{{account, sum}};
    const Amount granted = ledger->settle({}, wishes, charge.time_ns).grants[0].amount;
    const auto settled = ledger->settle(charges, {}, charge.time_ns);
    if (kept == 0) ledger->release_all(charge.time_ns);
    std::printf("%lld put aside, %zu known\n", static_cast<long long>(granted), settled.known.size());
    std::fflush(stdout);
    if (words.size() > 7) std::this_thread::sleep_for(std::chrono::seconds(number(7)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
