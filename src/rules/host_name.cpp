#include "rules/host_name.hpp"

#include <algorithm>
#include <memory>

#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/uchar.h>

#include "rules/utf8.hpp"

namespace tollgate::rules {
namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

/// Labels of letters, digits, `-` and `_` (which names in use have), not empty.
bool is_host_name(std::string_view ascii) {
  if (ascii.empty() || ascii.size() > longest_name) return false;
  std::size_t label = 0;
  for (const char c : ascii) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!good || ++label > longest_label) return false;
  }
  return label > 0;
}

std::optional<HostForms> international(std::string_view host) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna(icu::IDNA::createUTS46Instance(
      UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE, status));
  if (U_FAILURE(status)) return {};
  HostForms forms;
  const icu::StringPiece name(host.data(), static_cast<std::int32_t>(host.size()));
  icu::StringByteSink<std::string> ascii(&forms.ascii);
  icu::StringByteSink<std::string> unicode(&forms.unicode);
  icu::IDNAInfo to_ascii;
  icu::IDNAInfo to_unicode;
  idna->nameToASCII_UTF8(name, ascii, to_ascii, status);
  idna->nameToUnicodeUTF8(name, unicode, to_unicode, status);
  if (U_FAILURE(status) || to_ascii.hasErrors() || to_unicode.hasErrors()) return {};
  forms.unicode = std::string(PlainHost(forms.unicode).text());
  if (!is_host_name(forms.ascii)) return {};
  return forms;
}

}  // namespace

PlainHost::PlainHost(std::string_view host) noexcept {
  // Folding makes three octets of two, at most.
  constexpr std::size_t most = std::tuple_size_v<decltype(room_)> / 2;
  const bool cut = host.size() > most;
  if (cut) host = host.substr(host.size() - most);
  for (std::size_t at = 0; at < host.size();) {
    char32_t c = next_character(host, at);
    if (c >= 0x80) {
      if (c == 0x3002 || c == 0xFF61) c = U'.';  // ideographic full stops part labels too
      if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - 0x21;
      c = static_cast<char32_t>(u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT));
    }
    if (c >= U'A' && c <= U'Z') c += 0x20;
    size_ += write_character(c, room_.data() + size_);
  }
  if (cut) {
    while (begin_ < size_ && room_[begin_] != '.') ++begin_;
    if (begin_ < size_) ++begin_;
  }
  while (size_ > begin_ && room_[size_ - 1] == '.') --size_;
}

std::optional<HostForms> host_forms(std::string_view host) {
  if (host.size() > 4 * longest_name) return {};
  const PlainHost plain(host);
  const std::string_view text = plain.text();
  const bool punycode = text.starts_with("xn--") || text.find(".xn--") != std::string_view::npos;
  if (!is_ascii(text) || punycode) return international(text);
  if (!is_host_name(text)) return {};
  return HostForms{std::string(text), std::string(text)};
}

std::string_view host_advice(std::string_view text) {
  if (text.find("//") != std::string_view::npos || text.find('/') != std::string_view::npos) {
    return "write only the host of the address, like `example.com`";
  }
  if (text.starts_with('*') || text.starts_with('.')) {
    return "write `example.com`: all hosts below it are meant too";
  }
  if (text.find(':') != std::string_view::npos) return "write it without a port";
  if (text.find('@') != std::string_view::npos) return "write what stands behind the `@`";
  return "write a name like `example.com`";
}

}  // namespace tollgate::rules
