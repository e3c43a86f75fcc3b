#include "flow/bounded_table.hpp"

#include <list>
#include <random>
#include <unordered_map>

#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

TEST(BoundedTable, evicts_the_longest_not_used_and_says_so) {
  BoundedTable<int, int> table{2};
  *table.find_or_insert(1).value = 10;
  *table.find_or_insert(2).value = 20;
  ASSERT_NE(table.find(1), nullptr);  // so 2 is the older now
  int evicted = 0;
  *table.find_or_insert(3, [&](int key, int&) { evicted = key; }).value = 30;
  EXPECT_EQ(evicted, 2);
  EXPECT_EQ(table.find(2), nullptr);
  EXPECT_EQ(*table.find(1), 10);
  EXPECT_EQ(*table.find(3), 30);
  EXPECT_EQ(table.evictions(), 1U);
}

TEST(BoundedTable, a_reused_entry_starts_anew) {
  BoundedTable<int, int> table{1};
  *table.find_or_insert(1).value = 10;
  EXPECT_TRUE(table.erase(1));
  EXPECT_EQ(*table.find_or_insert(2).value, 0);
}

// The model is a list in order of use and a map: slow and obvious.
TEST(BoundedTable, behaves_like_a_simple_model) {
  constexpr std::size_t capacity = 50;
  BoundedTable<int, int> table{capacity};
  std::list<int> order;  // front: most recently used
  std::unordered_map<int, int> model;
  std::mt19937 random{1};
  for (int step = 0; step < 200'000; ++step) {
    const int key = static_cast<int>(random() % 120);
    switch (random() % 3) {
      case 0: {
        const auto place = table.find_or_insert(key);
        ASSERT_EQ(place.inserted, !model.contains(key));
        if (place.inserted && model.size() == capacity) {
          model.erase(order.back());
          order.pop_back();
        }
        order.remove(key);
        order.push_front(key);
        *place.value = model[key] = step;
        break;
      }
      case 1: {
        const int* value = table.find(key);
        ASSERT_EQ(value != nullptr, model.contains(key));
        if (value == nullptr) break;
        ASSERT_EQ(*value, model[key]);
        order.remove(key);
        order.push_front(key);
        break;
      }
      default: ASSERT_EQ(table.erase(key), model.erase(key) == 1); order.remove(key);
    }
    ASSERT_EQ(table.size(), model.size());
  }
}

}  // namespace
}  // namespace tollgate::flow
