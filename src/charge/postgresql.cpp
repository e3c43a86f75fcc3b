#include "charge/postgresql.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include <endian.h>
#include <fmt/format.h>
#include <libpq-fe.h>

namespace tollgate::charge {
namespace {

using Reason = LedgerError::Reason;

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Result = std::unique_ptr<PGresult, Clear>;

/// One connection, which can be made again: statements are prepared on it anew then.
struct Connection {
  std::unique_ptr<PGconn, Clear> libpq;
  std::string name;
  std::string held;  ///< name of which there may be one; empty: none
  bool lost = false;
  bool in_transaction = false;
  std::uint64_t generation = 0;  ///< counts connections
  std::uint64_t statements = 0;  ///< that were ever prepared: each has a name of its own
};

/// By the codes of appendix A of PostgreSQL's documentation.
Reason reason_of(std::string_view state) {
  if (state == "53100") return Reason::full;
  if (state == "25006" || state == "42501") return Reason::read_only;
  if (state == "55P03" || state.starts_with("40")) return Reason::busy;
  if (state.starts_with("XX")) return Reason::damaged;
  if (state.starts_with("08") || state.starts_with("57P")) return Reason::unreachable;
  return Reason::other;
}

std::string_view advice_of(Reason reason) {
  switch (reason) {
    case Reason::full: return "; there is no room on its disk: make some";
    case Reason::read_only: return "; it must be writable for who runs this";
    case Reason::busy: return "; another process holds it: try again";
    case Reason::unreachable: return "; its server must run and let this one in";
    default: return "";
  }
}

[[noreturn]] void fail(Connection& connection, const PGresult* result) {
  const char* state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const bool lost = PQstatus(connection.libpq.get()) != CONNECTION_OK;
  const Reason reason = lost || state == nullptr ? Reason::unreachable : reason_of(state);
  connection.lost = reason == Reason::unreachable;
  std::string text = PQerrorMessage(connection.libpq.get());
  for (char& c : text) c = c == '\n' ? ' ' : c;
  while (text.ends_with(' ')) text.pop_back();
  throw LedgerError(reason, fmt::format("ledger {}: {}{}", connection.name, text, advice_of(reason)));
}

void check(Connection& connection, const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(connection, result);
}

void run(Connection& connection, const std::string& script) {
  const Result result(PQexec(connection.libpq.get(), script.c_str()));
  check(connection, result.get());
}

void set_up(Connection& connection) {
  if (PQstatus(connection.libpq.get()) != CONNECTION_OK) fail(connection, nullptr);
  connection.lost = false;
  PQsetNoticeProcessor(
      connection.libpq.get(), [](void*, const char*) {}, nullptr);
  run(connection,
      "SET client_encoding = 'UTF8'; SET client_min_messages = 'warning'; SET lock_timeout = '10s'");
}

/// Whether nobody else holds the name that this connection should hold.
bool hold_again(Connection& connection) {
  const char* const name = connection.held.c_str();
  const Result result(PQexecParams(connection.libpq.get(),
                                   "SELECT pg_try_advisory_lock(1953455214, hashtext($1))", 1, nullptr, &name,
                                   nullptr, nullptr, 0));
  check(connection, result.get());
  return std::string_view(PQgetvalue(result.get(), 0, 0)) == "t";
}

/// Connects again where the connection was lost, outside of transactions.
void need(Connection& connection) {
  if (connection.in_transaction) return;
  if (!connection.lost && PQstatus(connection.libpq.get()) == CONNECTION_OK) return;
  connection.lost = true;
  PQreset(connection.libpq.get());
  ++connection.generation;
  set_up(connection);
  // Its own earlier connection may hold the name for a while: the server has not seen the end of it.
  if (!connection.held.empty()) hold_again(connection);
}

std::string with_each(std::string_view from, std::string_view to, std::string text) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// The schema is written in SQLite's words.
std::string translated(std::string script) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> words{
      {{") STRICT, WITHOUT ROWID;", ");"},
       {") STRICT;", ");"},
       {" INTEGER", " BIGINT"},
       {" BLOB", " BYTEA"}}};
  for (const auto& [from, to] : words) script = with_each(from, to, std::move(script));
  return script;
}

class PostgresqlStatement final : public sql::Statement {
 public:
  PostgresqlStatement(Connection& connection, std::string_view text)
      : connection_(connection),
        text_(with_each("INSERT OR FAIL INTO", "INSERT INTO", std::string(text))),
        name_(fmt::format("s{}", ++connection.statements)),
        values_(static_cast<std::size_t>(std::count(text.begin(), text.end(), '$'))),
        lengths_(values_.size()),
        binary_(values_.size(), 1),
        integers_(values_.size()) {
    prepare();
  }
  PostgresqlStatement(const PostgresqlStatement&) = delete;
  PostgresqlStatement& operator=(const PostgresqlStatement&) = delete;
  ~PostgresqlStatement() override {
    if (generation_ == connection_.generation && PQstatus(connection_.libpq.get()) == CONNECTION_OK)
      Result(PQexec(connection_.libpq.get(), ("DEALLOCATE " + name_).c_str()));
  }

