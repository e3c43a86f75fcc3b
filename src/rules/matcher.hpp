#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

struct hs_database;
struct hs_scratch;

namespace tollgate::rules {

/// What to look for in texts. Patterns are known by their place in the sequence that is compiled.
struct Pattern {
  enum class Kind : std::uint8_t {
    phrase,  ///< these characters, as whole words
    regex,   ///< in Hyperscan's syntax
  };
  Kind kind = Kind::phrase;
  std::string expression;  ///< UTF-8
  /// Any of: `i` letters of either case are the same, `s` a dot matches a line's end too, `m` `^` and `$`
  /// match at each line, `u` `\w` and `\d` mean the letters and digits of all scripts (and `\b` is refused).
  /// Of a phrase, `i` alone, and for ASCII letters alone.
  std::string flags;
  /// Tell where a regex's match begins. This costs speed: for people, not for the packet path.
  bool spans = false;
};

/// A pattern that was found. Half-open, in octets of the text.
struct Hit {
  std::uint32_t pattern = 0;  ///< its place in what was compiled
  std::uint32_t from = 0;     ///< of a phrase, and of a regex whose spans were asked for; else 0
  std::uint32_t to = 0;
};

/// A pattern that cannot be compiled, and why, in Hyperscan's words where it is Hyperscan that refuses it.
struct Refusal {
  std::uint32_t pattern = 0;
  std::string reason;
};

class Matcher;

/// The working memory of scans: one a worker, for any number of matchers, one scan at a time.
class Scratch {
 public:
  Scratch() = default;
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&& other) noexcept;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  /// Makes room for scans of `matcher`. Throws std::bad_alloc.
  void prepare_for(const Matcher& matcher);
  /// Another one, for the same matchers. Throws std::bad_alloc.
  Scratch clone() const;
  std::size_t octets() const;

 private:
  friend class Matcher;
  hs_scratch* scratch_ = nullptr;
};

/// Many patterns, compiled: finds all of them in one pass over a text. Immutable, shared by workers.
///
/// Phrases are compiled as literals, without a regex's costs, and each place where one stands is then looked
/// at for word boundaries: no letter, digit or combining mark of any script goes on there. Beside a letter of
/// a script written without blanks between words (Han, Kana, Thai, Lao, Khmer, Burmese) there is always a
/// boundary, and so there is in Korean, where particles are joined to words.
class Matcher {
 public:
  struct Compiled;
  struct Statistics {
    std::size_t phrases = 0;
    std::size_t regexes = 0;
    std::size_t utf8_regexes = 0;  ///< those of them that had to be compiled for characters, not octets
    std::size_t database_octets = 0;
    double compile_seconds = 0;  ///< or to load it from the cache
    bool from_cache = false;
  };

  /// Patterns that are refused are left out, and named; the rest is compiled. With a folder `cache` (it must
  /// be as trusted as the program), a set without refusals is kept there, in a file named by its content, the
  /// version of Hyperscan and the kind of CPU; a file that is damaged or cannot be read or written does no
  /// harm. Throws std::bad_alloc, and std::runtime_error where Hyperscan gives up on the whole.
  static Compiled compile(std::span<const Pattern> patterns, const std::filesystem::path& cache = {});

  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;
  ~Matcher();

  /// Calls `on_hit(const Hit&)`, which must not throw nor scan with the same scratch, for each pattern that
  /// stands in `text`: for a phrase once for each place, for a regex once, or with spans asked for, once for
  /// each place where a match ends. In no order. `text` is valid UTF-8 of
  /// less than 4 GiB, and `scratch` was prepared for this matcher: anything else is undefined. Never
  /// allocates.
  template <class OnHit>
  void scan(std::string_view text, Scratch& scratch, OnHit&& on_hit) const noexcept {
    using Callable = std::remove_reference_t<OnHit>;
    scan(
        text, scratch,
        [](void* context, const Hit& hit) noexcept { (*static_cast<Callable*>(context))(hit); }, &on_hit);
  }

  bool empty() const { return database_ == nullptr; }
  const Statistics& statistics() const { return statistics_; }

 private:
  friend class Scratch;
  using Report = void (*)(void* context, const Hit& hit) noexcept;
  struct Phrase {
    std::uint32_t octets = 0;
    bool bounded_before = false;  ///< a word must not go on before it
    bool bounded_after = false;
  };
  struct Scan;

  Matcher() = default;
  void scan(std::string_view text, Scratch& scratch, Report report, void* context) const noexcept;

  hs_database* database_ = nullptr;  ///< null: there are no patterns
  std::vector<Phrase> phrases_;      ///< by pattern; a regex has no octets
  Statistics statistics_;
};

struct Matcher::Compiled {
  std::shared_ptr<const Matcher> matcher;  ///< never null
  std::vector<Refusal> refused;            ///< in the order of the patterns
};

}  // namespace tollgate::rules
