#pragma once

#include <string_view>

namespace tollgate::rules {

/// Whether a regex must be compiled for characters (HS_FLAG_UTF8) to find in UTF-8 text what a person means
/// by it. Compiled for octets, which is several times quicker to compile and somewhat to match, `.` and
/// `[^a]` take an octet; in valid UTF-8 that makes no difference to whether the regex matches where they
/// stand under
/// `*`, or under `+` apart from others, and nothing else in it can take a part of a character. Where that is
/// not plain, the answer is yes. With `spans`, where a match begins and ends counts as well. `caseless`: flag
/// i.
bool needs_characters(std::string_view regex, bool caseless, bool spans);

}  // namespace tollgate::rules
