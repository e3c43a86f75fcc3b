#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "rules/finding.hpp"

namespace tollgate::rules {

/// Changes of one character that make `a` of `b`.
std::size_t distance(std::string_view a, std::string_view b);

/// The name nearest to `name`, where it is near enough to be meant; else empty.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& names);

bool all_digits(std::string_view text);

/// The whole of `text` as a decimal number.
std::optional<std::uint64_t> whole_number(std::string_view text);

/// The whole of `text` as a finite number.
std::optional<double> real_number(std::string_view text);

/// What a person is told of a value: `` `text` ``, a map, a list, nothing.
std::string found(const YAML::Node& node);

/// Whether the value stands without quotes.
bool is_plain(const YAML::Node& node);

/// The content of the file at `path`. Throws std::system_error, `cannot read PATH: REASON`.
std::string read_file(const std::string& path);

/// The same, but what is wrong goes to `findings`, as of the file `name`.
std::optional<std::string> read_file(const std::string& path, const std::string& name, Findings& findings);

/// A value that cannot be used: what YamlReader throws, and notes in the findings where it is told to go on.
struct Refused {
  YAML::Mark mark;
  std::string text;
};

/// Reads the values of one file, and says of each fault where it stands. A fault ends the reading of one
/// value of a map or one element of a list; what stands beside it is read all the same.
class YamlReader {
 public:
  YamlReader(std::string file, Findings& findings) : file_(std::move(file)), findings_(findings) {}

  /// The file's one document; nothing where it is not YAML, which is noted. Aliases are refused.
  std::optional<YAML::Node> parse(const std::string& yaml);

  struct Key {
    std::string_view name;
    std::function<void(const YAML::Node&)> read;
  };
  /// Calls the reader of each key of `map`; unknown and repeated ones are faults. `where` is empty for the
  /// file. Gives whether all could be read.
  bool map(const YAML::Node& map, std::string_view where, const std::vector<Key>& keys);

  /// Calls `read(key, key's node, value)` for each entry of `map`; repeated keys are faults.
  bool map(const YAML::Node& map, std::string_view expected,
           const std::function<void(const std::string&, const YAML::Node&, const YAML::Node&)>& read);

  /// Each element of a list; one value counts as a list of it.
  bool each(const YAML::Node& node, std::string_view expected,
            const std::function<void(const YAML::Node&)>& read);

  /// Text that is not empty.
  std::string text(const YAML::Node& node, std::string_view expected);
  std::uint64_t number(const YAML::Node& node, std::uint64_t least, std::uint64_t most,
                       std::string_view expected);
  bool flag(const YAML::Node& node);

  /// Calls `read`, notes where it refuses; gives whether it did not.
  template <std::invocable Read>
  bool attempt(Read&& read) {
    try {
      read();
      return true;
    } catch (const Refused& refused) {
      findings_.error(place(refused.mark), refused.text);
      return false;
    }
  }

  [[noreturn]] void fail(const YAML::Mark& mark, std::string what) const {
    throw Refused{mark, std::move(what)};
  }
  [[noreturn]] void unexpected(const YAML::Node& node, std::string_view expected) const;
  /// Refuses `name`, which is none of `names`. `what` is what it is: `key`, `signal`.
  [[noreturn]] void unknown(const YAML::Mark& mark, std::string_view what, std::string_view name,
                            std::string_view where, const std::vector<std::string_view>& names) const;
  void warn(const YAML::Mark& mark, std::string what) { findings_.warning(place(mark), std::move(what)); }

  Place place(const YAML::Mark& mark) const;
  const std::string& file() const { return file_; }
  Findings& findings() { return findings_; }

 private:
  std::string file_;
  Findings& findings_;
};

}  // namespace tollgate::rules
