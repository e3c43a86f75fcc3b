#include "charge/ledger_counted.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "charge/ledger_hash.hpp"

namespace tollgate::charge {

Counted::Counted(sql::Database& database, std::uint64_t known_for_ns)
    : known_for_ns_(known_for_ns),
      add_(database.prepare("INSERT INTO counted (time_ns, id) VALUES ($1, $2) ON CONFLICT DO NOTHING")),
      forget_(database.prepare("DELETE FROM counted WHERE time_ns < $1")) {}

bool Counted::add(const Charge& unpaid) {
  const IdOctets id = octets_of(unpaid.id);
  std::array<std::byte, id.size() + 1> longer{};  // by an octet, of what is refused
  std::copy(id.begin(), id.end(), longer.begin());
  const auto octets = std::span(longer).first(id.size() + (unpaid.refused() ? 1 : 0));
  return add_->run(unpaid.time_ns, octets) != 0;
}

void Counted::forget(std::uint64_t time_ns) {
  if (time_ns > known_for_ns_) forget_->run(time_ns - known_for_ns_);
}

}  // namespace tollgate::charge
