// Says which connections have octets in custody in a flow memory that a process has left: their ports, a
// connection a line. For tests that delete it.
//
//   in_custody FILE LINK...      the names of the links, in their order
#include <cstdio>

#include "engine/memory.hpp"
#include "engine/memory_file.hpp"
#include "flow/relay_memory.hpp"

int main(int count, char** words) {
  using tollgate::engine::Memory;
  using tollgate::engine::MemoryFile;
  namespace flow = tollgate::flow;
  if (count < 3) return 2;
  tollgate::engine::Settings settings;
  settings.links.clear();
  for (int i = 2; i < count; ++i) settings.links.push_back({.name = words[i], .route = {}});
  const MemoryFile file(words[1], Memory::size(settings), Memory::layout(settings));
  if (file.found() != MemoryFile::Found::same) return 1;
  flow::RelayMemory memory(Memory::in(file.memory(), settings).tcp_relay, settings.tcp_relay);
  memory.adopt([&](std::uint32_t slot) {
    const flow::RelayConnection& connection = memory.committed(slot);
    const auto& [a, b] = connection.directions;
    if (a.custody.holds(a.acked) || b.custody.holds(b.acked))
      std::printf("%u %u\n", connection.ends.ends[0].port, connection.ends.ends[1].port);
  });
}
