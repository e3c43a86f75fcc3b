#include "message/counters.hpp"

namespace tollgate {

std::string_view to_string(Count count) {
  static constexpr std::array<std::string_view, count_count> names{
#define X(name, help) #name,
      TOLLGATE_COUNTS(X)
#undef X
  };
  return names[static_cast<std::size_t>(count)];
}

std::string_view help(Count count) {
  static constexpr std::array<std::string_view, count_count> texts{
#define X(name, help) help,
      TOLLGATE_COUNTS(X)
#undef X
  };
  return texts[static_cast<std::size_t>(count)];
}

void Counters::add(const Counters& other) {
  for (std::size_t i = 0; i < count_count; ++i) counts_[i] += other.counts_[i];
  for (std::size_t layer = 0; layer < decode::layer_count; ++layer) {
    for (std::size_t reason = 0; reason < decode::reason_count; ++reason)
      errors_[layer][reason] += other.errors_[layer][reason];
  }
  for (std::size_t link = 0; link < most_links; ++link) {
    for (std::size_t i = 0; i < hiding_counts.size(); ++i) by_link_[link][i] += other.by_link_[link][i];
  }
}

}  // namespace tollgate
