#pragma once

#include <optional>
#include <string_view>

#include "rules/condition.hpp"

namespace tollgate::rules {

/// What is known of the messages in question.
struct Facts {
  std::string_view protocol;
  std::string_view operation;  ///< empty: any
  unsigned map_version = 0;    ///< 0: any
};

/// Whether a condition can hold for a message of which `facts` are known; false only where it is certain
/// that it cannot.
bool can_hold(const Tests& tests, const Condition& condition, const Facts& facts);

/// What makes a condition impossible: the field whose conditions contradict each other; nothing where none is
/// found. `all` is looked at, field by field, with every value that makes a difference.
std::optional<FieldId> contradiction(const Tests& tests, const Condition& condition);

}  // namespace tollgate::rules
