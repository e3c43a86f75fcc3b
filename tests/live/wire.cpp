// Joins two network interfaces like a wire that is not a good one: it loses, repeats, delays and reorders
// packets, as `tc netem` does, which not every kernel has. The same seed treats the same packets alike.
//
//   wire ONE OTHER [loss=PERCENT] [duplicate=PERCENT] [reorder=PERCENT] [delay=MILLISECONDS] [seed=NUMBER]
//
// A reordered packet comes two milliseconds later than it should, and what was sent after it overtakes it.
// Says `ready` on standard output once packets pass. Ends with SIGTERM.
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t most_packets_under_way = 200'000;
constexpr milliseconds reordered_by{2};

struct Faults {
  double loss = 0, duplicate = 0, reorder = 0, delay = 0;
  double seed = 1;
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// A socket that gets every packet that arrives at an interface, and sends any.
int open_interface(const char* name) {
  const unsigned index = if_nametoindex(name);
  if (index == 0) fail(name);
  const int made = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
  if (made < 0) fail("packet socket");
  const int yes = 1;
  const int room = 32 << 20;
  packet_mreq promiscuous{};
  promiscuous.mr_ifindex = static_cast<int>(index);
  promiscuous.mr_type = PACKET_MR_PROMISC;
  if (setsockopt(made, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) != 0 ||
      setsockopt(made, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) != 0) {
    fail(name);
  }
  setsockopt(made, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  setsockopt(made, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(index);
  if (bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail(name);
  return made;
}

class Wire {
 public:
  Wire(const char* one, const char* other, const Faults& faults)
      : ends_{open_interface(one), open_interface(other)},
        faults_{faults},
        random_{static_cast<std::uint64_t>(faults.seed)} {}

  void run() {
    std::array<pollfd, 2> polled{{{ends_[0], POLLIN, 0}, {ends_[1], POLLIN, 0}}};
    for (;;) {
      const timespec wait = until_next();
      ppoll(polled.data(), polled.size(), &wait, nullptr);
      for (std::size_t from = 0; from < ends_.size(); ++from) receive(from);
      send_due();
    }
  }

 private:
  struct Passing {
    int to;
    std::vector<std::uint8_t> octets;
  };

  bool happens(double percent) { return percent > 0 && percents_(random_) < percent; }

  timespec until_next() const {
    if (passing_.empty()) return {1, 0};
    const auto left = std::max(passing_.begin()->first - Clock::now(), Clock::duration::zero());
    return {left / std::chrono::seconds(1), static_cast<long>((left % std::chrono::seconds(1)).count())};
  }

  void receive(std::size_t from) {
    const Clock::time_point now = Clock::now();
    for (int burst = 0; burst < 64; ++burst) {
      const ssize_t size = recv(ends_[from], buffer_.data(), buffer_.size(), 0);
      if (size <= 0) return;
      take({buffer_.data(), static_cast<std::size_t>(size)}, ends_[1 - from], now);
    }
  }

  void take(std::span<const std::uint8_t> packet, int to, Clock::time_point now) {
    if (happens(faults_.loss) || passing_.size() > most_packets_under_way) return;
    const Clock::time_point due = now +
                                  std::chrono::microseconds(static_cast<std::int64_t>(faults_.delay * 1000)) +
                                  (happens(faults_.reorder) ? reordered_by : milliseconds{0});
    const int copies = happens(faults_.duplicate) ? 2 : 1;
    for (int i = 0; i < copies; ++i) passing_.insert({due, {to, {packet.begin(), packet.end()}}});
  }

  void send_due() {
    const Clock::time_point now = Clock::now();
    while (!passing_.empty() && passing_.begin()->first <= now) {
      const Passing& packet = passing_.begin()->second;
      // What the interface does not take is lost, as on a real wire.
      if (send(packet.to, packet.octets.data(), packet.octets.size(), 0) < 0) ++refused_;
      passing_.erase(passing_.begin());
    }
  }

  std::array<int, 2> ends_;
  Faults faults_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> percents_{0, 100};
  std::multimap<Clock::time_point, Passing> passing_;  ///< by when it is due; equals stay in order
  std::array<std::uint8_t, 1 << 16> buffer_{};
  std::uint64_t refused_ = 0;
};

bool read_fault(std::string_view word, Faults& faults) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = word.substr(0, equals);
  const std::string_view number = word.substr(equals + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || value < 0) return false;
  const std::map<std::string_view, double*> known{{"loss", &faults.loss},
                                                  {"duplicate", &faults.duplicate},
                                                  {"reorder", &faults.reorder},
                                                  {"delay", &faults.delay},
                                                  {"seed", &faults.seed}};
  const auto found = known.find(name);
  if (found == known.end()) return false;
  *found->second = value;
  return true;
}

}  // namespace

int main(int count, char** words) {
  Faults faults;
  bool good = count >= 3;
  for (int i = 3; i < count; ++i) good = read_fault(words[i], faults) && good;
  if (!good) {
    std::fputs(
        "usage: wire ONE OTHER [loss=PERCENT] [duplicate=PERCENT] [reorder=PERCENT] [delay=MILLISECONDS] "
        "[seed=N]\n",
        stderr);
    return 2;
  }
  Wire wire(words[1], words[2], faults);
  std::puts("ready");
  std::fflush(stdout);
  wire.run();
}
