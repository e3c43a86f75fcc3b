#include "record/rollup_aside.hpp"

#include <unistd.h>

#include "charge/rename_to_new.hpp"
#include "record/rotated_name.hpp"

namespace tollgate::record {

std::string put_rollups_aside(const std::string& path, std::uint64_t time_ns) {
  std::uint64_t serial = 0;
  std::string aside = rotated_path(path, time_ns, serial);
  while (!charge::rename_to_new(path, aside)) aside = rotated_path(path, time_ns, ++serial);
  // Its last changes stand in the first of these.
  if (::access((path + "-wal").c_str(), F_OK) == 0) charge::rename_to_new(path + "-wal", aside + "-wal");
  ::unlink((path + "-shm").c_str());
  return aside;
}

}  // namespace tollgate::record
