#pragma once

#include <cstddef>

namespace tollgate {

/// Octets before and behind each of `survey`'s buffers that it may read and write. Those around the text
/// must hold spaces, those before `alnum` zeros.
inline constexpr std::size_t survey_margin = 32;

/// What `survey` puts where something is to be looked at.
inline constexpr int survey_mark = 0xFF;

/// Puts in `lowered` the text with ASCII letters in small, blanks and line breaks as spaces, and in `marked`,
/// up to `size` itself, survey_mark (else 0) where a word or a run stands of which folding may make something
/// else: an ordinary word of ASCII letters has none. `alnum` is for its own use. Gives whether anything is
/// marked.
bool survey(const char* text, std::size_t size, char* lowered, char* marked, char* alnum);

}  // namespace tollgate
