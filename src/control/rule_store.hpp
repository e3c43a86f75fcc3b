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

  /// What stands in `in-force.json`.
  struct State {
    std::uint64_t in_force = folder_version;
    std::uint64_t highest =
        0;  ///< a bundle has to be above it; going back to an older one does not change it
    /// What a way back leads to, the last one first: what was in force when something was put in its place
    /// that it was not gone back to.
    std::vector<std::uint64_t> before;
  };
  const State& state() const { return state_; }
  std::uint64_t in_force() const { return state_.in_force; }
  std::uint64_t highest() const { return state_.highest; }
  /// The versions of the bundles that are there, in their order.
  const std::vector<std::uint64_t>& versions() const { return versions_; }
  /// Where the bundle of that version stands.
  std::string path(std::uint64_t version) const;

  /// Keeps a bundle, and says that it is in force: both are on the disk then. Throws StoreError; all is then
  /// as it was.
  void take(std::uint64_t version, std::string_view octets);
  /// Says on the disk which version is in force, of those that are there. Throws StoreError likewise.
  void set_in_force(std::uint64_t version);
  /// What was taken since is forgotten: it was never in force after all. Throws StoreError.
  void go_back_to(const State& state);

  /// Those that stay: the one in force, the last ones before it, and then the newest; `most_kept` in all.
  std::vector<std::uint64_t> to_keep() const;
  /// Removes the others. That one cannot be removed stops nothing: it is tried again next time.
  void prune();

 private:
  void read_state();
  State read_in_force() const;
  void list();
  State with_in_force(std::uint64_t version) const;
  void write(const std::string& name, std::string_view octets) const;
  void write_state(State state);
  void remove_newest();
  [[noreturn]] void fail(const std::string& name, const std::string& why) const;

  const std::string folder_;
  State state_;
  std::vector<std::uint64_t> versions_;
  std::string damage_;
};

}  // namespace tollgate::control
