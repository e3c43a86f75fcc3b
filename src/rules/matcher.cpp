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
struct Sources {
  std::vector<const char*> expressions;
  std::vector<std::size_t> octets;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;

  void add(const std::string& expression, unsigned hs_flags, std::uint32_t id) {
    expressions.push_back(expression.c_str());
    octets.push_back(expression.size());
    flags.push_back(hs_flags);
    ids.push_back(id);
  }
  void remove(std::size_t place) {
    const auto at = static_cast<std::ptrdiff_t>(place);
    expressions.erase(expressions.begin() + at);
    octets.erase(octets.begin() + at);
    flags.erase(flags.begin() + at);
    ids.erase(ids.begin() + at);
  }
  unsigned size() const { return static_cast<unsigned>(ids.size()); }
};

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

hs_database_t* compile_literals(const Sources& phrases) {
  if (phrases.size() == 0) return nullptr;
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(phrases.expressions.data(), phrases.flags.data(), phrases.ids.data(),
                           phrases.octets.data(), phrases.size(), HS_MODE_BLOCK, nullptr, &database,
                           &error) != HS_SUCCESS) {
    throw std::runtime_error(fmt::format("Hyperscan compiles none of the phrases: {}", take(error).message));
  }
  return database;
}

/// Moves the expressions that do not even parse from `regexes` to `refused`.
void refuse_unparsable(Sources& regexes, std::vector<Refusal>& refused) {
  for (std::size_t place = regexes.size(); place-- > 0;) {
    hs_expr_info_t* info = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_expression_info(regexes.expressions[place], regexes.flags[place], &info, &error) == HS_SUCCESS) {
      std::free(info);
      continue;
    }
    refused.push_back({regexes.ids[place], take(error).message});
    regexes.remove(place);
  }
}

