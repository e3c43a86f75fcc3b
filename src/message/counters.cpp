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

}  // namespace tollgate
