#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::rules {

/// Strings of 1 to 255 octets, each with a number: an entry takes its own length, one octet and 11.4, and 2.9
/// more where any of those numbers is not 0. An open hash table.
class TextTable {
 public:
  static constexpr std::size_t max_octets = 255;

  /// An empty table with room for that many entries, of together so many octets; more make it grow, to 4 GiB
  /// of texts. Throws std::bad_alloc.
  explicit TextTable(std::size_t capacity = 0, std::size_t octets = 0);

  /// False where the text is there already: nothing changes then. It must have 1 to 255 octets. Throws
  /// std::bad_alloc.
  bool insert(std::string_view text, std::uint16_t number);

  /// Gives back the room that was reserved for texts and is not needed.
  void shrink() { texts_.shrink_to_fit(); }

  /// The number that stands with exactly this text.
  std::optional<std::uint16_t> find(std::string_view text) const noexcept;

  std::size_t size() const { return size_; }
  std::size_t octets() const;

 private:
  struct Slot {
    std::uint32_t tag = 0;    ///< of the hash: most other texts are told apart without looking at them
    std::uint32_t place = 0;  ///< in texts_, of its length; 0: free
  };

  void grow();
  std::string_view text(const Slot& slot) const noexcept;
  std::size_t find_slot(std::string_view text, std::uint64_t hash) const noexcept;

  std::vector<Slot> slots_;
  std::vector<std::uint16_t> values_;  ///< of the same slots; empty while all are 0
  std::string texts_;                  ///< from 1: the octet of the length, and the text
  std::size_t size_ = 0;
};

}  // namespace tollgate::rules
