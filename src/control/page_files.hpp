#pragma once

#include <span>
#include <string>
#include <string_view>

#include "control/api.hpp"

namespace tollgate::control {

/// One file of the web page. Everybody gets it: what is shown in it, the page asks for with a token.
struct PageFile {
  std::string_view path;
  std::string_view media;
  std::string_view text;
  std::string tag;  ///< names its contents, for who has them already
};

std::span<const PageFile> page_files();

/// Null where the page has no such file.
const PageFile* page_file(std::string_view path);

/// Throws Fault where it is asked for by another method than GET and HEAD.
ApiResponse response_of(const PageFile& file, const ApiRequest& request);

}  // namespace tollgate::control
