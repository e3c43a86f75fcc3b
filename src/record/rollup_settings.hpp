#pragma once

#include <cstdint>
#include <string>

namespace tollgate::record {

struct RollupSettings {
  std::string file;
  std::string time_zone = "UTC";  ///< of days
  // For how long they are kept, by the newest message: after that the next coarser ones are left.
  std::uint32_t minutes_days = 7;
  std::uint32_t hours_days = 60;
  std::uint32_t days_days = 800;
  /// Of an hour and of a day, those with the most parts are kept by themselves; of a minute a tenth of them.
  /// The same holds for origins of what leaked.
  std::uint32_t senders = 1000;
};

}  // namespace tollgate::record
