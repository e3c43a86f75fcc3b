#include "rules/public_suffixes.hpp"

#include <array>
#include <cstddef>
#include <stdexcept>

#include <libpsl.h>

namespace tollgate::rules {

PublicSuffixes::PublicSuffixes() : list_(psl_latest(nullptr)) {
  if (list_ == nullptr) {
    throw std::runtime_error("no public-suffix list; the packages libpsl5 and publicsuffix have one");
  }
}

PublicSuffixes::~PublicSuffixes() { psl_free(const_cast<psl_ctx_t*>(list_)); }

std::string_view PublicSuffixes::registered_domain(std::string_view host) const noexcept {
  std::array<char, 256> name;  // no host name is longer
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() >= name.size()) return {};
  bool letters = false;
  for (std::size_t i = 0; i < host.size(); ++i) {
    const char c = host[i];
    const bool capital = c >= 'A' && c <= 'Z';
    name[i] = capital ? static_cast<char>(c + 0x20) : c;
    letters = letters || c > '9' || static_cast<signed char>(c) < 0;
  }
  if (!letters) return {};  // an IPv4 address
  name[host.size()] = '\0';
  const char* domain = psl_registrable_domain(list_, name.data());
  if (domain == nullptr) return {};
  return host.substr(static_cast<std::size_t>(domain - name.data()));
}

}  // namespace tollgate::rules
