#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/ruleset.hpp"

namespace tollgate::rules {

/// Which of the rules `held`, all in force, made the verdict: those that gave a label which the line `policy`
/// asks for. All of them where it asks for none, or these rules have no such line.
std::vector<std::uint32_t> to_blame(const Ruleset& ruleset, std::string_view policy,
                                    const std::vector<std::uint32_t>& held);

}  // namespace tollgate::rules
