// A sink that writes each event as a syslog message: plugins/README.md says to where, and what is bounded.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "../sink.hpp"
#include "message.hpp"
#include "plugin.h"
#include "target.hpp"

namespace {

using namespace syslog_sink;

constexpr std::uint64_t millisecond_ns = 1'000'000;
constexpr std::uint64_t least_wait_ns = 200 * millisecond_ns;
constexpr std::uint64_t most_wait_ns = 10'000 * millisecond_ns;

struct Settings {
  std::optional<Address> to;
  Header header;
  std::size_t most_octets = 0;  ///< of a message
  std::size_t most_kept = 0;    ///< octets of messages that wait
};

constexpr std::array<std::string_view, 6> verdicts{"", "pass", "block", "charge", "throttle", "divert"};

Event event_of(const tollgate_event& event) {
  return {.time_ns = event.time_ns,
          .id = sinks::view(event.id),
          .json = sinks::view(event.json),
          .kind = event.kind == TOLLGATE_MESSAGE ? "message" : "response",
          .protocol = event.protocol == TOLLGATE_MAP ? "map" : "smpp",
          .verdict = event.verdict < verdicts.size() ? verdicts[event.verdict] : "",
          .alert = event.alert != 0};
}

/// Messages that cannot be sent wait in memory, up to a bound; then the oldest are lost.
class Syslog {
 public:
  explicit Syslog(const Settings& settings) : settings_(settings), target_(*settings.to) {}

  void take(const tollgate_event_batch& events) {
    for (std::size_t i = 0; i < events.count; ++i)
      keep(write(settings_.header, event_of(*events.events[i]), settings_.most_octets));
    if (error_.empty()) send();
  }
  void tick(std::uint64_t time_ns) {
    if (waiting_.empty()) return;
    if (!error_.empty() && next_try_ns_ > time_ns && next_try_ns_ - time_ns <= most_wait_ns) return;
    if (send()) return;
    next_try_ns_ = time_ns + wait_ns_;
    wait_ns_ = std::min(wait_ns_ * 2, most_wait_ns);
  }
  void reopen() { target_.close(); }
  void finish(std::chrono::milliseconds /*time*/) {
    send();
    lost_ += waiting_.size();
    waiting_.clear();
  }
  sinks::Health health() const {
    return {.sent = sent_, .lost = lost_, .waiting = waiting_.size(), .error = error_};
  }

 private:
  void keep(std::string message) {
    octets_ += message.size();
    waiting_.push_back(std::move(message));
    for (; octets_ > settings_.most_kept && waiting_.size() > 1; ++lost_) forget_oldest();
  }
  void forget_oldest() {
    octets_ -= waiting_.front().size();
    waiting_.pop_front();
  }
  bool send() {
    for (; !waiting_.empty(); ++sent_) {
      if (!target_.send(waiting_.front())) {
        error_ = target_.error();
        return false;
      }
      forget_oldest();
    }
    error_.clear();
    wait_ns_ = least_wait_ns;
    return true;
  }

  const Settings settings_;
  Target target_;
  std::deque<std::string> waiting_;
  std::size_t octets_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t next_try_ns_ = 0;
  std::uint64_t wait_ns_ = least_wait_ns;
  std::string error_;
};

// As RFC 5424 6 has them: visible characters of ASCII, so many of them.
bool is_printable(std::string_view text, std::size_t most, std::string_view but = "") {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > ' ' && c < 127 && but.find(c) == but.npos;
  });
}

constexpr std::array<std::string_view, 24> facilities{
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",     "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "console", "cron2",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6",  "local7"};

std::string own_host() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return is_printable(name.data(), 255) ? name.data() : "-";
}

Settings read(sinks::Settings& given) {
  Settings settings;
  settings.to = read_address(given.text("to"));
  if (!given.has("to"))
    given.refuse("`to` is missing; it says where the collector is, such as udp://192.0.2.1:514");
  else if (!settings.to) given.unexpected("to", "udp://HOST:PORT, tcp://HOST:PORT or unix:PATH");
  const auto facility = std::find(facilities.begin(), facilities.end(), given.text("facility", "local0"));
  if (facility == facilities.end()) given.unexpected("facility", "one of RFC 5424, such as local0 or daemon");
  settings.header.facility = static_cast<unsigned>(facility - facilities.begin());
  settings.header.host = given.text("host", own_host());
  if (!is_printable(settings.header.host, 255))
    given.unexpected("host", "1 to 255 visible characters of ASCII");
  settings.header.program = given.text("program", "tollgate");
  if (!is_printable(settings.header.program, 48))
    given.unexpected("program", "1 to 48 visible characters of ASCII");
  settings.header.process = std::to_string(::getpid());
  // Numbers of enterprises are given by IANA. 32473 is the one for documentation (RFC 5612).
  settings.header.element = given.text("element", "tollgate@32473");
  if (!is_printable(settings.header.element, 32, "= ]\""))
    given.unexpected("element", "a name such as tollgate@32473, with the number of an enterprise");
  const bool tcp = settings.to && settings.to->kind == Address::Kind::tcp;
  settings.most_octets =
      given.number("octets", tcp ? 65'536 : 8'192, 480, tcp ? 1'048'576 : 65'000, "octets");
  settings.most_kept = given.number("memory_mib", 16, 1, 1'024, "MiB") << 20U;
  return settings;
}

std::unique_ptr<Syslog> make(sinks::Settings& given) {
  const Settings settings = read(given);
  if (!given.good() || given.only_check()) return nullptr;
  return std::make_unique<Syslog>(settings);
}

}  // namespace

const tollgate_plugin* tollgate_plugin_get(void) { return sinks::Plugin<Syslog, make>::describe("syslog"); }
