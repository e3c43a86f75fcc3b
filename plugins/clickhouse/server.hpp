#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "answer.hpp"
#include "table.hpp"

namespace httplib {
class Client;
}

namespace clickhouse {

struct ServerSettings {
  std::string url;  ///< http://HOST:PORT, or https://
  std::string database;
  std::string user;  ///< empty: the server's default
  std::string password;
  std::string ca;  ///< certificates to trust, in PEM; empty: the system's
  std::uint64_t timeout_seconds = 30;
  bool create = false;  ///< the tables, where they are not there
};

/// A ClickHouse server, over HTTP.
class Server {
 public:
  explicit Server(ServerSettings settings);
  ~Server();

  /// Where the rows are not taken, `error` says why not.
  Answer insert(Table table, const std::string& rows);
  const std::string& error() const { return error_; }
  /// Lets a call that waits give up, and all later ones. Any thread.
  void stop();

 private:
  bool create();
  Answer post(const std::string& path, const std::string& body);
  std::shared_ptr<httplib::Client> client();

  const ServerSettings settings_;
  std::string error_;
  bool created_ = false;
  std::mutex mutex_;  ///< of what follows
  std::shared_ptr<httplib::Client> client_;
  bool stopped_ = false;
};

/// The statements that make the tables, from schema.sql: one after the other.
std::string_view schema();

}  // namespace clickhouse
