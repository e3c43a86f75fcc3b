#include "rules/matcher_cache.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <hs.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::rules {
namespace {

constexpr std::array<char, 8> magic = {'t', 'o', 'l', 'l', 'g', 'h', 's', '1'};

/// What a file begins with; the two databases follow, as Hyperscan serialises them.
struct Header {
  std::array<char, 8> magic;
  std::array<char, 32> name;  ///< of the key
  std::uint64_t digest;       ///< XXH3 of what follows
  std::uint64_t literals;     ///< octets; 0: there is none
  std::uint64_t regexes;      ///< likewise
};
static_assert(sizeof(Header) == 64);

std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& name) {
  return folder / (name + ".hs");
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto octets = static_cast<std::streamoff>(file.tellg());
  if (octets <= 0) return {};
  std::string content(static_cast<std::size_t>(octets), '\0');
  file.seekg(0);
  file.read(content.data(), octets);
  return file ? content : std::string{};
}

struct Free {
  void operator()(hs_database* database) const { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database, Free>;

/// Nothing where Hyperscan does not take it; a null database where there are no octets.
std::optional<Database> deserialise(std::string_view octets) {
  if (octets.empty()) return Database{};
  hs_database* database = nullptr;
  if (hs_deserialize_database(octets.data(), octets.size(), &database) != HS_SUCCESS) return {};
  return Database(database);
}

bool append(std::string& content, const hs_database* database) {
  if (database == nullptr) return true;
  char* octets = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database, &octets, &size) != HS_SUCCESS) return false;
  content.append(octets, size);
  std::free(octets);
  return true;
}

}  // namespace

MatcherCacheKey::MatcherCacheKey() {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  content_ =
      fmt::format("{} {} {:x} {:x}\n", hs_version(), platform.tune, platform.cpu_features, sizeof(Header));
}

void MatcherCacheKey::add(char kind, unsigned flags, std::string_view expression) {
  content_ += fmt::format("{} {:x} {} ", kind, flags, expression.size());
  content_ += expression;
}

std::string MatcherCacheKey::name() const {
  const XXH128_hash_t hash = XXH3_128bits(content_.data(), content_.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

bool load_from_cache(const std::filesystem::path& folder, const MatcherCacheKey& key, hs_database*& literals,
                     hs_database*& regexes) {
  const std::string name = key.name();
  const std::string content = read_whole(file_of(folder, name));
  Header header;
  if (content.size() < sizeof header) return false;
  std::memcpy(&header, content.data(), sizeof header);
  const std::string_view databases = std::string_view(content).substr(sizeof header);
  if (header.magic != magic || std::string_view(header.name.data(), header.name.size()) != name ||
      header.literals > databases.size() || header.regexes != databases.size() - header.literals ||
      header.digest != XXH3_64bits(databases.data(), databases.size())) {
    return false;
  }
  auto read_literals = deserialise(databases.substr(0, header.literals));
  auto read_regexes = deserialise(databases.substr(header.literals));
  if (!read_literals || !read_regexes) return false;
  literals = read_literals->release();
  regexes = read_regexes->release();
  return true;
}

void save_to_cache(const std::filesystem::path& folder, const MatcherCacheKey& key,
                   const hs_database* literals, const hs_database* regexes) {
  const std::string name = key.name();
  Header header{magic, {}, 0, 0, 0};
  std::memcpy(header.name.data(), name.data(), header.name.size());
  std::string content(sizeof header, '\0');
  if (!append(content, literals)) return;
  header.literals = content.size() - sizeof header;
  if (!append(content, regexes)) return;
  header.regexes = content.size() - sizeof header - header.literals;
  header.digest = XXH3_64bits(content.data() + sizeof header, content.size() - sizeof header);
  std::memcpy(content.data(), &header, sizeof header);

  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const auto whole = file_of(folder, name);
  auto part = whole;
  part += fmt::format(".{:08x}", std::random_device{}());
  std::ofstream file(part, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (file) std::filesystem::rename(part, whole, ignored);
  if (!file || ignored) std::filesystem::remove(part, ignored);
}

}  // namespace tollgate::rules
