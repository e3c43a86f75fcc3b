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
  void add(char kind, unsigned flags, std::string_view expression);
  /// 32 hexadecimal digits.
  std::string name() const;

 private:
  std::string content_;
};

/// False, and nothing is changed, where the folder has no good file of that key. Throws std::bad_alloc.
bool load_from_cache(const std::filesystem::path& folder, const MatcherCacheKey& key, hs_database*& literals,
                     hs_database*& regexes);

/// Writes the file as a whole or not at all, and makes the folder; does nothing where it cannot.
void save_to_cache(const std::filesystem::path& folder, const MatcherCacheKey& key,
                   const hs_database* literals, const hs_database* regexes);

}  // namespace tollgate::rules
