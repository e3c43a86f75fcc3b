#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rules/list.hpp"
#include "rules/test.hpp"

namespace tollgate::rules {

/// What `when:` says, as a tree.
struct Condition {
  enum class Kind : std::uint8_t { all, any, negation, test };
  Kind kind = Kind::all;  ///< without children: always holds
  TestId test = 0;
  std::vector<Condition> children;
  std::uint32_t line = 0;  ///< from 1
  std::uint32_t column = 0;
};

/// A list of the folder, and whether anything names it.
struct NamedList {
  std::string name;
  std::string file;
  std::shared_ptr<const List> list;
  bool used = false;
};

}  // namespace tollgate::rules
