// Stands in for libFuzzer in the normal tests: gives a target every file of its corpus folders, then every
// file again with one octet gone from its end, until half of it is left, and with each bit of its first
// octets turned over. A target fails by crashing or by aborting.
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

// An exact allocation, so that a sanitizer sees a read one octet past the end.
void give(const Input& input, std::size_t size) {
  const Input exact(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void give_with_neighbours(Input input) {
  give(input, input.size());
  for (std::size_t size = input.size(); size > input.size() / 2; --size) give(input, size - 1);
  for (std::size_t bit = 0; bit < std::min<std::size_t>(input.size(), 64) * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8U);
    input[bit / 8] ^= mask;
    give(input, input.size());
    input[bit / 8] ^= mask;
  }
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t files = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      give_with_neighbours({std::istreambuf_iterator<char>(file), {}});
      ++files;
    }
  }
  std::printf("%zu corpus files\n", files);
  return files == 0 ? 1 : 0;
}
