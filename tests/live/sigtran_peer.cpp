// A MAP node on usrsctp: an SCTP that is not ours, over raw sockets. One centre sends short messages to one
// MSC, each in a dialogue of its own, over M3UA. Both write one JSON line for each thing that happens;
// `ready` before anything else.
//
//   sigtran_peer msc LOCAL[,LOCAL]
//   sigtran_peer centre LOCAL[,LOCAL] REMOTE MESSAGES WINDOW STREAMS [FRAGMENT]
//
// MESSAGES: a file of JSON lines {"index", "version", "imsi", "sender", "text", "form"}; at most WINDOW of
// them are unanswered. FRAGMENT: SCTP cuts what is longer. The MSC ends with its association, the centre with
// its last answer.
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <unistd.h>
#include <usrsctp.h>

#include "live/map_node.hpp"

namespace {

using Json = nlohmann::json;
using live::Octets;
using live::View;

constexpr std::uint16_t port = 2905;
constexpr std::uint32_t ppid_m3ua = 3;
constexpr unsigned longest_run_seconds = 900;

void say(Json what) {
  what["at"] = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::string line = what.dump() + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

[[noreturn]] void fail(const char* what) {
  say({{"event", "error"}, {"text", std::string(what) + ": " + std::strerror(errno)}});
  std::_Exit(1);
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> made;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    made.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return made;
}

sockaddr_in address(const std::string& text, std::uint16_t of_port) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_port = htons(of_port);
  if (inet_pton(AF_INET, text.c_str(), &made.sin_addr) != 1) fail("address");
  return made;
}

template <class Value>
void set(struct socket* s, int option, const Value& value) {
  if (usrsctp_setsockopt(s, IPPROTO_SCTP, option, &value, sizeof value) != 0) fail("option");
}

/// Timers of a signalling network: a lost packet or path is noticed in a fraction of a second.
struct socket* open_socket(const std::string& locals, std::uint32_t fragment) {
  struct socket* s = usrsctp_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
  if (s == nullptr) fail("socket");
  set(s, SCTP_RECVRCVINFO, 1);
  set(s, SCTP_NODELAY, 1);
  sctp_initmsg init{};
  init.sinit_num_ostreams = init.sinit_max_instreams = 17;
  set(s, SCTP_INITMSG, init);
  sctp_rtoinfo rto{};
  rto.srto_initial = 300;
  rto.srto_min = 100;
  rto.srto_max = 1000;
  set(s, SCTP_RTOINFO, rto);
  sctp_paddrparams paths{};
  paths.spp_address.ss_family = AF_INET;
  paths.spp_hbinterval = 500;
  paths.spp_pathmaxrxt = 2;
  paths.spp_flags = SPP_HB_ENABLE;
  set(s, SCTP_PEER_ADDR_PARAMS, paths);
  sctp_assocparams patience{};  // an association outlives Tollgate's restart
  patience.sasoc_asocmaxrxt = 60;
  set(s, SCTP_ASSOCINFO, patience);
  if (fragment != 0) {
    sctp_assoc_value largest{};
    largest.assoc_value = fragment;
    set(s, SCTP_MAXSEG, largest);
  }
  for (const int type : {SCTP_ASSOC_CHANGE, SCTP_SHUTDOWN_EVENT}) {
    sctp_event event{};
    event.se_assoc_id = SCTP_FUTURE_ASSOC;
    event.se_type = static_cast<std::uint16_t>(type);
    event.se_on = 1;
    set(s, SCTP_EVENT, event);
  }
  const int room = 4 << 20;
  usrsctp_setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  usrsctp_setsockopt(s, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  std::vector<sockaddr_in> bound;
  for (const std::string& local : split(locals)) bound.push_back(address(local, port));
  if (usrsctp_bindx(s, reinterpret_cast<sockaddr*>(bound.data()), static_cast<int>(bound.size()),
                    SCTP_BINDX_ADD_ADDR) != 0) {
    fail("bind");
  }
  return s;
}

bool send(struct socket* s, View message, std::uint16_t stream) {
  sctp_sndinfo info{};
  info.snd_sid = stream;
  info.snd_ppid = htonl(ppid_m3ua);
  return usrsctp_sendv(s, message.data(), message.size(), nullptr, 0, &info, sizeof info, SCTP_SENDV_SNDINFO,
                       0) >= 0;
}

std::uint16_t type_of(View notification) {
  std::uint16_t type = 0;  // the first member of every notification
  if (notification.size() >= sizeof type) std::memcpy(&type, notification.data(), sizeof type);
  return type;
}

void say_association(View notification) {
  sctp_assoc_change change{};
  if (notification.size() < sizeof change) return;
  std::memcpy(&change, notification.data(), sizeof change);
  if (change.sac_type != SCTP_ASSOC_CHANGE) return;
  const char* state = change.sac_state == SCTP_COMM_UP         ? "up"
                      : change.sac_state == SCTP_COMM_LOST     ? "lost"
                      : change.sac_state == SCTP_RESTART       ? "restart"
                      : change.sac_state == SCTP_SHUTDOWN_COMP ? "shut down"
                                                               : "not set up";
  say({{"event", "association"}, {"state", state}});
}

/// Gives each M3UA message, with its stream, to `use`, until the association ends; calls `shut_down` when the
/// other end has said that it sends no more.
template <class Use, class ShutDown>
void receive(struct socket* s, Use&& use, ShutDown&& shut_down) {
  static std::array<std::uint8_t, 1 << 16> buffer;
  for (;;) {
    sctp_rcvinfo info{};
    socklen_t info_size = sizeof info;
    socklen_t from_size = 0;
    unsigned type = 0;
    int flags = 0;
    const ssize_t size =
        usrsctp_recvv(s, buffer.data(), buffer.size(), nullptr, &from_size, &info, &info_size, &type, &flags);
    if (size <= 0) return;
    const View message{buffer.data(), static_cast<std::size_t>(size)};
    const bool is_notification = (flags & MSG_NOTIFICATION) != 0;
    if (is_notification && type_of(message) == SCTP_SHUTDOWN_EVENT) shut_down();
    else if (is_notification) say_association(message);
    else if (size >= 8) use(message, info.rcv_sid);
  }
}

/// RFC 4666 3.1.2, 3.5, 3.7
constexpr std::uint8_t asp_state = 3, asp_traffic = 4, transfer = 1;
constexpr std::uint8_t up = 1, up_ack = 4, active = 1, active_ack = 3;

Octets management(std::uint8_t message_class, std::uint8_t type) {
  return {1, 0, message_class, type, 0, 0, 0, 8};
}

int serve(const std::string& locals) {
  struct socket* listening = open_socket(locals, 0);
  if (usrsctp_listen(listening, 1) != 0) fail("listen");
  say({{"event", "ready"}});
  struct socket* s = usrsctp_accept(listening, nullptr, nullptr);
  if (s == nullptr) fail("accept");
  set(s, SCTP_RECVRCVINFO, 1);
  set(s, SCTP_NODELAY, 1);
  live::Reader reader;
  const auto use = [&](View message, std::uint16_t stream) {
    if (message[2] == asp_state && message[3] == up) {
      send(s, management(asp_state, up_ack), 0);
    } else if (message[2] == asp_traffic && message[3] == active) {
      send(s, management(asp_traffic, active_ack), 0);
    } else if (const auto begin = reader.read(message)) {
      const live::Reaction reaction = live::react(*begin);
      Json line{{"event", "begin"},        {"outcome", reaction.outcome},
                {"dialogue", begin->otid}, {"version", begin->version},
                {"stream", stream},        {"operation", begin->code}};
      if (const auto sm = live::argument(*begin)) {
        line.update({{"imsi", sm->imsi}, {"sender", sm->sender}, {"text", sm->text}});
      }
      say(std::move(line));
      send(s, reaction.m3ua, stream);
    }
  };
  receive(s, use, [&] { say({{"event", "end"}, {"broken", reader.broken}}); });
  return 0;
}

class Centre {
 public:
  Centre(struct socket* s, std::size_t window) : socket_(s), window_(window) {}

