#include "rules/matcher.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <hs.h>
#include <unicode/uchar.h>

#include "rules/matcher_cache.hpp"
#include "rules/regex_characters.hpp"
#include "rules/utf8.hpp"

namespace tollgate::rules {
namespace {

/// Whether `c` joins what stands beside it to a word.
bool joins(char32_t character) noexcept {
  const auto c = static_cast<UChar32>(character);
  if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) == 0) return false;
  switch (u_getIntPropertyValue(c, UCHAR_LINE_BREAK)) {
    case U_LB_IDEOGRAPHIC:
    case U_LB_COMPLEX_CONTEXT:
    case U_LB_CONDITIONAL_JAPANESE_STARTER:
    case U_LB_NONSTARTER:
    case U_LB_H2:
    case U_LB_H3:
    case U_LB_JL:
    case U_LB_JV:
    case U_LB_JT: return false;  // a line can break on either side of it: so words are not told by blanks
    default: return true;
  }
}

bool joins_before(std::string_view text, std::size_t place) noexcept {
  if (place == 0) return false;
  std::size_t at = previous_character(text, place);
  return joins(next_character(text, at));
}

bool joins_after(std::string_view text, std::size_t place) noexcept {
  return place < text.size() && joins(next_character(text, place));
}

/// Patterns in the form in which Hyperscan takes them.
class Sources {
 public:
  void add(const std::string& expression, unsigned flags, std::uint32_t id) {
    expressions_.push_back(expression);
    flags_.push_back(flags);
    ids_.push_back(id);
  }
  void remove(std::size_t place) {
    const auto at = static_cast<std::ptrdiff_t>(place);
    expressions_.erase(expressions_.begin() + at);
    flags_.erase(flags_.begin() + at);
    ids_.erase(ids_.begin() + at);
  }
  std::size_t size() const { return ids_.size(); }
  const std::string& expression(std::size_t place) const { return expressions_[place]; }
  unsigned flags(std::size_t place) const { return flags_[place]; }
  std::uint32_t id(std::size_t place) const { return ids_[place]; }

  hs_error_t compile(hs_database_t** database, hs_compile_error_t** error) const {
    std::vector<const char*> expressions;
    for (const std::string& expression : expressions_) expressions.push_back(expression.c_str());
    return hs_compile_multi(expressions.data(), flags_.data(), ids_.data(), static_cast<unsigned>(size()),
                            HS_MODE_BLOCK, nullptr, database, error);
  }

 private:
  std::vector<std::string> expressions_;
  std::vector<unsigned> flags_;
  std::vector<unsigned> ids_;
};

/// A regex that takes exactly this text. Hyperscan sees that it is a literal, and compiles it as one.
std::string as_regex(std::string_view text) {
  std::string regex;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) {
      regex += c;
    } else {
      regex += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return regex;
}

struct CompileError {
  std::string message;
  std::optional<std::size_t> place;  ///< of the expression; none where it is about all of them
};

/// Takes Hyperscan's error over.
CompileError take(hs_compile_error_t* error) {
  if (error == nullptr) throw std::bad_alloc();
  CompileError taken{error->message, {}};
  if (error->expression >= 0) taken.place = static_cast<std::size_t>(error->expression);
  hs_free_compile_error(error);
  return taken;
}

/// Moves the expressions that do not even parse from `sources` to `refused`.
void refuse_unparsable(Sources& sources, std::vector<Refusal>& refused) {
  for (std::size_t place = sources.size(); place-- > 0;) {
    hs_expr_info_t* info = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_expression_info(sources.expression(place).c_str(), sources.flags(place), &info, &error) ==
        HS_SUCCESS) {
      std::free(info);
      continue;
    }
    refused.push_back({sources.id(place), take(error).message});
    sources.remove(place);
  }
}

/// Compiles all that can be; the others are left out of `sources`. Null where none is left.
hs_database_t* compile_all(Sources& sources, std::vector<Refusal>& refused) {
  while (sources.size() > 0) {
    hs_database_t* database = nullptr;
    hs_compile_error_t* failure = nullptr;
    if (sources.compile(&database, &failure) == HS_SUCCESS) return database;
    const CompileError error = take(failure);
    if (!error.place) {
      throw std::runtime_error(fmt::format("Hyperscan compiles none of the patterns: {}", error.message));
    }
    refused.push_back({sources.id(*error.place), error.message});
    sources.remove(*error.place);
    refuse_unparsable(sources, refused);
  }
  return nullptr;
}

constexpr unsigned not_a_flag = ~0U;

unsigned hs_flags(const Pattern& pattern) {
  const bool phrase = pattern.kind == Pattern::Kind::phrase;
  unsigned flags = 0;
  for (const char c : pattern.flags) {
    if (c == 'i') {
      flags |= HS_FLAG_CASELESS;
    } else if (c == 's' && !phrase) {
      flags |= HS_FLAG_DOTALL;
    } else if (c == 'm' && !phrase) {
      flags |= HS_FLAG_MULTILINE;
    } else if (c == 'u' && !phrase) {
      flags |= HS_FLAG_UTF8 | HS_FLAG_UCP;
    } else {
      return not_a_flag;
    }
  }
  if (phrase) return flags;
  if (needs_characters(pattern.expression, (flags & HS_FLAG_CASELESS) != 0, pattern.spans)) {
    flags |= HS_FLAG_UTF8;
  }
  return flags | (pattern.spans ? HS_FLAG_SOM_LEFTMOST : HS_FLAG_SINGLEMATCH);
}

}  // namespace

