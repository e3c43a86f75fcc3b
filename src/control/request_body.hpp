#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "control/marks.hpp"

namespace tollgate::control {

/// What the body of a request that switches something says: `{"on": true}`, and nothing else. Throws Fault.
bool read_switch_body(std::string_view body);

/// To which version of the rules a body wants to go back: `{"to": 7}`; nothing where it is `{}`, which means
/// the one before. Throws Fault.
std::optional<std::uint64_t> read_rollback_body(std::string_view body);

/// What an object says that has just these keys, each with a text that can be shown. Throws Fault.
std::map<std::string, std::string, std::less<>> read_texts_body(std::string_view body,
                                                                std::initializer_list<std::string_view> keys);

/// What somebody says of a verdict.
struct MarkBody {
  std::string id;  ///< of the event
  Wrong wrong = Wrong::false_positive;
  std::uint32_t rule = 0;           ///< that it is about; 0: those that hold
  std::optional<std::string> text;  ///< to be kept
  bool with_text = false;           ///< the one of the message that is kept
  std::string note;
};
/// Throws Fault.
MarkBody read_mark_body(std::string_view body);

/// Which movement is undone, and why.
struct CorrectionBody {
  std::int64_t movement = 0;
  std::string reference;
};
/// Throws Fault.
CorrectionBody read_correction_body(std::string_view body);

/// What which appliance had put aside is given back.
struct ReleaseBody {
  std::string appliance;
  bool force = false;
};
/// Throws Fault.
ReleaseBody read_release_body(std::string_view body);

/// A file of accounts.
struct ImportBody {
  std::string file;  ///< its name
  std::string content;
};
/// Throws Fault.
ImportBody read_import_body(std::string_view body);

/// What an object says that has just this key, with a whole number. Throws Fault.
std::uint64_t read_number_body(std::string_view body, std::string_view key);

}  // namespace tollgate::control
