#include "rules/matcher_cache.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <random>

#include <fmt/format.h>
#include <hs.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::rules {
namespace {

constexpr std::array<char, 8> magic = {'t', 'o', 'l', 'l', 'g', 'h', 's', '1'};

/// What a file begins with; the database follows, as Hyperscan serialises it.
struct Header {
  std::array<char, 8> magic;
  std::array<char, 32> name;  ///< of the key
  std::uint64_t digest;       ///< XXH3 of what follows
};
static_assert(sizeof(Header) == 48);

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

}  // namespace

MatcherCacheKey::MatcherCacheKey() {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  content_ =
      fmt::format("{} {} {:x} {:x}\n", hs_version(), platform.tune, platform.cpu_features, sizeof(Header));
}

void MatcherCacheKey::add(unsigned flags, std::string_view expression) {
  content_ += fmt::format("{:x} {} ", flags, expression.size());
  content_ += expression;
}

std::string MatcherCacheKey::name() const {
  const XXH128_hash_t hash = XXH3_128bits(content_.data(), content_.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

hs_database* load_from_cache(const std::filesystem::path& folder, const MatcherCacheKey& key) {
  const std::string name = key.name();
  const std::string content = read_whole(file_of(folder, name));
  Header header;
  if (content.size() < sizeof header) return nullptr;
  std::memcpy(&header, content.data(), sizeof header);
  const std::string_view serialised = std::string_view(content).substr(sizeof header);
  if (header.magic != magic || std::string_view(header.name.data(), header.name.size()) != name ||
      header.digest != XXH3_64bits(serialised.data(), serialised.size())) {
    return nullptr;
  }
  hs_database* database = nullptr;
  hs_deserialize_database(serialised.data(), serialised.size(), &database);
  return database;
}

void save_to_cache(const std::filesystem::path& folder, const MatcherCacheKey& key,
                   const hs_database* database) {
  char* octets = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database, &octets, &size) != HS_SUCCESS) return;
  const std::unique_ptr<char, void (*)(void*)> owner(octets, std::free);
  const std::string name = key.name();
  Header header{magic, {}, XXH3_64bits(octets, size)};
  std::memcpy(header.name.data(), name.data(), header.name.size());

  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const auto whole = file_of(folder, name);
  auto part = whole;
  part += fmt::format(".{:08x}", std::random_device{}());
  std::ofstream file(part, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&header), sizeof header);
  file.write(octets, static_cast<std::streamsize>(size));
  file.close();
  failed.clear();
  if (file) std::filesystem::rename(part, whole, failed);
  if (!file || failed) std::filesystem::remove(part, failed);
}

}  // namespace tollgate::rules