Scratch::Scratch(Scratch&& other) noexcept : scratch_(std::exchange(other.scratch_, nullptr)) {}

Scratch& Scratch::operator=(Scratch&& other) noexcept {
  std::swap(scratch_, other.scratch_);
  return *this;
}

Scratch::~Scratch() { hs_free_scratch(scratch_); }

void Scratch::prepare_for(const Matcher& matcher) {
  if (matcher.database_ == nullptr) return;
  if (hs_alloc_scratch(matcher.database_, &scratch_) != HS_SUCCESS) throw std::bad_alloc();
}

Scratch Scratch::clone() const {
  Scratch copy;
  if (scratch_ != nullptr && hs_clone_scratch(scratch_, &copy.scratch_) != HS_SUCCESS) throw std::bad_alloc();
  return copy;
}

std::size_t Scratch::octets() const {
  std::size_t octets = 0;
  if (scratch_ != nullptr) hs_scratch_size(scratch_, &octets);
  return octets;
}

Matcher::~Matcher() { hs_free_database(database_); }

Matcher::Compiled Matcher::compile(std::span<const Pattern> patterns, const std::filesystem::path& cache) {
  const auto begin = std::chrono::steady_clock::now();
  if (hs_valid_platform() != HS_SUCCESS) throw std::runtime_error("Hyperscan needs a CPU with SSSE3");
  const std::shared_ptr<Matcher> matcher(new Matcher);
  Statistics& statistics = matcher->statistics_;
  std::vector<Refusal> refused;
  Sources sources;
  MatcherCacheKey key;
  matcher->phrases_.resize(patterns.size());

  for (std::uint32_t id = 0; id < patterns.size(); ++id) {
    const Pattern& pattern = patterns[id];
    const std::string& text = pattern.expression;
    const bool phrase = pattern.kind == Pattern::Kind::phrase;
    const unsigned flags = hs_flags(pattern);
    if (flags == not_a_flag) {
      refused.push_back({id, fmt::format("unknown flag in `{}`; flags are {}", pattern.flags,
                                         phrase ? "i" : "i, m, s and u")});
    } else if (text.empty()) {
      refused.push_back({id, "it is empty"});
    } else if (text.find('\0') != std::string::npos) {
      refused.push_back({id, "it contains a NUL character"});
    } else if (phrase) {
      matcher->phrases_[id] = {static_cast<std::uint32_t>(text.size()), joins_after(text, 0),
                               joins_before(text, text.size())};
      sources.add(as_regex(text), flags, id);
    } else {
      sources.add(text, flags, id);
    }
  }

  for (std::size_t i = 0; i < sources.size(); ++i) key.add(sources.flags(i), sources.expression(i));
  const bool cached = !cache.empty() && refused.empty();
  if (cached) matcher->database_ = load_from_cache(cache, key);
  statistics.from_cache = matcher->database_ != nullptr;
  if (!statistics.from_cache) {
    matcher->database_ = compile_all(sources, refused);
    if (cached && refused.empty() && matcher->database_ != nullptr)
      save_to_cache(cache, key, matcher->database_);
  }
  std::sort(refused.begin(), refused.end(),
            [](const Refusal& a, const Refusal& b) { return a.pattern < b.pattern; });

  for (std::size_t i = 0; i < sources.size(); ++i) {
    const bool phrase = matcher->phrases_[sources.id(i)].octets != 0;
    ++(phrase ? statistics.phrases : statistics.regexes);
    if ((sources.flags(i) & HS_FLAG_UTF8) != 0) ++statistics.utf8_regexes;
  }
  if (matcher->database_ != nullptr) hs_database_size(matcher->database_, &statistics.database_octets);
  statistics.compile_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return {matcher, std::move(refused)};
}

/// One call of scan(): what Hyperscan hands back to on_match.
struct Matcher::Scan {
  const Matcher& matcher;
  std::string_view text;
  Report report;
  void* context;

  static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned,
                      void* context) noexcept {
    const Scan& scan = *static_cast<const Scan*>(context);
    const Phrase& phrase = scan.matcher.phrases_[id];
    Hit hit{id, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
    if (phrase.octets != 0) {
      hit.from = hit.to - phrase.octets;
      if (phrase.bounded_before && joins_before(scan.text, hit.from)) return 0;
      if (phrase.bounded_after && joins_after(scan.text, hit.to)) return 0;
    }
    scan.report(scan.context, hit);
    return 0;
  }
};

void Matcher::scan(std::string_view text, Scratch& scratch, Report report, void* context) const noexcept {
  if (database_ == nullptr) return;
  if (text.data() == nullptr) text = "";  // Hyperscan refuses a null pointer; `^$` matches the empty text
  Scan scan{*this, text, report, context};
  hs_scan(database_, text.data(), static_cast<unsigned>(text.size()), 0, scratch.scratch_, Scan::on_match,
          &scan);
}

}  // namespace tollgate::rules
