#pragma once

#include <string_view>

struct psl_ctx_st;

namespace tollgate::rules {

/// The public-suffix list: under which names domains are registered (`com`, `co.uk`). It is the installed
/// list where that is newer than what the library was built with.
class PublicSuffixes {
 public:
  PublicSuffixes();  ///< throws std::runtime_error where there is no list
  ~PublicSuffixes();
  PublicSuffixes(const PublicSuffixes&) = delete;
  PublicSuffixes& operator=(const PublicSuffixes&) = delete;

  /// The part of `host` that somebody registered, `example.co.uk` of `www.example.co.uk`, as a view of it.
  /// Empty where the host is a public suffix itself, an address, or none. Never allocates.
  std::string_view registered_domain(std::string_view host) const noexcept;

 private:
  const psl_ctx_st* list_;
};

}  // namespace tollgate::rules
