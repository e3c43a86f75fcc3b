#include "control/page_files.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

#include "control/hexadecimal.hpp"
#include "control/page/page_chart_text.hpp"
#include "control/page/page_icon_text.hpp"
#include "control/page/page_script_text.hpp"
#include "control/page/page_style_text.hpp"
#include "control/page/page_text.hpp"

namespace tollgate::control {
namespace {

constexpr std::string_view html_media = "text/html; charset=utf-8";
constexpr std::string_view script_media = "text/javascript; charset=utf-8";
constexpr std::string_view style_media = "text/css; charset=utf-8";
constexpr std::string_view icon_media = "image/svg+xml";

/// The page takes scripts and styles from its files only, and speaks with nobody else.
constexpr const char* policy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

PageFile file_of(std::string_view path, std::string_view media, std::string_view text) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return {path, media, text, fmt::format("\"{}\"", hexadecimal(hash))};
}

bool has_already(const ApiRequest& request, const PageFile& file) {
  return request.if_none_match &&
         (*request.if_none_match == "*" || request.if_none_match->find(file.tag) != std::string::npos);
}

}  // namespace

std::span<const PageFile> page_files() {
  static const std::vector<PageFile> all{
      file_of("/", html_media, page_text),
      file_of("/app.js", script_media, page_script_text),
      file_of("/chart.js", script_media, page_chart_text),
      file_of("/style.css", style_media, page_style_text),
      file_of("/icon.svg", icon_media, page_icon_text),
  };
  return all;
}

const PageFile* page_file(std::string_view path) {
  const std::span<const PageFile> all = page_files();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const PageFile& file) { return file.path == path; });
  return found == all.end() ? nullptr : &*found;
}

ApiResponse response_of(const PageFile& file, const ApiRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    Fault fault(http::method_not_allowed, fmt::format("found the method {}", request.method), "GET, HEAD");
    fault.allow = "GET, HEAD";
    throw fault;
  }
  if (request.body_octets > 0) throw Fault(http::bad_request, "found a body", "none");
  ApiResponse response{http::ok, {}, {}, file.media};
  response.headers = {{"Cache-Control", "no-cache"},  // kept, but asked for each time
                      {"ETag", file.tag},
                      {"Content-Security-Policy", policy},
                      {"X-Frame-Options", "DENY"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (has_already(request, file)) response.status = http::not_modified;
  else response.body = file.text;
  return response;
}

}  // namespace tollgate::control
