#include "control/html_report.hpp"

#include <array>
#include <map>
#include <string_view>

#include <fmt/format.h>
#include <sodium.h>

#include "control/page/page_chart_text.hpp"
#include "control/page/page_style_text.hpp"
#include "control/page/report_page_text.hpp"
#include "control/page/report_script_text.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using Parts = std::map<std::string_view, std::string_view>;

/// The template with each @NAME@ of `parts` replaced. What is put in is not looked at again.
std::string filled(std::string_view text, const Parts& parts) {
  std::string out;
  for (;;) {
    std::size_t first = std::string_view::npos;
    std::pair<std::string_view, std::string_view> next;
    for (const auto& [name, part] : parts) {
      const std::size_t at = text.find(fmt::format("@{}@", name));
      if (at >= first) continue;
      first = at;
      next = {name, part};
    }
    out += text.substr(0, first);
    if (first == std::string_view::npos) return out;
    out += next.second;
    text.remove_prefix(first + next.first.size() + 2);
  }
}

/// A text that a policy lets run, or style the page, named by what it is.
std::string source_of(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::array<char, sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, variant)> encoded{};
  sodium_bin2base64(encoded.data(), encoded.size(), hash.data(), hash.size(), variant);
  return fmt::format("'sha256-{}'", encoded.data());
}

/// JSON that ends no script: senders of messages choose what stands in it.
std::string data_of(const Json& reports) {
  std::string out;
  for (const char c : reports.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<') out += "\\u003c";
    else out += c;
  }
  return out;
}

}  // namespace

std::string html_report(const Json& reports) {
  const std::string policy = fmt::format(
      "default-src 'none'; script-src {} {}; style-src {}; img-src data:", source_of(page_chart_text),
      source_of(report_script_text), source_of(page_style_text));
  const std::string data = data_of(reports);
  return filled(report_page_text, {{"POLICY", policy},
                                   {"STYLE", page_style_text},
                                   {"DATA", data},
                                   {"CHART", page_chart_text},
                                   {"SCRIPT", report_script_text}});
}

}  // namespace tollgate::control
