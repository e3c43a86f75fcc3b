// What nearly every unit test includes anyway, read once for each program of tests. Tests still name what
// they use.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
