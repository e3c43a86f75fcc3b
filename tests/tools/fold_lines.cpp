// Folds texts: a line of JSON in is {"text": ...}, a line out is the words of each of its readings, each with
// the part of the text that made it: [[["account", "acc0unt"], ...], ...].
#include <cctype>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include "message/fold.hpp"

namespace {

bool is_in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<signed char>(c) < 0;
}

nlohmann::json words(const tollgate::FoldedText& folded, std::size_t reading, const std::string& text) {
  nlohmann::json all = nlohmann::json::array();
  const std::string_view whole = folded.reading(reading);
  for (std::size_t from = 0; from < whole.size(); ++from) {
    std::size_t to = from;
    while (to < whole.size() && is_in_word(whole[to])) ++to;
    if (to == from) continue;
    const tollgate::Span origin = folded.origin(reading, from, to);
    all.push_back({whole.substr(from, to - from), text.substr(origin.begin, origin.end - origin.begin)});
    from = to;
  }
  return all;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  const tollgate::FoldTables tables;
  tollgate::FoldedText folded;
  for (std::string line; std::getline(std::cin, line);) {
    const auto text = nlohmann::json::parse(line).at("text").get<std::string>();
    tollgate::fold(tables, text, folded);
    nlohmann::json readings = nlohmann::json::array();
    for (std::size_t i = 0; i < folded.readings(); ++i) readings.push_back(words(folded, i, text));
    std::cout << readings.dump() << '\n';
  }
}
