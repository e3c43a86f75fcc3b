#include "control/webhooks.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/resource.h>

#include "control/webhook_queue.hpp"

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;

constexpr time_t connect_seconds = 5;
constexpr time_t answer_seconds = 10;
constexpr auto longest_farewell = 1s;
constexpr std::uint64_t most_of_a_call_ns = 30'000'000'000;
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

std::shared_ptr<httplib::Client> client_for(const std::string& url) {
  auto client = std::make_shared<httplib::Client>(url.substr(0, path_of(url)));
  client->set_connection_timeout(connect_seconds, 0);
  client->set_read_timeout(answer_seconds, 0);
  client->set_write_timeout(answer_seconds, 0);
  client->set_url_encode(false);
  return client;
}

/// Why it was not taken; empty where it was. Never says the path, which may be a secret.
std::string post(httplib::Client& client, const WebhookQueue::Due& due) {
  const std::string path = due.url.substr(path_of(due.url));
  bool is_too_long = false;
  const std::uint64_t began_ns = steady_now_ns();
  httplib::Request request;
  request.method = "POST";
  request.path = path.starts_with('/') ? path : "/" + path;
  request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "tollgate"}};
  request.body = due.notice.body;
  // What it answers beside its status is of no use.
  request.content_receiver = [&](const char*, std::size_t, std::uint64_t offset, std::uint64_t) {
    constexpr std::uint64_t most = 65'536;
    is_too_long = offset > most || steady_now_ns() - began_ns > most_of_a_call_ns;
    return !is_too_long;
  };
  const httplib::Result result = client.send(request);
  if (is_too_long) return "its answer does not end";
  if (!result) return httplib::to_string(result.error());
  return result->status / 100 == 2 ? "" : fmt::format("it answers with status {}", result->status);
}

}  // namespace

struct Webhooks::Work {
  explicit Work(Log said) : log(std::move(said)) {}

  const Log log;
  std::mutex mutex;  ///< of what follows
  std::condition_variable wake;
  WebhookQueue queue;
  std::map<std::string, Counts> counts;
  std::shared_ptr<httplib::Client> client;  ///< of the call that is made
  bool stop = false;
  bool ended = false;

  void run();
  void note(const WebhookQueue::Due& due, const std::string& why);
  void note_failure(const WebhookQueue::Due& due, const std::string& why);
};

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

void Webhooks::Work::run() {
  ::setpriority(PRIO_PROCESS, 0, priority);  // of this thread
  std::unique_lock lock(mutex);
  while (!stop) {
    const auto due = queue.due(steady_now_ns());
    if (!due) {
      const auto next = queue.next_ns();
      const std::uint64_t now = steady_now_ns();
      if (!next) wake.wait(lock);
      else if (*next > now) wake.wait_for(lock, std::chrono::nanoseconds(*next - now));
      continue;
    }
    const auto calling = client = client_for(due->url);
    lock.unlock();
    const std::string why = post(*calling, *due);
    lock.lock();
    client.reset();
    note(*due, why);
  }
  ended = true;
  wake.notify_all();
}

Webhooks::Webhooks(Log log) : work_(std::make_shared<Work>(std::move(log))) {
  std::thread([work = work_] { work->run(); }).detach();
}

Webhooks::~Webhooks() {
  std::unique_lock lock(work_->mutex);
  work_->stop = true;
  if (work_->client) work_->client->stop();
  work_->wake.notify_all();
  work_->wake.wait_for(lock, longest_farewell, [this] { return work_->ended; });
}

void Webhooks::send(const std::string& url, const std::string& alert, std::string body) {
  const std::lock_guard lock(work_->mutex);
  if (!work_->queue.add(url, {alert, std::move(body), steady_now_ns()})) {
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
