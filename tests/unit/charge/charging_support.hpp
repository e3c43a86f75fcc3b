#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "charge/settler.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {

/// What an appliance charges with, without its packets.
struct Charging {
  explicit Charging(std::unique_ptr<Ledger> ledger)
      : settler(std::move(ledger), quotas, recent, {&journal}, [](const std::string&) { return nullptr; },
                {.first_quota_messages = 10}) {}

  /// False where the account's quota has less.
  bool spend(const Charge& charge) {
    if (!quotas.of(charge.account).take(charge.amount + charge.fees)) return false;
    journal.write(charge);
    return true;
  }

  struct alignas(64) Line {
    std::byte octets[64];
  };
  std::vector<Line> memory = std::vector<Line>(Journal::size() / 64 + 1);
  Journal journal{std::as_writable_bytes(std::span(memory))};
  Quotas quotas;
  RecentCharges recent{1'000, second_ns};
  Settler settler;
};

}  // namespace tollgate::charge
