#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct hs_database;

namespace tollgate::rules {

/// Names what a matcher was compiled from: patterns, the version of Hyperscan, the kind of CPU.
class MatcherCacheKey {
 public:
  MatcherCacheKey();
  /// One expression as Hyperscan takes it.
  void add(unsigned flags, std::string_view expression);
  /// 32 hexadecimal digits.
  std::string name() const;

 private:
  std::string content_;
};

/// Null where the folder has no good file of that key. Throws std::bad_alloc.
hs_database* load_from_cache(const std::filesystem::path& folder, const MatcherCacheKey& key);

/// Writes the file as a whole or not at all, and makes the folder; does nothing where it cannot.
void save_to_cache(const std::filesystem::path& folder, const MatcherCacheKey& key,
                   const hs_database* database);

}  // namespace tollgate::rules
