// Short messages at a rate through what stands between two interfaces, and what becomes of each of them.
//
// usage: push-load CLIENT SERVER EVENTS RATE [ASSOCIATIONS]
//
// CLIENT is the process id of a namespace with the interface c0, SERVER of one with s0. An association of its
// own (addresses that nobody has), or several that take turns, carry RATE MT-ForwardSM a second from c0 to
// s0, one a packet, numbered by their transaction; acknowledgements come back. Nothing is ever sent twice.
// EVENTS is a pipe from which events are read. Texts are of three kinds, which take turns: `word alpha`,
// `word bravo`, `word charl`.
//
// Begins when a line comes on standard input, and ends when that does: waits until nothing more comes, then
// prints JSON: how many packets were sent and came, how many came too late, doubled or otherwise changed than
// by the operation code 127; how many events came, twice, or of something else; how often the ruleset changed
// from a message to the next one of its association; and how many there were by ruleset, kind, verdict and
// whether the packet came changed.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live/map_node.hpp"
#include "traffic/encode_net.hpp"
#include "traffic/encode_sctp.hpp"

namespace live {
namespace {

using tollgate::traffic::Bytes;
using tollgate::traffic::Host;
namespace sctp = tollgate::traffic::sctp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kinds = 3;
constexpr std::array<const char*, kinds> words{"alpha", "bravo", "charl"};
constexpr std::uint32_t marker = 0xA5C3F00D;  // in the place of the transaction's number
constexpr std::size_t most_messages = 64'000'000;
constexpr unsigned batch = 32;
constexpr std::chrono::milliseconds between_looks{1};  // what is measured needs the CPU more
constexpr std::uint32_t to_server = 0x11111111;        // verification tags, of the first association
constexpr std::uint32_t to_client = 0x22222222;
constexpr std::uint16_t port = 2905;
constexpr std::uint32_t ppid_m3ua = 3;
constexpr std::uint8_t mt_forward_sm = 44;
constexpr std::uint8_t unassigned = 127;

void require(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

/// A socket on an interface of another namespace.
class PacketSocket {
 public:
  PacketSocket(const std::string& process, const char* interface) {
    const int space = ::open(("/proc/" + process + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC);
    require(space >= 0 && ::setns(space, CLONE_NEWNET) == 0, "the namespace");
    ::close(space);
    socket_ = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    require(socket_ >= 0, "a packet socket");
    const int one = 1;
    const int room = 256 << 20;
    ::setsockopt(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
    ::setsockopt(socket_, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    sockaddr_ll at{};
    at.sll_family = AF_PACKET;
    at.sll_protocol = htons(ETH_P_ALL);
    at.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    require(at.sll_ifindex != 0 && ::bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0,
            interface);
  }
  ~PacketSocket() { ::close(socket_); }
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;

  void send(const Bytes* packets, unsigned count) {
    std::array<mmsghdr, batch> all{};
    std::array<iovec, batch> octets{};
    for (unsigned i = 0; i < count; ++i) {
      octets[i] = {const_cast<std::uint8_t*>(packets[i].data()), packets[i].size()};
      all[i].msg_hdr.msg_iov = &octets[i];
      all[i].msg_hdr.msg_iovlen = 1;
    }
    for (unsigned sent = 0; sent < count;) {
      const int now = ::sendmmsg(socket_, &all[sent], count - sent, 0);
      if (now < 0 && (errno == ENOBUFS || errno == EINTR)) continue;
      require(now > 0, "sending");
      sent += static_cast<unsigned>(now);
    }
  }

  /// Calls `each` with each packet that has come; how many.
  template <class Each>
  int receive(int wait_ms, Each&& each) {
    pollfd one{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&one, 1, wait_ms) <= 0) return 0;
    std::array<mmsghdr, batch> all{};
    std::array<iovec, batch> octets{};
    for (unsigned i = 0; i < batch; ++i) {
      octets[i] = {room_[i].data(), room_[i].size()};
      all[i].msg_hdr.msg_iov = &octets[i];
      all[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = ::recvmmsg(socket_, all.data(), batch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<unsigned>(i);
      each(View(room_[at].data(), all[at].msg_len));
    }
    return std::max(count, 0);
  }

 private:
  int socket_ = -1;
  std::array<std::array<std::uint8_t, 2048>, batch> room_{};
};

Bytes packet(const Host& from, const Host& to, std::uint32_t tag, const Bytes& chunks) {
  Bytes in_ip;
  sctp::common_header(in_ip, port, port, tag);
  in_ip.append(chunks);
  sctp::finish(in_ip);
  Bytes out;
  tollgate::traffic::encode_link(out, tollgate::traffic::LinkType::ethernet, tollgate::traffic::Tags::none,
                                 from, to);
  tollgate::traffic::encode_ip(out, from, to, tollgate::traffic::ip_protocol_sctp, in_ip.size(), {});
  out.append(in_ip);
  return out;
}

/// Where the number stands that is the marker.
std::size_t place_of_marker(const Octets& octets) {
  const std::array<std::uint8_t, 4> wanted{0xA5, 0xC3, 0xF0, 0x0D};
  const auto found = std::search(octets.begin(), octets.end(), wanted.begin(), wanted.end());
  if (found == octets.end()) throw std::logic_error("the request has no marker");
  return static_cast<std::size_t>(found - octets.begin());
}

std::uint32_t number_at(View octets, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) number = number << 8U | octets[i];
  return number;
}

/// What is sent: packet N, the same each time it is made.
class Messages {
 public:
  explicit Messages(unsigned associations) {
    for (unsigned i = 1; i <= associations; ++i) {
      clients_.push_back(tollgate::traffic::ipv4_host(0, i, port));
      servers_.push_back(tollgate::traffic::ipv4_host(1, i, port));
    }
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      const ShortMessage message{.version = 3,
                                 .imsi = "001010123456789",
                                 .sender = "447700900123",
                                 .text = std::string("Dear friend, the word ") + words[kind] +
                                         " is for you, call us back when you have time"};
      m3ua_[kind] = request(message, Form::unitdata, marker).at(0);
    }
    number_in_m3ua_ = place_of_marker(m3ua_[0]);
    number_in_packet_ = place_of_marker(as_octets(make(marker)));
    code_in_packet_ = find_code();
  }

  Bytes make(std::uint32_t number) const {
    const std::size_t kind = number % kinds;
    Octets m3ua = m3ua_[kind];
    for (unsigned i = 0; i < 4; ++i)
      m3ua[number_in_m3ua_ + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    Bytes chunk;
    const std::uint32_t in_its_own = number / associations();
    sctp::data(chunk, {.tsn = in_its_own + 1,
                       .stream = 0,
                       .sequence = static_cast<std::uint16_t>(in_its_own),
                       .ppid = ppid_m3ua,
                       .payload = m3ua});
    return packet(clients_[association(number)], servers_[association(number)],
                  to_server + association(number), chunk);
  }
  Bytes acknowledge(std::uint32_t number) const {
    Bytes chunk;
    sctp::sack(chunk, number / associations() + 1);
    return packet(servers_[association(number)], clients_[association(number)],
                  to_client + association(number), chunk);
  }
  std::uint32_t associations() const { return static_cast<std::uint32_t>(clients_.size()); }
  std::uint32_t association(std::uint64_t number) const {
    return static_cast<std::uint32_t>(number % associations());
  }
  /// What begins an association: the client's, then the server's.
  std::array<Bytes, 2> begin(unsigned association) const {
    Bytes first;
    sctp::init(first, sctp::ChunkType::init, to_client + association, 1);
    Bytes second;
    sctp::init(second, sctp::ChunkType::init_ack, to_server + association, 1);
    const Host& client = clients_[association];
    const Host& server = servers_[association];
    return {packet(client, server, 0, first), packet(server, client, to_client + association, second)};
  }

  /// Whether these are the octets of one of them, whatever became of it.
  bool is_one(View octets) const {
    return octets.size() == size() && octets[23] == tollgate::traffic::ip_protocol_sctp;
  }
  std::uint32_t number(View octets) const { return number_at(octets, number_in_packet_); }
  std::size_t size() const { return size_; }

  enum class State : std::uint8_t { none, as_sent, blocked, other };
  /// The checksum of one that was changed is not looked at: its receiver would.
  State state(View octets) const {
    Bytes sent = make(number(octets));
    if (std::equal(octets.begin(), octets.end(), sent.span().begin(), sent.span().end()))
      return State::as_sent;
    sent.set_u8(code_in_packet_, unassigned);
    Bytes again;
    again.append(sent.span(sctp_at, sent.size() - sctp_at));
    again.set_u32(8, 0);
    sctp::finish(again);
    const bool same =
        std::equal(octets.begin() + sctp_at, octets.end(), again.span().begin(), again.span().end());
    return same ? State::blocked : State::other;
  }

 private:
  static constexpr std::size_t sctp_at = 14 + 20;
  static Octets as_octets(const Bytes& bytes) { return {bytes.span().begin(), bytes.span().end()}; }

  std::size_t find_code() {
    const Bytes whole = make(marker);
    size_ = whole.size();
    const std::array<std::uint8_t, 3> code{0x02, 0x01, mt_forward_sm};
    const auto octets = whole.span();
    const auto found = std::search(octets.begin(), octets.end(), code.begin(), code.end());
    if (found == octets.end()) throw std::logic_error("the request has no operation");
    return static_cast<std::size_t>(found - octets.begin()) + 2;
  }

  std::vector<Host> clients_;  ///< by association
  std::vector<Host> servers_;
  std::array<Octets, kinds> m3ua_;
  std::size_t number_in_m3ua_ = 0;
  std::size_t number_in_packet_ = 0;
  std::size_t code_in_packet_ = 0;
  std::size_t size_ = 0;
};

/// The value of `"name":"value"` in a line; empty where there is none.
std::string_view value_of(std::string_view line, std::string_view name) {
  const std::size_t at = line.find(name);
  if (at == line.npos) return {};
  const std::size_t begin = at + name.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

class Load {
 public:
  Load(const std::string& client, const std::string& server, std::string events, double rate,
       unsigned associations)
      : client_(client, "c0"),
        server_(server, "s0"),
        messages_(associations),
        path_(std::move(events)),
        rate_(rate),
        seen_(most_messages) {}

  void run() {
    std::thread events([this] { read_events(); });
    std::thread received([this] { receive(); });
    while (std::getchar() != '\n' && std::feof(stdin) == 0) {
    }
    for (const bool by_server : {false, true}) {
      for (unsigned association = 0; association < messages_.associations(); ++association)
        (by_server ? server_ : client_).send(&messages_.begin(association)[by_server ? 1 : 0], 1);
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    send();
    for (std::uint64_t before = ~std::uint64_t{0}; before != came_ + events_;) {
      before = came_ + events_;
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    ends_ = true;
    received.join();
    events.join();
    print();
  }

 private:
  struct Seen {
    Messages::State state = Messages::State::none;
    std::uint8_t ruleset = 0;  ///< by order of appearance, from 1
    std::uint8_t verdict = 0;  ///< 1 pass, 2 block, 3 another
  };

  static bool input_has_ended() {
    pollfd one{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    char octet = 0;
    return ::poll(&one, 1, 0) > 0 && ::read(STDIN_FILENO, &octet, 1) <= 0;
  }

  void send() {
    const auto began = Clock::now();
    std::array<Bytes, batch> packets;
    while (!input_has_ended() && sent_ < most_messages) {
      const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
      const auto due = static_cast<std::uint64_t>(seconds * rate_);
      for (unsigned rounds = 0; sent_ < due && rounds < 100; ++rounds) {
        const auto count =
            static_cast<unsigned>(std::min<std::uint64_t>({batch, due - sent_, most_messages - sent_}));
        if (count == 0) break;
        for (unsigned i = 0; i < count; ++i)
          packets[i] = messages_.make(static_cast<std::uint32_t>(sent_ + i));
        client_.send(packets.data(), count);
        sent_ += count;
      }
      std::this_thread::sleep_for(between_looks);
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - began).count();
  }

  void receive() {
    struct Ways {
      std::uint64_t next = 0;
      std::uint64_t acknowledged = 0;
    };
    std::vector<Ways> all(messages_.associations());
    while (!ends_) {
      const int count = server_.receive(10, [&](View octets) {
        if (!messages_.is_one(octets)) return;
        const std::uint64_t number = messages_.number(octets);
        if (number >= most_messages) {
          ++strange_;
          return;
        }
        Seen& seen = seen_[number];
        if (seen.state != Messages::State::none) ++doubled_;
        seen.state = messages_.state(octets);
        std::uint64_t& next = all[messages_.association(number)].next;
        if (number < next) ++late_;
        next = std::max(next, number + 1);
        ++came_;
      });
      if (count < static_cast<int>(batch)) std::this_thread::sleep_for(between_looks);
      for (Ways& one : all) {
        if (one.next < one.acknowledged + batch) continue;
        one.acknowledged = one.next;
        const Bytes sack = messages_.acknowledge(static_cast<std::uint32_t>(one.next - 1));
        server_.send(&sack, 1);
      }
    }
  }

  void read_events() {
    const int pipe = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    require(pipe >= 0, path_.c_str());
    std::string text;
    std::vector<char> room(1U << 20U);
    while (!ends_) {
      pollfd one{.fd = pipe, .events = POLLIN, .revents = 0};
      ::poll(&one, 1, 10);
      const ssize_t count = ::read(pipe, room.data(), room.size());
      if (count <= 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      text.append(room.data(), static_cast<std::size_t>(count));
      std::size_t begin = 0;
      for (std::size_t end = 0; (end = text.find('\n', begin)) != text.npos; begin = end + 1)
        note(std::string_view(text).substr(begin, end - begin));
      text.erase(0, begin);
    }
    ::close(pipe);
  }

  void note(std::string_view line) {
    const std::string_view number_text = value_of(line, R"("otid":")");
    const std::string_view ruleset = value_of(line, R"("ruleset":")");
    const std::uint64_t number = number_text.size() == 8
                                     ? std::strtoull(std::string(number_text).c_str(), nullptr, 16)
                                     : most_messages;
    const std::string_view verdict = value_of(line, R"("verdict":")");
    if (number >= most_messages || ruleset.empty()) {
      ++strange_;
      return;
    }
    Seen& seen = seen_[number];
    if (seen.ruleset != 0) ++events_doubled_;
    seen.ruleset = index_of(ruleset);
    seen.verdict = verdict == "pass" ? 1 : verdict == "block" ? 2 : 3;
    ++events_;
  }

  std::uint8_t index_of(std::string_view ruleset) {
    if (!rulesets_.empty() && rulesets_[last_] == ruleset) return static_cast<std::uint8_t>(last_ + 1);
    last_ =
        static_cast<std::size_t>(std::find(rulesets_.begin(), rulesets_.end(), ruleset) - rulesets_.begin());
    if (last_ == rulesets_.size()) rulesets_.emplace_back(ruleset);
    if (last_ >= 254) throw std::runtime_error("more rulesets than there is room for");
    return static_cast<std::uint8_t>(last_ + 1);
  }

  void print() const {
    std::map<std::tuple<unsigned, std::size_t, unsigned, bool>, std::uint64_t> by;
    std::uint64_t lost = 0, unread = 0, other = 0, exchanges = 0;
    std::vector<std::uint8_t> before_in(messages_.associations());
    for (std::uint64_t number = 0; number < sent_; ++number) {
      const Seen& seen = seen_[number];
      if (seen.state == Messages::State::none) ++lost;
      if (seen.state == Messages::State::other) ++other;
      if (seen.ruleset == 0 && seen.state != Messages::State::none) ++unread;
      if (seen.ruleset == 0 && seen.state == Messages::State::blocked) ++other;
      if (seen.ruleset != 0) {
        std::uint8_t& before = before_in[messages_.association(number)];
        if (before != 0 && seen.ruleset != before) ++exchanges;
        before = seen.ruleset;
        ++by[{seen.ruleset, number % kinds, seen.verdict, seen.state == Messages::State::blocked}];
      }
    }
    std::printf(
        "{\"seconds\": %.3f, \"sent\": %llu, \"came\": %llu, \"lost\": %llu, \"late\": %llu, \"doubled\": "
        "%llu, \"other\": %llu, "
        "\"events\": %llu, \"events_doubled\": %llu, \"unread\": %llu, \"strange\": %llu, "
        "\"exchanges\": %llu, "
        "\"by\": [",
        seconds_, number(sent_), number(came_), number(lost), number(late_), number(doubled_), number(other),
        number(events_), number(events_doubled_), number(unread), number(strange_), number(exchanges));
    const char* comma = "";
    for (const auto& [key, count] : by) {
      const auto& [ruleset, kind, verdict, blocked] = key;
      constexpr std::array<const char*, 4> names{"", "pass", "block", "another"};
      std::printf(
          "%s{\"ruleset\": \"%s\", \"kind\": \"%s\", \"verdict\": \"%s\", \"changed\": %s, \"count\": %llu}",
          comma, rulesets_[ruleset - 1].c_str(), words[kind], names[verdict], blocked ? "true" : "false",
          number(count));
      comma = ", ";
    }
    std::printf("]}\n");
  }
  static unsigned long long number(std::uint64_t value) { return value; }

  PacketSocket client_;
  PacketSocket server_;
  const Messages messages_;
  const std::string path_;
  const double rate_;
  // Of one message the thread that receives writes the state, the one that reads events the rest.
  std::vector<Seen> seen_;
  std::vector<std::string> rulesets_;
  std::size_t last_ = 0;
  std::uint64_t sent_ = 0, late_ = 0, doubled_ = 0, events_doubled_ = 0;
  std::atomic<std::uint64_t> came_ = 0, events_ = 0, strange_ = 0;
  double seconds_ = 0;
  std::atomic<bool> ends_ = false;
};

}  // namespace
}  // namespace live

int main(int count, char** words) {
  const unsigned long associations = count == 6 ? std::strtoul(words[5], nullptr, 10) : 1;
  if (count < 5 || count > 6 || associations == 0 || associations > 100) {
    std::fputs("usage: push-load CLIENT SERVER EVENTS RATE [ASSOCIATIONS]\n", stderr);
    return 2;
  }
  try {
    live::Load(words[1], words[2], words[3], std::atof(words[4]), static_cast<unsigned>(associations)).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "push-load: %s\n", error.what());
    return 1;
  }
}
