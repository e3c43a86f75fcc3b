#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "record/event_json.hpp"
#include "record/event_ring.hpp"

namespace {

using namespace tollgate;

/// Deals the input out: fixed fields first, then the views, each with its length before it.
class Dealer {
 public:
  explicit Dealer(Octets input) : input_(input) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8U | octet();
    return value;
  }
  std::uint8_t octet() {
    if (input_.empty()) return 0;
    const auto value = std::to_integer<std::uint8_t>(input_[0]);
    input_ = input_.subspan(1);
    return value;
  }
  Octets view() {
    const std::size_t wanted = octet();
    const std::size_t length = std::min(wanted, input_.size());
    const Octets taken = input_.first(length);
    input_ = input_.subspan(length);
    return taken;
  }

 private:
  Octets input_;
};

void deal(Dealer& dealer, std::string_view& view) { view = as_chars(dealer.view()); }
void deal(Dealer& dealer, Octets& view) { view = dealer.view(); }

Message message(Dealer dealer) {
  Message m;
  m.id = {dealer.number(), dealer.number()};
  m.time_ns = dealer.number();
  m.frame = dealer.number();
  m.kind = static_cast<Kind>(dealer.octet() % 3);
  m.protocol = static_cast<Protocol>(dealer.octet() % 2);
  m.component = static_cast<Component>(dealer.octet() % 4);
  m.operation_code = static_cast<std::int32_t>(dealer.number());
  m.error_code = static_cast<std::uint32_t>(dealer.number());
  m.origin.ip.version = dealer.octet() % 2 == 0 ? 4 : 6;
  m.origin.pc = dealer.octet();
  m.tcap.invoke = static_cast<std::int8_t>(dealer.octet());
  m.sender.present = m.recipient.present = true;
  m.sender.type = static_cast<NumberType>(dealer.octet() % 8);
  m.coding = static_cast<Coding>(dealer.octet() % 15);
  m.parts = {7, dealer.octet(), dealer.octet()};
  m.has_text = dealer.octet() % 2 == 0;
  for_each_view(m, [&](auto& view) { deal(dealer, view); });
  return m;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Message m = message(Dealer(std::as_bytes(std::span{data, size})));
  std::string event;
  record::append_event(event, m);
  if (!nlohmann::json::accept(event)) __builtin_trap();
  if (event.find('\n') != event.npos) __builtin_trap();

  // The ring's copy gives the same event.
  static record::EventRing ring;
  if (!ring.push(m)) __builtin_trap();
  ring.drain([&](const Message& kept) {
    std::string again;
    record::append_event(again, kept);
    if (again != event) __builtin_trap();
  });
  return 0;
}
