#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::control {

/// The store of bundles cannot be read or written.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The bundles that an appliance has taken, in a folder of its own, so that it goes on with them after a
/// restart: `VERSION.tgb`, octets as they came, and `in-force.json`, which says the version in force and the
/// highest that ever was. A file is there whole or not at all, whatever ends the process. For one thread at a
/// time.
class RuleStore {
 public:
  static constexpr std::size_t most_kept = 5;
  /// No bundle's: the folder of rules that the configuration names.
  static constexpr std::uint64_t folder_version = 0;

  /// Makes the folder where it is absent, and clears away what killed processes left. Throws StoreError.
  explicit RuleStore(std::string folder);

  /// What is wrong with `in-force.json`, which a disk has damaged: the newest bundle is taken for the one in
  /// force then. Empty where nothing is.
  const std::string& damage() const { return damage_; }

  std::uint64_t in_force() const { return in_force_; }
  /// A bundle has to be above it; going back to an older one does not change it.
  std::uint64_t highest() const { return highest_; }
  /// The versions of the bundles that are there, in their order.
  const std::vector<std::uint64_t>& versions() const { return versions_; }
  /// Where the bundle of that version stands.
  std::string path(std::uint64_t version) const;

  /// Keeps a bundle, and says that it is in force: both are on the disk then. Throws StoreError; all is then
  /// as it was.
  void take(std::uint64_t version, std::string_view octets);

  /// Says on the disk which version is in force, of those that are there. Throws StoreError likewise.
  void set_in_force(std::uint64_t version);

  struct State {
    std::uint64_t in_force = folder_version;
    std::uint64_t highest = 0;
  };
  State state() const { return {in_force_, highest_}; }
  /// What was taken since is forgotten: it was never in force after all. Throws StoreError.
  void go_back_to(const State& state);

 private:
  void read_state();
  void read_in_force();
  void list();
  void write(const std::string& name, std::string_view octets) const;
  void write_state(const State& state);
  void remove_newest();
  void remove_oldest();
  [[noreturn]] void fail(const std::string& name, const std::string& why) const;

  const std::string folder_;
  std::uint64_t in_force_ = folder_version;
  std::uint64_t highest_ = 0;
  std::vector<std::uint64_t> versions_;
  std::string damage_;
};

}  // namespace tollgate::control
