#pragma once

#include <span>
#include <string>
#include <string_view>

#include "message/judgement.hpp"

namespace tollgate::cli {

/// Text of a message in lines of `line_width`, each behind `indent`, with `spans` of it marked: underlined
/// with `colours`, else by carets in a line below. Spans are in order and apart. A character that is not
/// seen, or changes how others are shown, comes out as `\u200b`, so that a person sees that it is there.
///
/// Carets would stand in the wrong place below letters that go from right to left: there each marked part is
/// repeated behind a caret.
std::string marked(std::string_view text, std::span<const TextSpan> spans, std::string_view indent,
                   bool colours);

}  // namespace tollgate::cli
