// Stands in for libFuzzer in the normal tests: gives a target every file of its corpus folders, and
// neighbours of each: the file without its end, down to half of it, and with a bit of its first octets turned
// over. Where a corpus has more neighbours than `most_neighbours`, every n-th is given: the same ones each
// time. A target fails by crashing or by aborting.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t most_neighbours = 10'000;
constexpr std::size_t turned_octets = 64;

std::size_t shortened(const Input& input) { return input.size() - input.size() / 2; }
std::size_t turned(const Input& input) { return std::min(input.size(), turned_octets) * 8; }

// An exact allocation, so that a sanitizer sees a read one octet past the end.
void give(const Input& input, std::size_t size) {
  const Input exact(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void give_neighbour(Input& input, std::size_t number) {
  if (number < shortened(input)) return give(input, input.size() - 1 - number);
  const std::size_t bit = number - shortened(input);
  const auto mask = static_cast<std::uint8_t>(1U << bit % 8U);
  input[bit / 8] ^= mask;
  give(input, input.size());
  input[bit / 8] ^= mask;
}

std::vector<Input> read_corpus(int count, char** folders) {
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(folders[i])) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<Input> corpus = read_corpus(count - 1, arguments + 1);
  std::size_t neighbours = 0;
  for (const Input& input : corpus) neighbours += shortened(input) + turned(input);
  const std::size_t step = neighbours / most_neighbours + 1;

  std::size_t given = 0;
  std::size_t next = 0;  // neighbour of the file at hand
  for (Input& input : corpus) {
    give(input, input.size());
    const std::size_t all = shortened(input) + turned(input);
    for (; next < all; next += step, ++given) give_neighbour(input, next);
    next -= all;
  }
  std::printf("%zu corpus files, %zu of their %zu neighbours\n", corpus.size(), given, neighbours);
  return corpus.empty() ? 1 : 0;
}