/// Compiles all that can be; the others are left out of `regexes`.
hs_database_t* compile_regexes(Sources& regexes, std::vector<Refusal>& refused) {
  while (regexes.size() > 0) {
    hs_database_t* database = nullptr;
    hs_compile_error_t* failure = nullptr;
    if (hs_compile_multi(regexes.expressions.data(), regexes.flags.data(), regexes.ids.data(), regexes.size(),
                         HS_MODE_BLOCK, nullptr, &database, &failure) == HS_SUCCESS) {
      return database;
    }
    const CompileError error = take(failure);
    if (!error.place) {
      throw std::runtime_error(fmt::format("Hyperscan compiles none of the patterns: {}", error.message));
    }
    refused.push_back({regexes.ids[*error.place], error.message});
    regexes.remove(*error.place);
    refuse_unparsable(regexes, refused);
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

std::size_t octets_of(const hs_database_t* database) {
  std::size_t octets = 0;
  if (database != nullptr) hs_database_size(database, &octets);
  return octets;
}

}  // namespace

Scratch::Scratch(Scratch&& other) noexcept : scratch_(std::exchange(other.scratch_, nullptr)) {}

Scratch& Scratch::operator=(Scratch&& other) noexcept {
  std::swap(scratch_, other.scratch_);
  return *this;
}

Scratch::~Scratch() { hs_free_scratch(scratch_); }

void Scratch::prepare_for(const Matcher& matcher) {
  for (const hs_database_t* database : {matcher.literals_, matcher.regexes_}) {
    if (database != nullptr && hs_alloc_scratch(database, &scratch_) != HS_SUCCESS) throw std::bad_alloc();
  }
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

Matcher::~Matcher() {
  hs_free_database(literals_);
  hs_free_database(regexes_);
}

Matcher::Compiled Matcher::compile(std::span<const Pattern> patterns, const std::filesystem::path& cache) {
  const auto begin = std::chrono::steady_clock::now();
  if (hs_valid_platform() != HS_SUCCESS) throw std::runtime_error("Hyperscan needs a CPU with SSSE3");
  const std::shared_ptr<Matcher> matcher(new Matcher);
  Statistics& statistics = matcher->statistics_;
  std::vector<Refusal> refused;
  Sources phrases;
  Sources regexes;
  MatcherCacheKey key;
  matcher->phrases_.resize(patterns.size());

  for (std::uint32_t id = 0; id < patterns.size(); ++id) {
    const Pattern& pattern = patterns[id];
    const unsigned flags = hs_flags(pattern);
    if (flags == not_a_flag) {
      refused.push_back({id, fmt::format("unknown flag in `{}`; flags are {}", pattern.flags,
                                         pattern.kind == Pattern::Kind::phrase ? "i" : "i, m, s and u")});
    } else if (pattern.expression.empty()) {
      refused.push_back({id, "it is empty"});
    } else if (pattern.expression.find('\0') != std::string::npos) {
      refused.push_back({id, "it contains a NUL character"});
    } else if (pattern.kind == Pattern::Kind::phrase) {
      const std::string& text = pattern.expression;
      phrases.add(text, flags, id);
      key.add('p', flags, text);
      matcher->phrases_[id] = {static_cast<std::uint32_t>(text.size()), joins_after(text, 0),
                               joins_before(text, text.size())};
    } else {
      if ((flags & HS_FLAG_UTF8) != 0) ++statistics.utf8_regexes;
      regexes.add(pattern.expression, flags, id);
      key.add('r', flags, pattern.expression);
    }
  }

  const bool cached = !cache.empty() && refused.empty();
  if (cached && load_from_cache(cache, key, matcher->literals_, matcher->regexes_)) {
    statistics.from_cache = true;
  } else {
    matcher->literals_ = compile_literals(phrases);
    matcher->regexes_ = compile_regexes(regexes, refused);
    if (cached && refused.empty()) save_to_cache(cache, key, matcher->literals_, matcher->regexes_);
  }
  std::sort(refused.begin(), refused.end(),
            [](const Refusal& a, const Refusal& b) { return a.pattern < b.pattern; });

  statistics.phrases = phrases.size();
  statistics.regexes = regexes.size();
  statistics.database_octets = octets_of(matcher->literals_) + octets_of(matcher->regexes_);
  statistics.compile_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return {matcher, std::move(refused)};
}

/// One call of scan(): what Hyperscan hands back to the functions below.
struct Matcher::Scan {
  const Matcher& matcher;
  std::string_view text;
  Report report;
  void* context;

  static int on_literal(unsigned id, unsigned long long, unsigned long long to, unsigned,
                        void* context) noexcept {
    const Scan& scan = *static_cast<const Scan*>(context);
    const Phrase& phrase = scan.matcher.phrases_[id];
    const auto from = static_cast<std::size_t>(to) - phrase.octets;
    if (phrase.bounded_before && joins_before(scan.text, from)) return 0;
    if (phrase.bounded_after && joins_after(scan.text, static_cast<std::size_t>(to))) return 0;
    scan.report(scan.context, {id, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)});
    return 0;
  }

  static int on_regex(unsigned id, unsigned long long from, unsigned long long to, unsigned,
                      void* context) noexcept {
    const Scan& scan = *static_cast<const Scan*>(context);
    scan.report(scan.context, {id, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)});
    return 0;
  }
};

void Matcher::scan(std::string_view text, Scratch& scratch, Report report, void* context) const noexcept {
  if (text.data() == nullptr) text = "";  // Hyperscan refuses a null pointer; `^$` matches the empty text
  Scan scan{*this, text, report, context};
  const auto octets = static_cast<unsigned>(text.size());
  if (literals_ != nullptr)
    hs_scan(literals_, text.data(), octets, 0, scratch.scratch_, Scan::on_literal, &scan);
  if (regexes_ != nullptr) hs_scan(regexes_, text.data(), octets, 0, scratch.scratch_, Scan::on_regex, &scan);
}

}  // namespace tollgate::rules
