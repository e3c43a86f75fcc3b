#include "control/webhooks.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/webhook_queue.hpp"

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;

constexpr time_t connect_seconds = 5;
constexpr time_t answer_seconds = 10;
constexpr auto longest_farewell = 1s;
constexpr auto between_looks = 500ms;
constexpr std::uint64_t most_of_a_call_ns = 10'000'000'000;
constexpr std::uint64_t most_of_an_answer = 65'536;
constexpr int priority = 10;

std::uint64_t steady_now_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

/// Where the path of an address begins; its end where there is none.
std::size_t path_of(const std::string& url) {
  constexpr std::string_view before_host = "://";
  const std::size_t host = url.find(before_host);
  const std::size_t begin = host == url.npos ? 0 : host + before_host.size();
  return std::min(url.find_first_of("/?", begin), url.size());
}

/// By HMAC, so that whoever has the secret knows who sent it, and when.
httplib::Headers signature_of(const WebhookQueue::Notice& notice) {
  if (notice.secret.empty()) return {};
  const std::string time = std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
  return {{"Tollgate-Timestamp", time},
          {"Tollgate-Signature", "sha256=" + webhook_signature(notice.secret, time + "." + notice.body)}};
}

/// One call, which somebody else can cut off: its socket is known here from its begin on.
class Cutter {
 public:
  Cutter() = default;
  ~Cutter() { take(-1); }
  Cutter(const Cutter&) = delete;
  Cutter& operator=(const Cutter&) = delete;

  void begin() {
    const std::lock_guard lock(mutex_);
    until_ns_ = steady_now_ns() + most_of_a_call_ns;
    cut_ = false;
  }
  void take(int socket) {
    const std::lock_guard lock(mutex_);
    if (socket_ >= 0) ::close(socket_);
    socket_ = socket >= 0 ? ::dup(socket) : -1;
    if (cut_ && socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }
  /// Whether it was cut off.
  bool end() {
    take(-1);
    const std::lock_guard lock(mutex_);
    until_ns_ = UINT64_MAX;
    return cut_;
  }
  void cut_if(bool now) {
    const std::lock_guard lock(mutex_);
    if (!now && steady_now_ns() < until_ns_) return;
    cut_ = true;
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }

 private:
  std::mutex mutex_;
  int socket_ = -1;  ///< a copy of the call's: it stays open as long as it is known here
  std::uint64_t until_ns_ = UINT64_MAX;
  bool cut_ = false;
};

/// Why it was not taken; empty where it was. Never says the path, which may be a secret.
std::string post(const WebhookQueue::Due& due, Cutter& cutter) {
  httplib::Client client(due.url.substr(0, path_of(due.url)));
  client.set_connection_timeout(connect_seconds, 0);
  client.set_read_timeout(answer_seconds, 0);
  client.set_write_timeout(answer_seconds, 0);
  client.set_url_encode(false);
  client.set_socket_options([&cutter](socket_t socket) {
    httplib::default_socket_options(socket);
    cutter.take(socket);
  });
  const std::string path = due.url.substr(path_of(due.url));
  bool is_too_long = false;
  httplib::Request request;
  request.method = "POST";
  request.path = path.starts_with('/') ? path : "/" + path;
  request.headers = signature_of(due.notice);
  request.headers.insert({{"Content-Type", "application/json"}, {"User-Agent", "tollgate"}});
  request.body = due.notice.body;
  // What it answers beside its status is of no use.
  request.content_receiver = [&](const char*, std::size_t, std::uint64_t offset, std::uint64_t) {
    is_too_long = offset > most_of_an_answer;
    return !is_too_long;
  };
  cutter.begin();
  const httplib::Result result = client.send(request);
  if (cutter.end()) return "it takes too long";
  if (is_too_long) return "its answer does not end";
  if (!result) return httplib::to_string(result.error());
  return result->status / 100 == 2 ? "" : fmt::format("it answers with status {}", result->status);
}

}  // namespace

std::string webhook_signature(std::string_view secret, std::string_view what) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(what.data()), what.size(), mac.data(), &size);
  std::string digits;
  for (unsigned i = 0; i < size; ++i) digits += fmt::format("{:02x}", mac[i]);
  return digits;
}

/// What all threads share: one for each address, and one that looks at the time of their calls.
struct Webhooks::Work {
  explicit Work(Log said) : log(std::move(said)) {}