  void run(const std::string& path, std::uint16_t streams) {
    std::thread receiver([this] {
      receive(
          socket_, [this](View message, std::uint16_t) { take(message); }, [] {});
      const std::lock_guard lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    });
    send(socket_, management(asp_state, up), 0);
    wait([this] { return is_up_; });
    send(socket_, management(asp_traffic, active), 0);
    wait([this] { return is_active_; });
    say({{"event", "active"}});
    std::ifstream lines(path);
    for (std::string line; std::getline(lines, line);) submit(Json::parse(line), streams);
    wait([this] { return open_ == 0; });
    say({{"event", "done"}, {"broken", reader_.broken}});
    usrsctp_shutdown(socket_, SHUT_WR);
    receiver.join();
  }

 private:
  template <class Happened>
  void wait(Happened happened) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return happened() || ended_; });
    if (!happened()) {
      say({{"event", "error"}, {"text", "the association ended"}});
      std::_Exit(1);
    }
  }

  void submit(const Json& line, std::uint16_t streams) {
    wait([this] { return open_ < window_; });
    const live::ShortMessage message{line["version"], line["imsi"], line["sender"], line["text"]};
    const std::uint32_t index = line["index"];
    const std::string form = line["form"];
    {
      const std::lock_guard lock(mutex_);
      ++open_;
    }
    const auto stream = static_cast<std::uint16_t>(1 + index % streams);
    for (const Octets& one : live::request(message,
                                           form == "udt"    ? live::Form::unitdata
                                           : form == "xudt" ? live::Form::extended_unitdata
                                                            : live::Form::segments,
                                           index)) {
      if (!send(socket_, one, stream)) fail("send");
    }
  }

  void take(View message) {
    if (message[2] == transfer) take_answer(message);
    const std::lock_guard lock(mutex_);
    if (message[2] == asp_state && message[3] == up_ack) is_up_ = true;
    if (message[2] == asp_traffic && message[3] == active_ack) is_active_ = true;
    changed_.notify_all();
  }

  void take_answer(View message) {
    const auto answer = reader_.read(message);
    if (!answer) return;
    const char* outcome = answer->type == 0x67        ? "abort"
                          : answer->component == 0xa2 ? "result"
                          : answer->component == 0xa3 ? "error"
                          : answer->component == 0xa4 ? "reject"
                                                      : "other";
    say({{"event", "answer"}, {"index", answer->dtid}, {"outcome", outcome}, {"code", answer->code}});
    const std::lock_guard lock(mutex_);
    --open_;
  }

  struct socket* socket_;
  std::size_t window_;
  live::Reader reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;
  bool is_up_ = false, is_active_ = false, ended_ = false;
};

int usage() {
  std::fputs(
      "usage: sigtran_peer msc LOCAL[,LOCAL] | centre LOCAL[,LOCAL] REMOTE MESSAGES WINDOW STREAMS "
      "[FRAGMENT]\n",
      stderr);
  return 2;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.size() < 2) return usage();
  alarm(longest_run_seconds);
  usrsctp_init(0, nullptr, nullptr);
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_blackhole(2);
  if (arguments[0] == "msc") {
    const int status = serve(arguments[1]);
    std::_Exit(status);
  }
  if (arguments[0] != "centre" || arguments.size() < 6) return usage();
  struct socket* s = open_socket(
      arguments[1], arguments.size() > 6 ? static_cast<std::uint32_t>(std::stoul(arguments[6])) : 0);
  sockaddr_in remote = address(arguments[2], port);
  if (usrsctp_connect(s, reinterpret_cast<sockaddr*>(&remote), sizeof remote) != 0) fail("connect");
  say({{"event", "ready"}});
  Centre(s, std::stoul(arguments[4])).run(arguments[3], static_cast<std::uint16_t>(std::stoul(arguments[5])));
  std::_Exit(0);
}