 protected:
  void bind(int index, std::int64_t value) override {
    integers_.at(place(index)) = htobe64(static_cast<std::uint64_t>(value));
    set(index, reinterpret_cast<const char*>(&integers_[place(index)]), sizeof(std::uint64_t));
  }
  void bind(int index, std::string_view value) override {
    set(index, value.empty() ? "" : value.data(), value.size());
  }
  void bind(int index, Octets value) override {
    set(index, value.empty() ? "" : reinterpret_cast<const char*>(value.data()), value.size());
  }
  void bind_null(int index) override { set(index, nullptr, 0); }
  bool step() override {
    if (result_ == nullptr) execute();
    ++row_;
    return row_ < PQntuples(result_.get());
  }
  std::int64_t finish() override {
    execute();
    const std::string_view changed = PQcmdTuples(result_.get());
    return changed.empty() ? 0 : std::stoll(std::string(changed));
  }
  void reset() override {
    result_ = nullptr;
    row_ = -1;
    count_ = 0;
  }
  std::int64_t integer(int column) const override {
    const char* value = PQgetvalue(result_.get(), row_, column);
    if (PQgetlength(result_.get(), row_, column) == sizeof(std::uint32_t)) {
      std::uint32_t small = 0;
      std::memcpy(&small, value, sizeof small);
      return static_cast<std::int32_t>(be32toh(small));
    }
    std::uint64_t number = 0;
    if (PQgetlength(result_.get(), row_, column) == sizeof number) std::memcpy(&number, value, sizeof number);
    return static_cast<std::int64_t>(be64toh(number));
  }
  std::string_view text(int column) const override {
    return {PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
  }
  Octets octets(int column) const override { return as_octets(text(column)); }
  bool is_null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }

 private:
  static std::size_t place(int index) { return static_cast<std::size_t>(index - 1); }
  void set(int index, const char* value, std::size_t length) {
    values_.at(place(index)) = value;
    lengths_[place(index)] = static_cast<int>(length);
    count_ = std::max(count_, index);
  }
  void prepare() {
    const Result result(PQprepare(connection_.libpq.get(), name_.c_str(), text_.c_str(), 0, nullptr));
    check(connection_, result.get());
    generation_ = connection_.generation;
  }
  void execute() {
    need(connection_);
    if (generation_ != connection_.generation) prepare();
    result_.reset(PQexecPrepared(connection_.libpq.get(), name_.c_str(), count_, values_.data(),
                                 lengths_.data(), binary_.data(), 1));
    check(connection_, result_.get());
  }

  Connection& connection_;
  std::string text_;
  std::string name_;
  std::uint64_t generation_ = 0;
  // By parameter; as many as the text names, or more.
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> binary_;
  std::vector<std::uint64_t> integers_;
  int count_ = 0;
  Result result_;
  int row_ = -1;
};

class Postgresql final : public sql::Database {
 public:
  explicit Postgresql(const std::string& connection) {
    // What the configuration says of these counts instead, as it comes behind them.
    constexpr std::array<const char*, 4> names{"connect_timeout", "tcp_user_timeout", "dbname", nullptr};
    const std::array<const char*, 4> values{"5", "10000", connection.c_str(), nullptr};
    connection_.libpq.reset(PQconnectdbParams(names.data(), values.data(), 1));
    connection_.name = "on PostgreSQL";
    set_up(connection_);
    connection_.name =
        fmt::format("{} on {}", PQdb(connection_.libpq.get()), PQhost(connection_.libpq.get()));
  }

  std::unique_ptr<sql::Statement> prepare(std::string_view text) override {
    need(connection_);
    return std::make_unique<PostgresqlStatement>(connection_, text);
  }
  void execute(const std::string& script) override { run(connection_, translated(script)); }
  bool has_table(const std::string& name) override {
    const auto statement = prepare(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = "
        "CAST($1 AS TEXT)");
    return statement->on(name).next();
  }
  void begin(Access access) override {
    need(connection_);
    // One writer at a time, as with SQLite: what it reads stays true until it commits.
    connection_.in_transaction = true;
    try {
      run(connection_, access == Access::write ? fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", lock)
                                               : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    } catch (const LedgerError&) {
      rollback();
      throw;
    }
  }
  void commit() override {
    connection_.in_transaction = false;
    const Result result(PQexec(connection_.libpq.get(), "COMMIT"));
    check(connection_, result.get());
    // A transaction in which something failed before is rolled back without an error.
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT")
      throw LedgerError(fmt::format("ledger {}: the transaction was rolled back", connection_.name));
  }
  void rollback() noexcept override {
    connection_.in_transaction = false;
    Result(PQexec(connection_.libpq.get(), "ROLLBACK"));
  }
  bool hold(const std::string& name) override {
    // The server may not have seen yet that an earlier process was killed.
    constexpr int attempts = 20;
    need(connection_);
    for (int i = 0; i < attempts; ++i) {
      if (i != 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      connection_.held = name;
      if (hold_again(connection_)) return true;
    }
    connection_.held.clear();
    return false;
  }
  std::string damage() override { return {}; }
  const std::string& name() const override { return connection_.name; }

 private:
  /// `TOLL`
  static constexpr int lock = 0x544F4C4C;

  Connection connection_;
};

}  // namespace

std::unique_ptr<sql::Database> open_postgresql(const std::string& connection) {
  return std::make_unique<Postgresql>(connection);
}

}  // namespace tollgate::charge