  const Log log;
  std::mutex mutex;  ///< of what follows
  std::condition_variable wake;
  WebhookQueue queue;
  std::map<std::string, Counts> counts;
  std::map<std::string, Cutter> calls;  ///< by address: there is a thread for each
  std::size_t threads = 0;
  bool stop = false;

  void serve(const std::string& url);
  void watch();
  void note(const WebhookQueue::Due& due, const std::string& why);
  void note_failure(const WebhookQueue::Due& due, const std::string& why);
  /// Under the mutex.
  void start(const std::shared_ptr<Work>& self, std::function<void()> what);
};

void Webhooks::Work::start(const std::shared_ptr<Work>& self, std::function<void()> what) {
  std::thread([self, what = std::move(what)] {
    ::setpriority(PRIO_PROCESS, 0, priority);  // of this thread
    what();
    const std::lock_guard lock(self->mutex);
    --self->threads;
    self->wake.notify_all();
  }).detach();
  ++threads;
}

/// Under the mutex.
void Webhooks::Work::note(const WebhookQueue::Due& due, const std::string& why) {
  if (!why.empty()) return note_failure(due, why);
  ++counts[due.notice.alert].sent;
  queue.taken(due.url);
}

void Webhooks::Work::note_failure(const WebhookQueue::Due& due, const std::string& why) {
  ++counts[due.notice.alert].failed;
  const auto given_up = queue.refused(due.url, steady_now_ns());
  for (const WebhookQueue::Notice& notice : given_up) ++counts[notice.alert].lost;
  if (stop) return;
  if (given_up.empty())
    log.warn(fmt::format("the webhook of the alert `{}` did not take a notice, and is tried again: {}",
                         due.notice.alert, why));
  else
    log.warn(fmt::format("the webhook of the alert `{}` did not take a notice for too long; {} given up: {}",
                         due.notice.alert, given_up.size(), why));
}

void Webhooks::Work::serve(const std::string& url) {
  std::unique_lock lock(mutex);
  Cutter& cutter = calls[url];
  while (!stop) {
    const auto due = queue.due(url, steady_now_ns());
    if (!due) {
      const auto next = queue.next_ns(url);
      const std::uint64_t now = steady_now_ns();
      if (!next) wake.wait(lock);
      else if (*next > now) wake.wait_for(lock, std::chrono::nanoseconds(*next - now));
      continue;
    }
    lock.unlock();
    const std::string why = post(*due, cutter);
    lock.lock();
    note(*due, why);
  }
}

void Webhooks::Work::watch() {
  std::unique_lock lock(mutex);
  while (!stop) {
    wake.wait_for(lock, between_looks, [this] { return stop; });
    for (auto& [url, cutter] : calls) cutter.cut_if(stop);
  }
}

Webhooks::Webhooks(Log log) : work_(std::make_shared<Work>(std::move(log))) {
  const std::lock_guard lock(work_->mutex);
  work_->start(work_, [work = work_.get()] { work->watch(); });
}

Webhooks::~Webhooks() {
  std::unique_lock lock(work_->mutex);
  work_->stop = true;
  for (auto& [url, cutter] : work_->calls) cutter.cut_if(true);
  work_->wake.notify_all();
  work_->wake.wait_for(lock, longest_farewell, [this] { return work_->threads == 0; });
}

void Webhooks::send(const std::string& url, const std::string& alert, std::string body, std::string secret) {
  const std::lock_guard lock(work_->mutex);
  if (!work_->calls.contains(url)) {
    work_->start(work_, [work = work_.get(), url] { work->serve(url); });
    work_->calls[url];
  }
  if (!work_->queue.add(url, {alert, std::move(body), steady_now_ns(), std::move(secret)})) {
    ++work_->counts[alert].lost;
    work_->log.warn(
        fmt::format("too many notices wait for the webhook of the alert `{}`: one is lost", alert));
  }
  work_->wake.notify_all();
}

std::map<std::string, Webhooks::Counts> Webhooks::counts() const {
  const std::lock_guard lock(work_->mutex);
  return work_->counts;
}

std::size_t Webhooks::waiting() const {
  const std::lock_guard lock(work_->mutex);
  return work_->queue.waiting();
}

}  // namespace tollgate::control
