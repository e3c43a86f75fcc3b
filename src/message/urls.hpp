#pragma once

#include <cstddef>
#include <string_view>

namespace tollgate {

/// Finds URLs in UTF-8 text, in order, as views of it: without allocation, in time linear in the text.
///
///     UrlFinder urls(text);
///     for (auto url = urls.next(); !url.empty(); url = urls.next()) ...
///
/// A URL is, in any case of letters,
/// - `http://`, `https://`, `ftp://` or the evasive `hxxp://`, `hxxps://`, and a host of whatever form;
/// - a host that begins with `www.` and has three labels or more;
/// - a host followed by a path, query or port: its last label has 2 to 24 letters, is punycode (`xn--`) or
///   one of the known top-level domains in other scripts; or it is an IPv4 address;
/// - a host alone, where its last label is a well-known generic or a country's top-level domain. Where that
///   is also an English word (`it`, `in`, `so`), a third label, a digit or a hyphen must show that no blank
///   is missing between two sentences; nor may it begin with a capital after a small letter (`Thanks.It`).
///
/// Port, path, query and fragment belong to it; punctuation at its end does not, nor a closing parenthesis
/// that was not opened in it. The host of an e-mail address is none. Blanks, quotes, angle brackets,
/// non-ASCII punctuation and symbols separate; a script written without blanks (Chinese, Japanese, Korean,
/// Thai, ...) and ASCII letters or digits part where they touch.
class UrlFinder {
 public:
  explicit UrlFinder(std::string_view text);

  /// The next URL; empty after the last.
  std::string_view next();

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace tollgate
