#include "server.hpp"

#include <algorithm>
#include <utility>

#include <httplib.h>
#include <schema_text.hpp>  // made of schema.sql

#include "rows.hpp"

namespace clickhouse {
namespace {

constexpr time_t connect_seconds = 5;
constexpr std::size_t most_of_answer = 160;  // the rest of it is the server's own trace

/// As one line: an answer is the first of many, of which what follows is of no use here.
std::string one_line(std::string text) {
  text.resize(std::min(text.size(), most_of_answer));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

/// An error of ClickHouse as far as it tells nothing of the rows: its code and what kind it is.
std::string reason(int status, const std::string& answer) {
  std::string said = one_line(answer);
  // `Cannot parse input: … (at row 3) Row 3: …` shows what stands in rows, which logs are not to show.
  for (const char* shows : {"Cannot parse", "Row ", "Column ", "before: "}) {
    if (const std::size_t at = said.find(shows); at != std::string::npos) said.resize(at);
  }
  return "HTTP " + std::to_string(status) + (said.empty() ? "" : ": " + said);
}

}  // namespace

std::string_view schema() { return schema_text; }

Server::Server(ServerSettings settings) : settings_(std::move(settings)) {}

Server::~Server() = default;

void Server::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (client_) client_->stop();
}

std::shared_ptr<httplib::Client> Server::client() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return nullptr;
  if (client_) return client_;
  client_ = std::make_shared<httplib::Client>(settings_.url);
  client_->set_keep_alive(true);
  client_->set_connection_timeout(connect_seconds, 0);
  client_->set_read_timeout(static_cast<time_t>(settings_.timeout_seconds), 0);
  client_->set_write_timeout(static_cast<time_t>(settings_.timeout_seconds), 0);
  if (!settings_.user.empty()) client_->set_basic_auth(settings_.user, settings_.password);
  if (!settings_.ca.empty()) client_->set_ca_cert_path(settings_.ca);
  return client_;
}

Answer Server::post(const std::string& path, const std::string& body) {
  const auto client = this->client();
  if (client == nullptr) {
    error_ = "stopped";
    return Answer::later;
  }
  const httplib::Result result = client->Post(path, body, "text/plain");
  const Answer answer = result ? answer_of(result->status, result->body) : Answer::later;
  if (answer == Answer::taken) return answer;
  error_ = result ? reason(result->status, result->body)
                  : settings_.url + ": " + httplib::to_string(result.error());
  const std::lock_guard lock(mutex_);
  client_.reset();  // what came of a connection that failed is unknown
  return answer;
}

bool Server::create() {
  const std::string database = settings_.database;
  if (post("/", "CREATE DATABASE IF NOT EXISTS " + database) != Answer::taken) return false;
  std::string_view rest = schema();
  while (!rest.empty()) {
    const std::size_t end = rest.find(";\n");
    const std::string statement(rest.substr(0, end));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 2);
    if (statement.find("CREATE") == std::string::npos) continue;
    if (post("/?database=" + database, statement) != Answer::taken) return false;
  }
  return true;
}

Answer Server::insert(Table table, const std::string& rows) {
  if (settings_.create && !created_ && !create()) return Answer::later;
  created_ = true;
  const std::string query =
      httplib::detail::encode_query_param("INSERT INTO " + std::string(to_string(table)) + " (" +
                                          std::string(columns_of(table)) + ") FORMAT TabSeparated");
  const Answer answer = post("/?database=" + settings_.database + "&query=" + query, rows);
  if (answer == Answer::taken) error_.clear();
  else if (answer == Answer::later) created_ = false;
  return answer;
}

}  // namespace clickhouse
