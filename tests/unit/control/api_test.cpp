#include "control/api.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "charge/accounts_file.hpp"
#include "charge/ledger_store.hpp"
#include "control/account_desk.hpp"
#include "control/audit_reader.hpp"
#include "control/fault.hpp"
#include "control/local_who.hpp"
#include "control/report_routes.hpp"
#include "control/request_body.hpp"
#include "control/routes.hpp"
#include "control/rule_store.hpp"
#include "control/utc.hpp"
#include "folder.hpp"
#include "record/rollup_store.hpp"
#include "rules/load.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::json;

std::shared_ptr<const rules::Ruleset> rules_with_lists() {
  rules::RuleFiles files;
  files.policy = {{"policy.yaml", "- {name: All, then: pass}\n"}};
  files.lists = {{"hosts.txt", "# type: host\nexample.com\n"},
                 {"numbers.txt", "# type: number\n447700900001\n447700900002\n"},
                 {"phrases.txt", "# type: phrase\nfree money\n"},
                 {"senders.txt", "# type: sender\nACME\n"}};
  rules::Findings findings;
  return rules::load(files, {}, findings);
}

class FakeAppliance final : public Operations {
 public:
  explicit FakeAppliance(const std::string& lists) : live_file_(lists) {}

  nlohmann::ordered_json status() override {
    return {{"version", "test"}, {"ledger", {{"usable", true}, {"name", "/somewhere/ledger.db"}}}};
  }
  nlohmann::ordered_json alerts() const override {
    return nlohmann::ordered_json::array({{{"alert", "Lag"}, {"state", "quiet"}}});
  }
  MetricsView metrics() override {
    MetricsView view;
    view.version = "test";
    return view;
  }
  bool bypass() const override { return bypass_; }
  std::string set_bypass(bool on) override {
    if (fails_) throw std::runtime_error("it cannot be");
    bypass_ = on;
    return "said";
  }
  std::string ruleset() const override { return ruleset_; }
  nlohmann::ordered_json rules() const override { return {{"in_force", 0}}; }
  void check_reload() const override {
    if (ruleset_.empty()) throw Fault(http::conflict, "no rules", "rules");
  }
  void reload_rules(const Caller& by) override { reloaded_by_ = by.who; }
  void check_push() const override {
    if (ruleset_.empty()) throw Fault(http::conflict, "no keys", "keys");
  }
  std::uint64_t push_rules(const Caller&, std::shared_ptr<const std::string> octets) override {
    pushed_ = *octets;
    return 1;
  }
  ListsNow lists() override { return {lists_, book_}; }
  void use_lists(std::shared_ptr<const LiveBook> book,
                 const std::shared_ptr<const rules::LiveList>&) override {
    if (fails_) throw std::runtime_error("it cannot be");
    book_ = std::move(book);
  }
  LiveFile& live_file() override { return live_file_; }
  bool is_alive() const override { return alive_; }
  nlohmann::ordered_json rules_difference(std::uint64_t from, std::uint64_t to) override {
    return {{"from", from}, {"to", to}};
  }
  nlohmann::ordered_json push_report() const override { return nullptr; }
  nlohmann::ordered_json roll_back_rules(const Caller& by, std::optional<std::uint64_t> to) override {
    changes_->note(by, "rules.rollback", nullptr, nullptr);
    rolled_back_to_ = to.value_or(99);
    return {{"said", "said"}};
  }

  LiveFile live_file_;
  std::shared_ptr<const rules::Ruleset> lists_ = rules_with_lists();
  std::shared_ptr<const LiveBook> book_ = std::make_shared<const LiveBook>();

  bool bypass_ = false;
  bool fails_ = false;
  bool alive_ = true;
  std::string ruleset_ = "r1";
  std::string reloaded_by_;
  std::string pushed_;
  std::uint64_t rolled_back_to_ = 0;
  Changes* changes_ = nullptr;
};

const std::string on = R"({"on": true})";

/// A body that the route takes; empty where it takes none.
std::string body_of(const Route& route) {
  if (route.path == "/v1/rules/rollback") return "{}";
  if (route.path == "/v1/accounts/resume") return R"({"account": "acme"})";
  if (route.path == "/v1/accounts/suspend") return R"({"account": "acme", "reason": "x"})";
  if (route.path == "/v1/accounts/credit") return R"({"account": "acme", "amount": "1", "reference": "x"})";
  if (route.path == "/v1/accounts/pay") return R"({"account": "bank", "amount": "1", "reference": "x"})";
  if (route.path == "/v1/accounts/correct") return R"({"movement": 1, "reference": "x"})";
  if (route.path == "/v1/accounts/interest") return R"({"account": "bank", "month": "2020-01"})";
  if (route.path == "/v1/accounts/release") return R"({"appliance": "absent"})";
  if (route.path == "/v1/accounts/import") return R"({"file": "a.yaml", "content": "accounts: []"})";
  if (route.path == "/v1/marks" && route.method == "POST") return R"({"id": "1", "wrong": "false_positive"})";
  if (route.most_body_octets == 0) return "";
  return route.path == "/v1/lists" ? R"({"list": "numbers", "change": "add", "values": ["1"]})" : on;
}
/// A path with the parameters that it must have.
std::string path_for(const Route& route) {
  if (route.path == "/v1/lists/entries") return "/v1/lists/entries?list=numbers";
  if (route.path == "/v1/report") return "/v1/report?name=traffic";
  if (route.path == "/v1/events/explain") return "/v1/events/explain?id=1";
  if (route.path == "/v1/accounts/show") return "/v1/accounts/show?account=acme";
  if (route.path == "/v1/accounts/statement") return "/v1/accounts/statement?account=acme";
  if (route.path == "/v1/accounts/invoice") return "/v1/accounts/invoice?account=bank&month=2020-01";
  return std::string(route.path);
}

class FakeDesk final : public MessageDesk {
 public:
  nlohmann::ordered_json explain(const std::string& id, bool with_text) override {
    if (id != "1") throw Fault(http::not_found, "no such message", "another");
    nlohmann::ordered_json why{{"id", id},
                               {"time", "2026-11-21T22:00:00Z"},
                               {"protocol", "smpp"},
                               {"sender", {{"address", with_text ? "447700900123" : "**********23"}}},
                               {"labels", {"spam"}},
                               {"ruleset", "r"},
                               {"rules",
                                {{{"id", 7}, {"state", "enforce"}},
                                 {{"id", 8}, {"state", "shadow"}},
                                 {{"id", 9}, {"state", "enforce"}}}},
                               {"verdict", "block"},
                               {"policy", "No spam"},
                               {"with_text", with_text}};
    if (with_text) why["text"] = "it's \"good\"\n: [x]";
    return why;
  }
  nlohmann::ordered_json judge(std::string_view message) override { return {{"given", message}}; }
  std::vector<std::uint32_t> to_blame(const Verdict& verdict) override {
    asked_ = verdict;
    return blamed_ == 0 ? verdict.rules : std::vector{blamed_};
  }
  bool has_rule(std::uint32_t id) override { return id >= 7 && id <= 10; }

  Verdict asked_;
  std::uint32_t blamed_ = 0;  ///< 0: all
};

/// An API with an appliance behind it whose thread does what it is asked for.
class ApiTest : public WithFolder {
 protected:
  ApiTest() {
    appliance_.changes_ = &changes_;
    rules::Findings findings;
    const auto declared = charge::read_accounts(
        "accounts:\n- {id: acme, currency: EUR}\n- {id: bank, currency: EUR, payment: postpaid, total_limit: "
        "9}\n",
        "accounts.yaml", findings);
    if (!charge::LedgerStore::open(ledger_)->declare(*declared, 1, findings))
      throw std::logic_error("declare");
    change_tokens(tokens_file_, [](Tokens& all) {
      for (const Role role : all_roles)
        all.push_back({std::string(to_string(role)) + "-1", role, hash_of_token(to_string(role)),
                       utc_now_ns(), utc_now_ns() + 3600 * second_ns});
      all.push_back({"old", Role::admin, hash_of_token("old"), 0, utc_now_ns() - 1});
    });
  }
  ~ApiTest() override {
    ends_ = true;
    appliance_thread_.join();
  }

  ApiResponse ask(const std::string& method, const std::string& path,
                  const std::optional<std::string>& token = {}, const std::string& body = {}) {
    ApiRequest request;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    for (std::size_t at = path.find('?'); at != path.npos; at = path.find('&', at + 1)) {
      const std::string one = path.substr(at + 1, path.find('&', at + 1) - at - 1);
      request.query.emplace(one.substr(0, one.find('=')), one.substr(one.find('=') + 1));
    }
    if (token) request.authorization = "Bearer " + *token;
    request.address = "192.0.2.7";
    return ask_with_body(request, body);
  }
  ApiResponse ask_with_body(ApiRequest request, const std::string& body) {
    request.body_octets = body.size();
    request.read_body = [this, body] {
      ++bodies_read_;
      return body;
    };
    return api_.answer(request);
  }
  /// A body that the route takes; for one that takes something out, it is there.
  std::string body_for(const Route& route) {
    if (route.path != "/v1/marks/remove") return body_of(route);
    Mark mark;
    mark.event = "2";
    return Json{{"number", marks_.add(mark).value()}}.dump();
  }
  /// What a call is refused with; nothing in it says less than the two texts.
  int refusal(const ApiResponse& response) {
    const Json error = Json::parse(response.body).at("error");
    EXPECT_FALSE(error.at("what").get<std::string>().empty());
    EXPECT_FALSE(error.at("expected").get<std::string>().empty());
    return response.status;
  }
  std::vector<Json> audited() {
    std::vector<Json> all;
    for (const std::string& line : audit_lines_after(audit_.path(), 0, 100)) all.push_back(Json::parse(line));
    return all;
  }

  const std::string lists_file_ = path("lists.json");
  FakeAppliance appliance_{lists_file_};
  const std::string tokens_file_ = path("tokens.json");
  std::vector<std::string> logged_;
  Errands errands_;
  AuditLog audit_{path("audit.jsonl")};
  Changes changes_{errands_, audit_};
  const charge::LedgerSettings ledger_{.sqlite = path("ledger.db"), .postgresql = {}, .appliance = "test"};
  const AccountDesk accounts_{ledger_, &audit_};
  TokenBook tokens_{tokens_file_, [](const std::string&) {}};
  Admission admission_{&tokens_, [this](const std::string& what) { logged_.push_back(what); }};
  record::EventTail events_{
      {.text = record::ShownText::all, .numbers = record::ShownNumbers::full, .key = {}}, {.events = 4}};
  FakeDesk desk_;
  MarkBook marks_{path("marks.db")};
  Api api_{{appliance_, errands_, audit_, changes_, &accounts_, nullptr, &events_, &desk_, &marks_},
           admission_};
  std::atomic<int> bodies_read_ = 0;
  std::atomic<bool> ends_ = false;
  std::thread appliance_thread_{[this] {
    while (!ends_) {
      pollfd one{.fd = errands_.descriptor(), .events = POLLIN, .revents = 0};
      ::poll(&one, 1, 10);
      errands_.work();
    }
  }};
};

TEST_F(ApiTest, each_route_is_for_its_roles_alone) {
  // Written down here again, apart from the table: who may what is decided, not derived.
  const std::map<std::string, std::set<std::string>> may{
      {"GET /v1/alerts", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/me", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/status", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /metrics", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/openapi.json", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"PUT /v1/bypass", {"admin"}},
      {"GET /v1/rules", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/rules/difference", {"analyst", "security", "admin"}},
      {"POST /v1/rules/reload", {"security", "admin"}},
      {"POST /v1/rules/push", {"security", "admin"}},
      {"GET /v1/rules/push", {"analyst", "security", "admin"}},
      {"POST /v1/rules/rollback", {"security", "admin"}},
      {"GET /v1/accounts", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/accounts/show", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/accounts/statement", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/accounts/invoice", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"POST /v1/accounts/correct", {"commercial", "admin"}},
      {"POST /v1/accounts/interest", {"commercial", "admin"}},
      {"POST /v1/accounts/release", {"commercial", "admin"}},
      {"POST /v1/accounts/import", {"commercial", "admin"}},
      {"POST /v1/accounts/credit", {"commercial", "admin"}},
      {"POST /v1/accounts/pay", {"commercial", "admin"}},
      {"POST /v1/accounts/suspend", {"commercial", "admin"}},
      {"POST /v1/accounts/resume", {"commercial", "admin"}},
      {"GET /v1/lists", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/lists/entries", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"POST /v1/lists", {"security", "admin"}},
      {"GET /v1/events", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/events/explain", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"POST /v1/try", {"analyst", "security", "admin"}},
      {"GET /v1/report", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"GET /v1/marks", {"viewer", "analyst", "security", "commercial", "admin"}},
      {"POST /v1/marks", {"analyst", "security", "admin"}},
      {"POST /v1/marks/remove", {"analyst", "security", "admin"}},
      {"GET /v1/marks/tests", {"analyst", "security", "admin"}},
      {"GET /v1/audit", {"security", "admin"}}};
  for (const Route& route : routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.path);
    if (!route.roles) {
      EXPECT_EQ(name, "GET /v1/health");
      continue;
    }
    for (const Role role : all_roles) {
      const std::string token(to_string(role));
      const auto response = ask(std::string(route.method), path_for(route), token, body_for(route));
      // It keeps no reports, and no appliance of that name was ever there.
      const bool cannot = route.path == "/v1/report" || route.path == "/v1/accounts/release";
      const int done = cannot ? 409 : route.status;
      EXPECT_EQ(response.status, may.at(name).contains(token) ? done : 403) << name << " by " << token;
    }
  }
}

TEST_F(ApiTest, without_a_good_token_nothing_is_done_and_no_body_is_read) {
  for (const std::optional<std::string>& token : {std::optional<std::string>{}, {"wrong"}, {"old"}, {""}}) {
    const auto response = ask("PUT", "/v1/bypass", token, on);
    EXPECT_EQ(refusal(response), 401);
    EXPECT_EQ(response.headers.at(0), std::make_pair(std::string("WWW-Authenticate"), std::string("Bearer")));
  }
  EXPECT_EQ(refusal(ask("PUT", "/v1/bypass", "viewer", on)), 403);
  EXPECT_FALSE(appliance_.bypass_);
  EXPECT_EQ(bodies_read_, 0);
  EXPECT_TRUE(audited().empty());
}

TEST_F(ApiTest, too_many_wrong_tokens_are_refused_and_a_right_one_is_not) {
  for (unsigned i = 0; i < LogInFailures::most_in_a_window; ++i)
    EXPECT_EQ(ask("GET", "/v1/status", "wrong").status, 401);
  const auto response = ask("GET", "/v1/status", "wrong");
  EXPECT_EQ(refusal(response), 429);
  EXPECT_EQ(response.headers.at(0).first, "Retry-After");
  EXPECT_EQ(ask("GET", "/v1/status", "viewer").status, 200);
  EXPECT_EQ(logged_.size(), LogInFailures::most_in_a_window) << "what is refused so is not told";
  EXPECT_EQ(logged_[0].find("wrong"), logged_[0].npos) << "no token is in the log";
}

TEST_F(ApiTest, a_change_is_in_the_audit_log_with_before_and_after) {
  EXPECT_EQ(ask("PUT", "/v1/bypass", "admin", on).status, 200);
  EXPECT_TRUE(appliance_.bypass_);
  ASSERT_EQ(audited().size(), 1U);
  const Json line = audited()[0];
  EXPECT_EQ(line["who"], "admin-1");
  EXPECT_EQ(line["role"], "admin");
  EXPECT_EQ(line["from"], "192.0.2.7");
  EXPECT_EQ(line["what"], "bypass");
  EXPECT_EQ(line["before"], (Json{{"bypass", false}}));
  EXPECT_EQ(line["after"], (Json{{"bypass", true}}));
}

TEST_F(ApiTest, whatever_changes_something_is_audited) {
  for (const Route& route : routes()) {
    const std::size_t before = audited().size();
    ask(std::string(route.method), path_for(route), "admin", body_for(route));
    EXPECT_EQ(audited().size() > before, route.audited) << route.path;
    const bool changes_nothing = route.method == "GET" || route.path == "/v1/try";
    EXPECT_EQ(!changes_nothing || route.path == "/v1/events/explain", route.audited) << route.path;
  }
}

TEST_F(ApiTest, what_cannot_be_audited_is_not_done) {
  EXPECT_EQ(ask("PUT", "/v1/bypass", "admin", on).status, 200);
  std::filesystem::rename(audit_.path(), path("elsewhere"));
  EXPECT_EQ(refusal(ask("PUT", "/v1/bypass", "admin", R"({"on": false})")), 503);
  EXPECT_TRUE(appliance_.bypass_);
  EXPECT_EQ(refusal(ask("POST", "/v1/rules/reload", "admin")), 503);
  EXPECT_EQ(appliance_.reloaded_by_, "");
  EXPECT_EQ(ask("GET", "/v1/status", "admin").status, 200) << "what changes nothing goes on";
}

TEST_F(ApiTest, a_change_that_fails_has_a_line_that_says_so) {
  appliance_.fails_ = true;
  EXPECT_EQ(refusal(ask("PUT", "/v1/bypass", "admin", on)), 500);
  ASSERT_EQ(audited().size(), 2U);
  EXPECT_EQ(audited()[1]["what"], "bypass.failed");
  EXPECT_EQ(audited()[1]["after"]["error"], "it cannot be");
}

TEST_F(ApiTest, only_local_users_are_told_where_the_ledger_is) {
  const auto of = [](const ApiResponse& response) { return Json::parse(response.body); };
  EXPECT_EQ(of(ask("GET", "/v1/status", "admin"))["ledger"], (Json{{"usable", true}}));
  ApiRequest request;
  request.method = "GET";
  request.path = "/v1/status";
  request.local = "alice (local, uid 0)";
  EXPECT_EQ(of(ask_with_body(request, ""))["ledger"]["name"], "/somewhere/ledger.db");
}

TEST_F(ApiTest, the_local_user_may_do_everything) {
  ApiRequest request;
  request.method = "PUT";
  request.path = "/v1/bypass";
  request.local = "alice (local, uid 0)";
  EXPECT_EQ(ask_with_body(request, on).status, 200);
  EXPECT_EQ(audited().at(0)["who"], "alice (local, uid 0)");
  EXPECT_EQ(audited().at(0)["from"], "local");
}

TEST_F(ApiTest, rules_are_reloaded_where_there_are_some) {
  EXPECT_EQ(ask("POST", "/v1/rules/reload", "security").status, 202);
  EXPECT_EQ(appliance_.reloaded_by_, "security-1");
  appliance_.ruleset_.clear();
  EXPECT_EQ(refusal(ask("POST", "/v1/rules/reload", "security")), 409);
  EXPECT_EQ(audited().size(), 1U);
}

TEST_F(ApiTest, who_asks_is_told_who_that_is) {
  const auto of = [](const ApiResponse& response) { return Json::parse(response.body); };
  EXPECT_EQ(of(ask("GET", "/v1/me", "analyst")), (Json{{"name", "analyst-1"}, {"role", "analyst"}}));
  ApiRequest request;
  request.method = "GET";
  request.path = "/v1/me";
  request.local = "alice (local, uid 0)";
  EXPECT_EQ(of(ask_with_body(request, "")), (Json{{"name", "alice (local, uid 0)"}, {"role", "admin"}}));
}

class EventsTest : public ApiTest {
 protected:
  EventsTest() {
    for (std::uint64_t frame = 1; frame <= 6; ++frame) add(frame);
  }
  /// Every second one is blocked, and labelled.
  void add(std::uint64_t frame) {
    const std::array labels{std::string_view("spam")};
    Message m;
    m.kind = Kind::message;
    m.frame = frame;
    m.has_text = true;
    m.text = "hello";
    m.sender.present = true;
    m.sender.address = m.sender.number = frame == 6 ? "447700900166" : "447700900123";
    m.origin.account = frame == 3 ? "acme" : "";
    m.judgement.ruleset = "r";
    if (frame % 2 == 0) m.judgement.labels = labels;
    m.judgement.verdict = frame % 2 == 0 ? Verdict::block : Verdict::pass;
    events_.add(m, 1);
  }
  Json shown(const std::string& query, const std::string& role = "analyst") {
    const auto response = ask("GET", "/v1/events" + query, role);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }
  /// Their numbers.
  std::vector<std::uint64_t> numbers(const std::string& query, const std::string& role = "analyst") {
    std::vector<std::uint64_t> all;
    const Json answer = shown(query, role);
    for (const Json& event : answer.at("events")) all.push_back(event.at("seq"));
    return all;
  }
  using Numbers = std::vector<std::uint64_t>;
};

TEST_F(EventsTest, the_last_ones_come_first_and_then_what_follows) {
  EXPECT_EQ(numbers("?most=2"), (Numbers{5, 6}));
  EXPECT_EQ(shown("?most=2").at("last"), 6);
  EXPECT_EQ(shown("?most=2").at("missed"), 0);
  EXPECT_EQ(numbers("?after=6"), Numbers{});
  EXPECT_EQ(shown("?after=6").at("last"), 6);
  add(7);
  EXPECT_EQ(numbers("?after=6"), Numbers{7});
  EXPECT_EQ(shown("?after=6").at("events").at(0).at("frame"), 7);
}

TEST_F(EventsTest, what_is_not_kept_any_more_is_counted) {
  const Json all = shown("?after=1");
  EXPECT_EQ(numbers("?after=1"), (Numbers{3, 4, 5, 6}));
  EXPECT_EQ(all.at("missed"), 1);
  EXPECT_EQ(all.at("last"), 6);
  const Json first = shown("?after=1&most=1");
  EXPECT_EQ(first.at("missed"), 1);
  EXPECT_EQ(first.at("last"), 3);
  EXPECT_EQ(shown("?after=3&most=1").at("missed"), 0);
}

TEST_F(EventsTest, a_number_of_before_a_restart_is_as_none) {
  EXPECT_EQ(numbers("?after=1000"), (Numbers{3, 4, 5, 6}));
  EXPECT_EQ(shown("?after=1000").at("last"), 6);
}

TEST_F(EventsTest, they_can_be_filtered) {
  EXPECT_EQ(numbers("?verdict=block"), (Numbers{4, 6}));
  EXPECT_EQ(numbers("?label=spam"), (Numbers{4, 6}));
  EXPECT_EQ(numbers("?account=acme"), Numbers{3});
  EXPECT_EQ(numbers("?sender=447700900166"), Numbers{6});
  EXPECT_EQ(numbers("?kind=response"), Numbers{});
  EXPECT_EQ(numbers("?label=spam&sender=447700900123&kind=message"), Numbers{4});
  EXPECT_EQ(numbers("?verdict=block&most=1"), Numbers{6});
  const Json next = shown("?verdict=block&after=2&most=1");
  EXPECT_EQ(next.at("events").at(0).at("seq"), 4);
  EXPECT_EQ(next.at("last"), 4);
  EXPECT_EQ(next.at("missed"), 0) << "what was left out by a filter was not missed";
  EXPECT_EQ(refusal(ask("GET", "/v1/events?verdict=blocked", "admin")), 400);
}

TEST_F(EventsTest, who_sees_no_numbers_sees_no_texts_and_cannot_ask_for_a_number) {
  for (const std::string role : {"viewer", "commercial"}) {
    const Json event = shown("", role).at("events").at(0);
    EXPECT_FALSE(event.contains("text"));
    EXPECT_EQ(event.at("sender").at("address"), "**********23");
    EXPECT_EQ(numbers("?sender=447700900123", role), Numbers{});
  }
  for (const std::string role : {"analyst", "security", "admin"}) {
    const Json event = shown("", role).at("events").at(0);
    EXPECT_EQ(event.at("text"), "hello");
    EXPECT_EQ(event.at("sender").at("address"), "447700900123");
  }
}

TEST_F(ApiTest, who_reads_a_text_is_in_the_audit_log) {
  const auto with_text = [&](const std::string& role) {
    const auto response = ask("GET", "/v1/events/explain?id=1", role);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body).at("with_text").get<bool>();
  };
  EXPECT_FALSE(with_text("viewer"));
  EXPECT_FALSE(with_text("commercial"));
  EXPECT_EQ(audited().size(), 0U) << "they were shown none";
  EXPECT_TRUE(with_text("analyst"));
  EXPECT_TRUE(with_text("security"));
  ASSERT_EQ(audited().size(), 2U);
  EXPECT_EQ(audited()[0]["who"], "analyst-1");
  EXPECT_EQ(audited()[0]["what"], "text.read");
  EXPECT_EQ(audited()[0]["after"], (Json{{"event", "1"}}));
  EXPECT_EQ(refusal(ask("GET", "/v1/events/explain?id=2", "analyst")), 404);
  EXPECT_EQ(audited().size(), 2U) << "there was none to read";
  std::filesystem::rename(audit_.path(), path("elsewhere"));
  EXPECT_EQ(refusal(ask("GET", "/v1/events/explain?id=1", "analyst")), 503);
}

class MarksTest : public ApiTest {
 protected:
  Json add(const std::string& body, const std::string& role = "analyst") {
    const auto response = ask("POST", "/v1/marks", role, body);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body).at("mark");
  }
  Json shown(const std::string& query = "", const std::string& role = "analyst") {
    const auto response = ask("GET", "/v1/marks" + query, role);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }
  std::string tests(const std::string& query = "") {
    const auto response = ask("GET", "/v1/marks/tests" + query, "analyst");
    EXPECT_EQ(response.media, yaml_media);
    return response.body;
  }
};

TEST_F(ApiTest, alerts_are_shown_with_their_state) {
  const auto response = ask("GET", "/v1/alerts", "viewer");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json::parse(response.body), Json::parse(R"({"alerts": [{"alert": "Lag", "state": "quiet"}]})"));
}

TEST_F(MarksTest, a_mark_keeps_what_the_event_shows_and_no_text) {
  const Json mark = add(R"({"id": "1", "wrong": "false_positive", "note": "ours"})");
  EXPECT_EQ(mark.at("by"), "analyst-1");
  EXPECT_EQ(mark.at("event"), "1");
  EXPECT_EQ(mark.at("time"), "2026-11-21T22:00:00Z");
  EXPECT_EQ(mark.at("sender"), "**********23");
  EXPECT_EQ(mark.at("rules"), (Json{7, 9}));
  EXPECT_EQ(mark.at("labels"), Json{"spam"});
  EXPECT_EQ(mark.at("verdict"), "block");
  EXPECT_EQ(mark.at("policy"), "No spam");
  EXPECT_EQ(mark.at("note"), "ours");
  EXPECT_FALSE(mark.contains("text"));
  EXPECT_EQ(shown().at("marks"), Json::array({mark}));
  EXPECT_EQ(audited().back()["what"], "mark.add");
  EXPECT_EQ(audited().back()["after"]["event"], "1");
}

TEST_F(MarksTest, the_rules_that_made_the_verdict_are_to_blame) {
  desk_.blamed_ = 9;
  EXPECT_EQ(add(R"({"id": "1", "wrong": "false_positive"})").at("rules"), Json{9});
  EXPECT_EQ(desk_.asked_.ruleset, "r");
  EXPECT_EQ(desk_.asked_.policy, "No spam");
  EXPECT_EQ(desk_.asked_.rules, (std::vector<std::uint32_t>{7, 9}))
      << "rule 8 is tried out, and has no effect";
  EXPECT_EQ(add(R"({"id": "1", "wrong": "false_positive", "rule": 7})").at("rules"), Json{7});
  EXPECT_EQ(add(R"({"id": "1", "wrong": "false_negative"})").at("rules"), Json::array());
}

TEST_F(MarksTest, a_rule_that_should_hold_is_one_that_there_is) {
  const std::string unknown = R"({"id": "1", "wrong": "false_negative", "rule": 11})";
  const auto refused = ask("POST", "/v1/marks", "analyst", unknown);
  EXPECT_EQ(refusal(refused), 400);
  EXPECT_NE(refused.body.find("found the rule 11, which the appliance does not have"), std::string::npos);
  EXPECT_TRUE(shown().at("marks").empty());
  EXPECT_TRUE(audited().empty());
  const std::string known = R"({"id": "1", "wrong": "false_negative", "rule": 10})";
  EXPECT_EQ(add(known).at("rules"), Json{10}) << "it need not have hit";
}

TEST_F(MarksTest, those_of_long_ago_are_taken_out) {
  const auto note = [](const MarkBook::Removed& removed) { EXPECT_EQ(removed.count, 1U); };
  EXPECT_EQ(marks_.remove_before(5, note).count, 0U) << "there is no file";
  for (const std::uint64_t made_ns : {4U, 5U, 6U}) {
    Mark mark;
    mark.event = std::to_string(made_ns);
    mark.made_ns = made_ns;
    mark.rules = {7};
    marks_.add(mark);
  }
  EXPECT_THROW(marks_.remove_before(5, [](const auto&) { throw AuditError("no line"); }), AuditError);
  EXPECT_EQ(marks_.counts().at(7).false_positives, 3U) << "none goes without a line";
  const MarkBook::Removed removed = marks_.remove_before(5, note);
  EXPECT_EQ((std::vector{removed.count, removed.first_ns, removed.last_ns}),
            (std::vector<std::uint64_t>{1, 4, 4}));
  EXPECT_EQ(marks_.remove_before(5, note).count, 0U);
  EXPECT_EQ(marks_.counts().at(7).false_positives, 2U);
}

TEST_F(MarksTest, a_text_is_kept_where_that_is_asked_for_and_shown_to_who_may_see_it) {
  add(R"({"id": "1", "wrong": "false_positive", "with_text": true, "note": "447700900123 called"})");
  const Json mark = shown().at("marks").at(0);
  EXPECT_EQ(mark.at("text"), "it's \"good\"\n: [x]");
  EXPECT_EQ(mark.at("sender"), "447700900123");
  for (const char* role : {"viewer", "commercial"}) {
    const Json less = shown("", role).at("marks").at(0);
    EXPECT_FALSE(less.contains("text"));
    EXPECT_FALSE(less.contains("note")) << "which may quote the text";
    EXPECT_EQ(less.at("sender"), "**********23");
  }
  EXPECT_EQ(audited().back()["after"]["with_text"], true);
  EXPECT_EQ(audited().back().dump().find("good"), std::string::npos);
}

TEST_F(MarksTest, an_event_has_one_mark) {
  const Json first = add(R"({"id": "1", "wrong": "false_positive"})");
  const Json second = add(R"({"id": "1", "wrong": "false_negative", "rule": 8})");
  EXPECT_GT(second.at("number"), first.at("number"));
  EXPECT_EQ(shown().at("marks"), Json::array({second}));
  EXPECT_EQ(shown().at("counts"), (Json{{{"rule", 8}, {"false_positives", 0}, {"false_negatives", 1}}}));
}

TEST_F(MarksTest, they_are_counted_by_rule_and_found_by_rule_and_time) {
  add(R"({"id": "1", "wrong": "false_positive"})");
  Mark other;
  other.event = "2";
  other.made_ns = utc_now_ns() - 3600 * second_ns;
  other.rules = {9};
  marks_.add(other);
  EXPECT_EQ(shown().at("counts"), (Json{{{"rule", 7}, {"false_positives", 1}, {"false_negatives", 0}},
                                        {{"rule", 9}, {"false_positives", 2}, {"false_negatives", 0}}}));
  EXPECT_EQ(mark_counts(path("marks.db")).at(9).false_positives, 2U);
  EXPECT_EQ(shown("?rule=7").at("marks").size(), 1U);
  EXPECT_EQ(shown("?rule=9").at("marks").size(), 2U);
  EXPECT_EQ(shown("?rule=1").at("marks").size(), 0U);
  EXPECT_EQ(shown("?since=" + to_utc(utc_now_ns() - 60 * second_ns)).at("marks").size(), 1U);
  EXPECT_EQ(shown("?most=1").at("marks").at(0).at("event"), "1");
  EXPECT_EQ(shown("?after=1").at("marks").at(0).at("event"), "2");
  EXPECT_EQ(refusal(ask("GET", "/v1/marks?since=yesterday", "viewer")), 400);
}

TEST_F(MarksTest, they_are_taken_back) {
  const Json mark = add(R"({"id": "1", "wrong": "false_positive"})");
  const std::string body = Json{{"number", mark.at("number")}}.dump();
  EXPECT_EQ(ask("POST", "/v1/marks/remove", "security", body).status, 200);
  EXPECT_TRUE(shown().at("marks").empty());
  EXPECT_TRUE(shown().at("counts").empty());
  EXPECT_EQ(audited().back()["what"], "mark.remove");
  EXPECT_EQ(refusal(ask("POST", "/v1/marks/remove", "security", body)), 404);
}

TEST_F(MarksTest, what_is_no_mark_is_refused) {
  for (const char* body :
       {"", "{}", R"({"id": "1"})", R"({"wrong": "false_positive"})", R"({"id": "1", "wrong": "wrong"})",
        R"({"id": 1, "wrong": "false_positive"})", R"({"id": "1", "wrong": "false_positive", "rule": 0})",
        R"({"id": "1", "wrong": "false_positive", "rule": 4294967296})",
        R"({"id": "1", "wrong": "false_positive", "text": ""})",
        R"({"id": "1", "wrong": "false_positive", "text": "x", "with_text": true})",
        R"({"id": "1", "wrong": "false_positive", "note": "\u0007"})",
        R"({"id": "1", "wrong": "false_positive", "more": "x"})"})
    EXPECT_EQ(refusal(ask("POST", "/v1/marks", "analyst", body)), 400) << body;
  EXPECT_EQ(refusal(ask("POST", "/v1/marks", "analyst", R"({"id": "2", "wrong": "false_positive"})")), 404);
  EXPECT_TRUE(shown().at("marks").empty());
  EXPECT_TRUE(audited().empty());
}

TEST_F(MarksTest, what_a_terminal_would_act_on_is_escaped_in_tests) {
  Mark mark;
  mark.event = "1";
  mark.rules = {7};
  mark.text = "a\x1b[31m\x7f\xc2\x9b\xc3\xa9";
  marks_.add(mark);
  EXPECT_EQ(tests(), "# Rule 7\n- {text: \"a\\u001b[31m\\u007f\\u009b\xc3\xa9\", expect: no match}\n");
}

TEST_F(MarksTest, what_is_no_message_cannot_be_marked) {
  Message response;
  response.kind = Kind::response;
  response.id = {.high = 1, .low = 2};
  events_.add(response, 1);
  const std::string body = R"({"id": "00000000000000010000000000000002", "wrong": "false_positive"})";
  EXPECT_EQ(refusal(ask("POST", "/v1/marks", "analyst", body)), 400);
}

TEST_F(MarksTest, there_are_so_many_at_most) {
  MarkBook book(path("few.db"), 2);
  Mark mark;
  for (const char* event : {"1", "2", "2"}) {
    mark.event = event;
    EXPECT_TRUE(book.add(mark)) << event;
  }
  mark.event = "3";
  EXPECT_FALSE(book.add(mark));
  EXPECT_EQ(book.find({}).size(), 2U);
}

TEST_F(MarksTest, those_with_a_text_are_tests_of_their_rules) {
  add(R"({"id": "1", "wrong": "false_positive", "with_text": true})");
  Mark other;
  other.event = "2";
  other.wrong = Wrong::false_negative;
  other.sender = "ACME";
  other.rules = {9};
  other.text = "hello";
  marks_.add(other);
  other.event = "3";
  other.text.reset();
  marks_.add(other);
  other.event = "4";
  other.text = "new";
  other.rules.clear();
  other.sender = "**********23";
  marks_.add(other);
  const std::string quoted = R"({text: "it's \"good\"\n: [x]", sender: "447700900123", expect: no match})";
  EXPECT_EQ(tests(),
            "# No rule is named: for a new one\n- {text: \"new\", expect: match}\n"
            "# Rule 7\n- " +
                quoted +
                "\n"
                "# Rule 9\n- " +
                quoted +
                "\n- {text: \"hello\", sender: \"ACME\", expect: match}\n"
                "# 1 mark has no text, and cannot be tested\n");
  EXPECT_EQ(tests("?rule=7"), "# Rule 7\n- " + quoted + "\n# Rule 9\n- " + quoted + "\n");
}

TEST_F(ApiTest, the_versions_to_compare_are_handed_on) {
  const auto response = ask("GET", "/v1/rules/difference?from=7&to=9", "analyst");
  EXPECT_EQ(Json::parse(response.body), (Json{{"from", 7}, {"to", 9}}));
  EXPECT_EQ(refusal(ask("GET", "/v1/rules/difference?from=-1", "analyst")), 400);
}

TEST_F(ApiTest, health_says_whether_the_appliance_goes_on) {
  EXPECT_EQ(ask("GET", "/v1/health").status, 200);
  appliance_.alive_ = false;
  EXPECT_EQ(ask("GET", "/v1/health").status, 503);
}

TEST_F(ApiTest, other_paths_methods_parameters_and_bodies_are_refused) {
  EXPECT_EQ(refusal(ask("GET", "/v1/none", "admin")), 404);
  EXPECT_EQ(refusal(ask("GET", "/v1/status/", "admin")), 404);
  const auto response = ask("GET", "/v1/bypass", "admin");
  EXPECT_EQ(refusal(response), 405);
  EXPECT_EQ(response.headers.at(0), std::make_pair(std::string("Allow"), std::string("PUT")));
  EXPECT_EQ(refusal(ask("GET", "/v1/status?after=1", "admin")), 400);
  EXPECT_EQ(refusal(ask("GET", "/v1/status", "admin", "x")), 400);
  EXPECT_EQ(refusal(ask("PUT", "/v1/bypass", "admin", std::string(most_json_octets + 1, ' '))), 413);
  EXPECT_EQ(bodies_read_, 0);
  EXPECT_EQ(refusal(ask("PUT", "/v1/bypass", "admin", std::string(most_json_octets, ' '))), 400);
  for (const std::string value : {"-1", "", "x", "1x", " 1", "0x1", "9223372036854775808", "1&after=2"})
    EXPECT_EQ(refusal(ask("GET", "/v1/audit?after=" + value, "admin")), 400) << value;
  for (const std::string value : {"0", "1001"})
    EXPECT_EQ(refusal(ask("GET", "/v1/audit?most=" + value, "admin")), 400) << value;
  EXPECT_FALSE(appliance_.bypass_);
}

TEST_F(ApiTest, the_page_is_for_everybody_and_knows_what_they_have) {
  const auto header = [](const ApiResponse& response, const std::string& name) {
    const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                    [&](const auto& one) { return one.first == name; });
    return found == response.headers.end() ? std::string() : found->second;
  };
  const std::map<std::string, std::string> media{{"/", "text/html; charset=utf-8"},
                                                 {"/app.js", "text/javascript; charset=utf-8"},
                                                 {"/chart.js", "text/javascript; charset=utf-8"},
                                                 {"/style.css", "text/css; charset=utf-8"},
                                                 {"/icon.svg", "image/svg+xml"}};
  for (const auto& [path, type] : media) {
    ApiRequest request{.method = "GET", .path = path, .address = "192.0.2.7"};
    const auto first = api_.answer(request);
    EXPECT_EQ(first.status, 200) << path;
    EXPECT_EQ(first.media, type) << path;
    EXPECT_FALSE(first.body.empty()) << path;
    const std::string policy = header(first, "Content-Security-Policy");
    EXPECT_EQ(policy.rfind("default-src 'self';", 0), 0U) << path;
    EXPECT_EQ(policy.find("unsafe"), policy.npos) << path;
    request.if_none_match = header(first, "ETag");
    const auto second = api_.answer(request);
    EXPECT_EQ(second.status, 304) << path;
    EXPECT_EQ(second.body, "") << path;
    request.if_none_match = "\"another\"";
    EXPECT_EQ(api_.answer(request).body, first.body) << path;
    request.method = "POST";
    EXPECT_EQ(refusal(api_.answer(request)), 405) << path;
  }
}

TEST_F(ApiTest, the_audit_log_is_read_behind_a_number) {
  for (int i = 0; i < 3; ++i) ask("PUT", "/v1/bypass", "admin", on);
  const Json some = Json::parse(ask("GET", "/v1/audit?after=1&most=1", "security").body);
  ASSERT_EQ(some.at("entries").size(), 1U);
  EXPECT_EQ(some["entries"][0]["number"], 2);
  EXPECT_EQ(Json::parse(ask("GET", "/v1/audit", "security").body).at("entries").size(), 3U);
}

// Lists.

std::string list_body(const std::string& list, const std::string& change, const std::string& values,
                      const std::string& until = {}) {
  return R"({"list": ")" + list + R"(", "change": ")" + change + R"(", "values": )" + values +
         (until.empty() ? "" : R"(, "until": ")" + until + "\"") + "}";
}

TEST_F(ApiTest, a_list_is_changed_kept_and_audited) {
  const auto response = ask("POST", "/v1/lists", "security",
                            list_body("numbers", "remove", R"(["+447700900001", "447700900009"])"));
  ASSERT_EQ(response.status, 200) << response.body;
  const Json answer = Json::parse(response.body);
  EXPECT_EQ(answer["changed"], 1);
  EXPECT_EQ(answer["values"][0],
            (Json{{"value", "447700900001"}, {"before", true}, {"after", false}, {"listed", false}}));
  EXPECT_EQ(answer["values"][1]["before"], false);
  ASSERT_EQ(audited().size(), 1U);
  EXPECT_EQ(audited()[0]["what"], "list.remove");
  EXPECT_EQ(audited()[0]["who"], "security-1");
  EXPECT_EQ(audited()[0]["before"],
            (Json{{"list", "numbers"}, {"values", {{"447700900001", true}, {"447700900009", false}}}}));
  EXPECT_EQ(audited()[0]["after"]["values"], (Json{{"447700900001", false}, {"447700900009", false}}));
  const auto& changed = *appliance_.book_->at("numbers").entries;
  ASSERT_EQ(changed.size(), 1U) << "what was no entry is not remembered";
  EXPECT_EQ(changed.at("447700900001").own_until_ns, 0U);
  EXPECT_EQ(text_of(lists_file_), live_book_text(*appliance_.book_));
}

TEST_F(ApiTest, entries_of_lists_end_at_a_time) {
  const std::string until = "2099-01-01T00:00:00Z";
  Json answer = Json::parse(
      ask("POST", "/v1/lists", "security", list_body("hosts", "add", R"(["Evil.Example"])", until)).body);
  EXPECT_EQ(answer["values"][0],
            (Json{{"value", "evil.example"}, {"before", false}, {"after", until}, {"listed", true}}));
  answer = Json::parse(ask("POST", "/v1/lists", "security",
                           list_body("hosts", "expire", R"(["example.com", "x.example"])", until))
                           .body);
  EXPECT_EQ(answer["values"][0]["after"], until);
  EXPECT_EQ(answer["values"][1]["after"], false) << "what is no entry does not become one";
  answer = Json::parse(
      ask("POST", "/v1/lists", "security", list_body("hosts", "remove", R"(["www.example.com"])")).body);
  EXPECT_EQ(answer["values"][0]["listed"], true) << "by example.com";
  EXPECT_EQ(refusal(ask("POST", "/v1/lists", "security",
                        list_body("hosts", "add", R"(["a.example"])", "2020-01-01T00:00:00Z"))),
            400);
}

TEST_F(ApiTest, lists_that_cannot_be_changed_so_are_left_alone) {
  for (const auto& [body, status] : {std::pair{list_body("none", "add", R"(["1"])"), 404},
                                     {list_body("phrases", "add", R"(["cheap"])"), 409},
                                     {list_body("numbers", "add", R"(["1", "12a"])"), 400},
                                     {list_body("hosts", "add", R"(["http://x.example/"])"), 400},
                                     {list_body("senders", "add", R"(["a\u001b[31m"])"), 400},
                                     {list_body("senders", "add", R"([""])"), 400}})
    EXPECT_EQ(refusal(ask("POST", "/v1/lists", "security", body)), status) << body;
  appliance_.lists_ = nullptr;
  EXPECT_EQ(refusal(ask("POST", "/v1/lists", "security", list_body("numbers", "add", R"(["1"])"))), 404);
  EXPECT_TRUE(appliance_.book_->empty());
  EXPECT_TRUE(audited().empty());
  EXPECT_FALSE(std::filesystem::exists(lists_file_));
}

TEST_F(ApiTest, a_list_that_is_full_is_told) {
  rules::LiveEntries entries;
  for (std::size_t i = 0; i < rules::LiveList::most_entries; ++i)
    entries.emplace(std::to_string(1'000'000 + i), rules::LiveEntry{.added_until_ns = rules::for_ever_ns});
  appliance_.book_ = std::make_shared<const LiveBook>(
      LiveBook{{"numbers", {rules::ListType::number, std::make_shared<const rules::LiveEntries>(entries)}}});
  EXPECT_EQ(refusal(ask("POST", "/v1/lists", "security", list_body("numbers", "add", R"(["1"])"))), 409);
  EXPECT_EQ(ask("POST", "/v1/lists", "security", list_body("numbers", "add", R"(["1000000"])")).status, 200);
  EXPECT_EQ(ask("POST", "/v1/lists", "security", list_body("numbers", "remove", R"(["1000000"])")).status,
            200);
  EXPECT_EQ(ask("POST", "/v1/lists", "security", list_body("numbers", "add", R"(["1"])")).status, 200);
}

TEST_F(ApiTest, what_is_kept_of_a_list_that_the_rules_do_not_have_can_be_forgotten) {
  const auto kept = std::make_shared<const rules::LiveEntries>(
      rules::LiveEntries{{"1", {.added_until_ns = rules::for_ever_ns}}, {"2", {.own_until_ns = 0}}});
  appliance_.book_ = std::make_shared<const LiveBook>(
      LiveBook{{"gone", {rules::ListType::number, kept}}, {"hosts", {rules::ListType::number, kept}}});
  const Json lists = Json::parse(ask("GET", "/v1/lists", "viewer").body).at("lists");
  const Json gone{
      {"list", "gone"}, {"type", "number"}, {"in_force", false}, {"live", {{"added", 1}, {"removed", 1}}}};
  EXPECT_NE(std::find(lists.begin(), lists.end(), gone), lists.end()) << lists;
  for (const std::string name : {"gone", "hosts"}) {
    EXPECT_EQ(refusal(ask("POST", "/v1/lists", "admin", list_body(name, "add", R"(["3"])"))), 409);
    EXPECT_EQ(ask("POST", "/v1/lists", "admin", list_body(name, "remove", R"(["1", "2"])")).status, 200);
  }
  EXPECT_TRUE(appliance_.book_->empty());
}

TEST_F(ApiTest, numbers_in_lists_are_masked_for_who_may_not_see_them) {
  ask("POST", "/v1/lists", "admin", list_body("numbers", "add", R"(["447700900123"])"));
  ask("POST", "/v1/lists", "admin", list_body("senders", "add", R"(["447700900123", "Evil Bank"])"));
  ask("POST", "/v1/lists", "admin", list_body("hosts", "add", R"(["192.0.2.7"])"));
  const auto shown = [&](const std::string& list, const std::string& role) {
    return Json::parse(ask("GET", "/v1/lists/entries?list=" + list, role).body).at("entries");
  };
  for (const std::string role : {"viewer", "commercial"}) {
    EXPECT_EQ(shown("numbers", role), (Json{{{"value", "**********23"}, {"added", true}}}));
    EXPECT_EQ(shown("senders", role)[0]["value"], "**********23");
    EXPECT_EQ(shown("senders", role)[1]["value"], "evil bank");
    EXPECT_EQ(shown("hosts", role)[0]["value"], "192.0.2.7");
    EXPECT_EQ(refusal(ask("GET", "/v1/lists/entries?list=numbers&value=447700900123", role)), 403);
    EXPECT_EQ(ask("GET", "/v1/lists/entries?list=hosts&value=a.example", role).status, 200);
  }
  for (const std::string role : {"analyst", "security", "admin"}) {
    EXPECT_EQ(shown("numbers", role)[0]["value"], "447700900123");
    EXPECT_EQ(ask("GET", "/v1/lists/entries?list=numbers&value=447700900123", role).status, 200);
  }
}

TEST_F(ApiTest, entries_of_lists_are_shown_in_pages_and_one_by_one) {
  ask("POST", "/v1/lists", "admin", list_body("numbers", "add", R"(["3", "1", "2"])"));
  const auto entries = [&](const std::string& query) {
    return Json::parse(ask("GET", "/v1/lists/entries?list=numbers" + query, "admin").body);
  };
  EXPECT_EQ(entries("&after=1&most=1")["entries"], (Json{{{"value", "2"}, {"added", true}}}));
  EXPECT_EQ(entries("&after=3")["entries"], Json::array());
  EXPECT_EQ(entries("&most=1")["total"], 3);
  EXPECT_EQ(entries("&value=2")["listed"], true);
  EXPECT_EQ(entries("&value=447700900002")["listed"], true) << "an entry of the rules' own list";
  EXPECT_EQ(entries("&value=4")["listed"], false);
  EXPECT_EQ(refusal(ask("GET", "/v1/lists/entries", "admin")), 400);
  EXPECT_EQ(refusal(ask("GET", "/v1/lists/entries?list=none", "admin")), 404);
  for (const std::string query : {"list=", "list=numbers&list=numbers", "list=numbers&value=x",
                                  "list=numbers&value=", "list=a\nb", "list=numbers&x=1"})
    EXPECT_EQ(refusal(ask("GET", "/v1/lists/entries?" + query, "admin")), 400) << query;
}

TEST_F(ApiTest, a_list_that_cannot_be_kept_is_not_changed) {
  std::filesystem::create_directory(lists_file_ + ".part");
  EXPECT_EQ(refusal(ask("POST", "/v1/lists", "admin", list_body("numbers", "add", R"(["1"])"))), 503);
  EXPECT_TRUE(appliance_.book_->empty());
  ASSERT_EQ(audited().size(), 2U);
  EXPECT_EQ(audited()[1]["what"], "list.add.failed");
}

TEST_F(ApiTest, a_change_of_a_list_that_is_not_made_is_not_kept) {
  ask("POST", "/v1/lists", "admin", list_body("numbers", "add", R"(["1"])"));
  const std::string before = text_of(lists_file_);
  appliance_.fails_ = true;
  EXPECT_EQ(refusal(ask("POST", "/v1/lists", "admin", list_body("numbers", "add", R"(["2"])"))), 500);
  EXPECT_EQ(text_of(lists_file_), before);
}

TEST(SwitchBody, says_on_or_off_and_nothing_else) {
  EXPECT_TRUE(read_switch_body(R"({"on": true})"));
  EXPECT_FALSE(read_switch_body(R"( {"on":false} )"));
  for (const std::string wrong :
       {"", "true", "{}", "[]", "null", R"({"on": 1})", R"({"on": "true"})", R"({"on": null})",
        R"({"on": true)", R"({"on": true} x)", R"({"on": true, "off": false})",
        R"({"on": true, "on": false})", R"({"on": {"on": true}})", R"({"on": [true]})", R"([{"on": true}])",
        "{\"on\": true}\xff"}) {
    try {
      read_switch_body(wrong);
      ADD_FAILURE() << wrong;
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.status(), 400) << wrong;
    }
  }
}

TEST(RollbackBody, names_a_version_or_none_and_nothing_else) {
  EXPECT_EQ(read_rollback_body(R"({"to": 7})"), 7U);
  EXPECT_EQ(read_rollback_body(R"({"to": 0})"), 0U);
  EXPECT_EQ(read_rollback_body(R"({"to": 18446744073709551615})"), 18446744073709551615U);
  EXPECT_EQ(read_rollback_body("{}"), std::nullopt);
  for (const std::string wrong :
       {"", "7", "[]", "null", R"({"to": -1})", R"({"to": "7"})", R"({"to": null})", R"({"to": true})",
        R"({"to": 7.0})", R"({"to": 7} x)", R"({"to": 7, "to": 8})", R"({"on": 7})", R"({"to": [7]})",
        R"({"to": 18446744073709551616})"}) {
    try {
      read_rollback_body(wrong);
      ADD_FAILURE() << wrong;
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.status(), 400) << wrong;
    }
  }
}

TEST_F(ApiTest, a_bundle_is_handed_on_as_it_came_and_its_hash_is_audited) {
  const std::string octets("TGBUNDLE\0\xff", 10);
  EXPECT_EQ(ask("POST", "/v1/rules/push", "security", octets).status, 202);
  EXPECT_EQ(appliance_.pushed_, octets);
  const Json line = audited().at(0);
  EXPECT_EQ(line["what"], "rules.push");
  EXPECT_EQ(line["after"]["octets"], 10);
  EXPECT_EQ(line["after"]["blake2b"].get<std::string>().size(), 64U);
  appliance_.ruleset_.clear();
  EXPECT_EQ(refusal(ask("POST", "/v1/rules/push", "security", octets)), 409);
  EXPECT_EQ(audited().size(), 1U);
  EXPECT_EQ(refusal(ask("POST", "/v1/rules/rollback", "security")), 400);
  EXPECT_EQ(ask("POST", "/v1/rules/rollback", "security", R"({"to": 7})").status, 200);
  EXPECT_EQ(appliance_.rolled_back_to_, 7U);
}

TEST_F(ApiTest, accounts_are_kept_by_who_may_and_each_change_is_audited) {
  const Json all = Json::parse(ask("GET", "/v1/accounts", "viewer").body).at("accounts");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["id"], "acme");
  EXPECT_EQ(all[0]["balance"], 0);
  const std::string credit = R"({"account": "acme", "amount": "12.50", "reference": "bill 7"})";
  const Json booked = Json::parse(ask("POST", "/v1/accounts/credit", "commercial", credit).body);
  EXPECT_EQ(booked["booked"], true);
  EXPECT_EQ(booked["account"]["balance"], 12'500'000);
  EXPECT_EQ(Json::parse(ask("POST", "/v1/accounts/credit", "commercial", credit).body)["booked"], false);
  EXPECT_EQ(
      ask("POST", "/v1/accounts/suspend", "commercial", R"({"account": "acme", "reason": "late"})").status,
      200);
  const auto lines = audited();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0]["who"], "commercial-1");
  EXPECT_EQ(lines[0]["what"], "account.credit");
  EXPECT_EQ(lines[0]["before"], (Json{{"account", "acme"}, {"status", "active"}, {"balance", 0}}));
  EXPECT_EQ(lines[0]["after"], (Json{{"amount", 12'500'000}, {"reference", "bill 7"}, {"account", "acme"}}));
  EXPECT_EQ(lines[2]["what"], "account.credit.repeated");
  EXPECT_EQ(lines[2]["after"]["booked"], false);
  EXPECT_EQ(lines[2]["after"]["reference"], "bill 7");
  EXPECT_EQ(lines[3]["after"], (Json{{"reason", "late"}, {"account", "acme"}}));
  const Json shown = Json::parse(ask("GET", "/v1/accounts", "viewer").body).at("accounts")[0];
  EXPECT_EQ(shown["status"], "suspended");
  EXPECT_EQ(shown["reason"], "late");
}

TEST_F(ApiTest, a_movement_is_corrected_once_and_its_line_says_what_it_was) {
  ask("POST", "/v1/accounts/credit", "commercial", R"({"account": "acme", "amount": "2", "reference": "b"})");
  const std::string correct = R"({"movement": 1, "reference": "wrong account"})";
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(Json::parse(ask("POST", "/v1/accounts/correct", "commercial", correct).body)["undone_by"], 2);
  Json credit{{"account", "acme"}, {"kind", "credit"}, {"amount", 2'000'000}, {"reference", "b"}};
  EXPECT_EQ(audited()[1]["before"], credit);
  credit["undone_by"] = 2;
  EXPECT_EQ(audited()[2]["before"], credit) << "it was undone already";
  EXPECT_EQ(
      refusal(ask("POST", "/v1/accounts/correct", "commercial", R"({"movement": 9, "reference": "x"})")),
      409);
  for (const std::string body :
       {R"({"movement": "1", "reference": "x"})", R"({"movement": -1, "reference": "x"})",
        R"({"movement": 1, "reference": ""})", R"({"movement": 1})"})
    EXPECT_EQ(refusal(ask("POST", "/v1/accounts/correct", "commercial", body)), 400) << body;
}

TEST_F(ApiTest, the_line_of_an_import_has_what_changes_of_which_account) {
  const auto import = [&](const std::string& content) {
    return ask("POST", "/v1/accounts/import", "admin", Json{{"file", "a.yaml"}, {"content", content}}.dump());
  };
  const std::string file =
      "accounts:\n- {id: acme, currency: EUR, senders: [ACME]}\n"
      "- {id: bank, currency: EUR, payment: postpaid, total_limit: 12, name: The Bank}\n"
      "- {id: fresh, currency: EUR}\n";
  EXPECT_EQ(import(file).status, 200);
  const Json line = audited().at(0);
  EXPECT_EQ(line["what"], "account.import");
  const Json acme{{"account", "acme"}, {"senders", 0}};
  const Json bank{{"account", "bank"}, {"name", "bank"}, {"total_limit", 9'000'000}};
  EXPECT_EQ(line["before"]["changed"], (Json{acme, bank}));
  EXPECT_EQ(line["after"]["changed"][1]["total_limit"], 12'000'000);
  EXPECT_EQ(line["after"]["new_accounts"], 1);
  EXPECT_EQ(import(file).status, 200);
  EXPECT_FALSE(audited().at(1)["before"].contains("changed")) << "nothing is another";
  const auto wrong = import("accounts:\n- {id: acme, currency: Euro}\n");
  EXPECT_EQ(refusal(wrong), 400);
  EXPECT_NE(wrong.body.find("a.yaml:2:"), std::string::npos);
  EXPECT_EQ(audited().size(), 2U);
}

TEST_F(ApiTest, the_line_of_a_large_import_is_bounded) {
  const auto import = [&](const std::string& name) {
    std::string content = "accounts:\n";
    for (int i = 0; i < 50; ++i)
      content += "- {id: account-" + std::to_string(i) + ", currency: EUR, name: " + name + "}\n";
    EXPECT_EQ(
        ask("POST", "/v1/accounts/import", "admin", Json{{"file", "a.yaml"}, {"content", content}}.dump())
            .status,
        200);
  };
  import("one");
  import("two");
  const Json before = audited().at(1)["before"];
  EXPECT_EQ(before["changed"].size(), 20U);
  EXPECT_EQ(before["more_changed"], 30);
}

TEST_F(ApiTest, statements_and_invoices_come_in_the_form_that_was_asked_for) {
  const auto ask_for = [&](const std::string& what) { return ask("GET", "/v1/accounts/" + what, "viewer"); };
  EXPECT_EQ(Json::parse(ask_for("statement?account=acme").body)["statement"]["account"], "acme");
  const Json csv = Json::parse(ask_for("statement?account=acme&month=2026-11&form=csv").body);
  EXPECT_NE(csv["text"].get<std::string>().find("opening"), std::string::npos);
  const Json text = Json::parse(ask_for("invoice?account=bank&month=2020-01&form=text").body);
  EXPECT_TRUE(text["text"].get<std::string>().starts_with("invoice bank-2020-01\n"));
  EXPECT_EQ(refusal(ask_for("invoice?account=bank&month=2020-01&form=csv")), 400);
  EXPECT_EQ(refusal(ask_for("invoice?account=bank")), 400);
  EXPECT_EQ(refusal(ask_for("statement?account=nobody")), 409);
  EXPECT_EQ(Json::parse(ask_for("show?account=acme&movements=0").body)["account"]["id"], "acme");
}

TEST(LocalWho, a_user_has_the_name_that_the_machine_gives) {
  EXPECT_EQ(local_who(0, ""), "root (local, uid 0)");
  EXPECT_EQ(local_who(0, "root"), "root (local, uid 0)");
  EXPECT_EQ(local_who(0, "alice"), "root (local, uid 0, says alice)");
  EXPECT_EQ(local_who(3'999'999'999, ""), "uid 3999999999 (local)");
  EXPECT_EQ(local_who(3'999'999'999, "root"), "uid 3999999999 (local, says root)");
}

TEST_F(ApiTest, what_the_ledger_cannot_do_is_refused) {
  const auto credit = [&](const std::string& body) {
    return refusal(ask("POST", "/v1/accounts/credit", "admin", body));
  };
  EXPECT_EQ(credit(R"({"account": "none", "amount": "1", "reference": "x"})"), 409);
  EXPECT_TRUE(audited().empty()) << "nothing of it was to be changed";
  EXPECT_EQ(credit(R"({"account": "bank", "amount": "1", "reference": "x"})"), 409)
      << "it pays, it buys no credit";
  EXPECT_EQ(audited().back()["what"], "account.credit.failed");
  for (const std::string amount : {"0", "-1", "x", "1e3", "1000000000001", "0.0000001", ""})
    EXPECT_EQ(credit(R"({"account": "acme", "amount": ")" + amount + R"(", "reference": "x"})"), 400)
        << amount;
  for (const std::string body : {"", "{}", R"({"account": "acme", "amount": "1"})",
                                 R"({"account": "acme", "amount": 1, "reference": "x"})",
                                 R"({"account": "acme", "amount": "1", "reference": "x", "more": "y"})",
                                 R"({"account": "acme", "account": "bank", "amount": "1", "reference": "x"})",
                                 "{\"account\": \"acme\", \"amount\": \"1\", \"reference\": \"a\\u0007\"}"})
    EXPECT_EQ(credit(body), 400) << body;
  EXPECT_EQ(Json::parse(ask("GET", "/v1/accounts", "admin").body).at("accounts")[0]["balance"], 0);
  std::filesystem::rename(audit_.path(), path("elsewhere"));
  EXPECT_EQ(credit(R"({"account": "acme", "amount": "1", "reference": "x"})"), 503);
  EXPECT_EQ(Json::parse(ask("GET", "/v1/accounts", "admin").body).at("accounts")[0]["balance"], 0);
}

/// A change that writes down what is done for it.
Change recorded(std::vector<std::string>& steps, bool fails) {
  return {.what = "x",
          .before = [] { return nlohmann::ordered_json(1); },
          .after = 2,
          .keep = [&steps] { steps.emplace_back("keep"); },
          .undo = [&steps] { steps.emplace_back("undo"); },
          .make = [&steps, fails]() -> nlohmann::ordered_json {
            steps.emplace_back("make");
            if (fails) throw std::runtime_error("it cannot be");
            return 3;
          }};
}

TEST_F(ApiTest, a_change_is_kept_before_it_is_made_and_that_is_undone_where_it_is_not) {
  const Caller by{"somebody", Role::admin, "local"};
  std::vector<std::string> steps;
  EXPECT_EQ(changes_.make(by, recorded(steps, false)), 3);
  EXPECT_EQ(steps, (std::vector<std::string>{"keep", "make"}));
  steps.clear();
  EXPECT_THROW(changes_.make(by, recorded(steps, true)), std::runtime_error);
  EXPECT_EQ(steps, (std::vector<std::string>{"keep", "make", "undo"}));
  Change unkept = recorded(steps, false);
  unkept.keep = [] { throw StoreError("the disk is full"); };
  steps.clear();
  EXPECT_THROW(changes_.make(by, unkept), StoreError);
  EXPECT_TRUE(steps.empty());
  const auto lines = audited();
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[2]["what"], "x.failed");
  EXPECT_EQ(lines[4]["after"], (Json{{"error", "the disk is full"}}));
}

TEST_F(ApiTest, the_log_tells_of_a_change_that_is_on_its_way_when_the_appliance_ends) {
  std::vector<std::string> steps;
  Change slow = recorded(steps, false);
  std::promise<void> is_kept;
  slow.keep = [&] {
    is_kept.set_value();
    while (!errands_.is_closed()) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the disk takes its time
  };
  std::thread other([&] {
    EXPECT_THROW(changes_.make({"somebody", Role::admin, "local"}, slow), ErrandError);
  });
  is_kept.get_future().wait();
  errands_.close();
  changes_.close();
  EXPECT_EQ(audited().back()["what"], "x.failed");
  other.join();
  EXPECT_EQ(steps, (std::vector<std::string>{"undo"}));
  EXPECT_THROW(changes_.make({"somebody", Role::admin, "local"}, slow), ErrandError);
  EXPECT_EQ(audited().size(), 2U);
}

TEST_F(ApiTest, a_change_that_the_appliance_takes_long_for_is_not_said_to_have_failed) {
  std::vector<std::string> steps;
  std::promise<void> is_told;
  Change slow = recorded(steps, false);
  slow.make = [&, told = is_told.get_future().share()]() -> nlohmann::ordered_json {
    told.wait();
    steps.emplace_back("make");
    return 3;
  };
  Changes impatient(errands_, audit_, std::chrono::milliseconds(50));
  EXPECT_THROW(impatient.make({"somebody", Role::admin, "local"}, slow), ErrandError);
  EXPECT_EQ(audited().back()["what"], "x.late");
  is_told.set_value();
  errands_.run([] { return nlohmann::ordered_json(); }, std::chrono::seconds(30));
  EXPECT_EQ(steps, (std::vector<std::string>{"keep", "make"}));
  impatient.close();
  EXPECT_EQ(audited().back()["what"], "x.late.done");
  EXPECT_EQ(audited().back()["after"], 3);
}

TEST_F(ApiTest, a_late_change_that_fails_then_is_taken_back_and_its_line_says_so) {
  std::vector<std::string> steps;
  std::promise<void> is_told;
  Change slow = recorded(steps, false);
  slow.make = [&, told = is_told.get_future().share()]() -> nlohmann::ordered_json {
    told.wait();
    throw std::runtime_error("it cannot be");
  };
  Changes impatient(errands_, audit_, std::chrono::milliseconds(50));
  const Caller by{"somebody", Role::admin, "local"};
  EXPECT_THROW(impatient.make(by, slow), ErrandError);
  EXPECT_THROW(impatient.make(by, recorded(steps, false)), ErrandError) << "one at a time";
  is_told.set_value();
  impatient.close();
  EXPECT_EQ(steps, (std::vector<std::string>{"keep", "undo"}));
  ASSERT_EQ(audited().size(), 3U);
  EXPECT_EQ(audited()[1]["what"], "x.late");
  EXPECT_EQ(audited()[2]["what"], "x.late.failed");
  EXPECT_EQ(audited()[2]["after"], (Json{{"error", "it cannot be"}}));
}

TEST_F(ApiTest, work_on_the_ledger_leaves_others_their_threads) {
  const auto ledger = charge::LedgerStore::open(ledger_);
  ledger->database().begin(charge::sql::Database::Access::write);  // those who write wait
  std::vector<std::thread> askers;
  std::atomic<int> done = 0;
  const auto credit = [&](int number) {
    const std::string body =
        fmt::format(R"({{"account": "acme", "amount": "1", "reference": "turn {}"}})", number);
    const auto book = [&] { return ask("POST", "/v1/accounts/credit", "commercial", body).status; };
    int status = book();
    for (; status == 503; status = book()) std::this_thread::yield();  // who looks on had the last turn
    if (status == 200) ++done;
  };
  for (int i = 0; i < ledger_threads_a_way; ++i) askers.emplace_back(credit, i);
  ApiResponse refused = ask("GET", "/v1/accounts", "viewer");
  for (; refused.status == 200; refused = ask("GET", "/v1/accounts", "viewer")) std::this_thread::yield();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("4 others work with the ledger now; nothing was done"), std::string::npos)
      << refused.body;
  EXPECT_EQ(std::count_if(refused.headers.begin(), refused.headers.end(),
                          [](const auto& header) { return header.first == "Retry-After"; }),
            1);
  EXPECT_EQ(ask("GET", "/v1/status", "viewer").status, 200);
  ledger->database().rollback();
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(done, ledger_threads_a_way);
  EXPECT_EQ(ask("GET", "/v1/accounts", "viewer").status, 200);
}

/// One more sender than a report may have rows, each with one part.
record::RollupBatch many_senders() {
  record::RollupBatch batch;
  for (int i = 0; i <= 50'000; ++i) {
    record::RollupBatch::Cell cell{.cube = record::Cube::senders, .minute = 29'880'000, .key = {}};
    record::value_of(cell.key, record::Dimension::sender) = fmt::format("S{}", i);
    cell.measures.parts = cell.measures.messages = 1;
    batch.cells.push_back(std::move(cell));
  }
  return batch;
}

TEST_F(ApiTest, reports_take_turns_and_have_no_more_rows_than_an_answer_holds) {
  const std::string file = path("reports.db");
  record::RollupStore({.file = file}).add(many_senders());
  Means means{appliance_, errands_, audit_, changes_};
  means.reports = &file;
  Turns of_ledger(0);
  Turns one(1);
  Call call{means, {"she", Role::admin, "192.0.2.7"}, of_ledger, one, {}, {}, {}};
  call.texts = {{"name", "senders"}, {"since", "2026-10-24"}, {"until", "2026-10-25"}};
  const auto status = [&](const std::string& expected) -> int {
    try {
      show_report(call);
      return 200;
    } catch (const Fault& fault) {
      EXPECT_NE(std::string(fault.found()).find(expected), std::string::npos) << fault.found();
      return fault.status() + static_cast<int>(fault.retry_after_seconds);
    }
  };
  {
    const Turns::Turn another(one);
    EXPECT_EQ(status("2 other reports are made now"), 503 + 1);
  }
  EXPECT_EQ(status("found more than 50000 rows"), 400);
  call.texts["by"] = "sender,time";
  EXPECT_EQ(status("found more than 50000 rows"), 400);
  call.texts["top"] = "10";
  EXPECT_EQ(show_report(call).at("rows").size(), 11U) << "and the others together";
}

TEST_F(ApiTest, a_late_change_is_said_to_be_late_also_where_the_audit_log_takes_no_line_of_it) {
  std::vector<std::string> steps;
  std::vector<std::string> log;
  std::promise<void> is_told;
  Change slow = recorded(steps, false);
  slow.keep = [this] {  // after its own line
    std::filesystem::rename(audit_.path(), audit_.path() + ".away");
    std::filesystem::create_directory(audit_.path());
  };
  slow.make = [&, told = is_told.get_future().share()]() -> nlohmann::ordered_json {
    told.wait();
    return 3;
  };
  Changes impatient(errands_, audit_, std::chrono::milliseconds(50),
                    [&log](const std::string& what) { log.push_back(what); });
  const Caller by{"somebody", Role::admin, "local"};
  try {
    impatient.make(by, slow);
    FAIL();
  } catch (const ErrandError& error) {
    EXPECT_TRUE(error.begun);
  }
  std::filesystem::remove(audit_.path());
  std::filesystem::rename(audit_.path() + ".away", audit_.path());
  is_told.set_value();
  impatient.close();
  EXPECT_EQ(audited().back()["what"], "x.late.done") << "what came of it is followed all the same";
  ASSERT_EQ(log.size(), 1U);
  EXPECT_NE(log[0].find("x.late: "), std::string::npos) << log[0];
}

TEST_F(ApiTest, changes_are_made_again_once_a_late_one_is_done) {
  std::vector<std::string> steps;
  std::promise<void> is_told;
  Change slow = recorded(steps, false);
  slow.make = [told = is_told.get_future().share()]() -> nlohmann::ordered_json {
    told.wait();
    return 3;
  };
  Changes impatient(errands_, audit_, std::chrono::milliseconds(50));
  const Caller by{"somebody", Role::admin, "local"};
  EXPECT_THROW(impatient.make(by, slow), ErrandError);
  is_told.set_value();
  while (audited().back()["what"] != "x.late.done") std::this_thread::yield();
  for (int tries = 0;; ++tries) {
    try {
      impatient.make(by, recorded(steps, false));
      break;
    } catch (const ErrandError& error) {  // the line is written a moment before the change is over
      ASSERT_LT(tries, 1000) << error.what();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  EXPECT_EQ(steps.back(), "make");
}

TEST_F(ApiTest, what_cannot_be_taken_back_is_told) {
  std::vector<std::string> steps;
  std::vector<std::string> log;
  Change change = recorded(steps, true);
  change.undo = [] { throw LiveFileError("the disk is full"); };
  Changes changes(errands_, audit_, std::chrono::seconds(5),
                  [&log](const std::string& what) { log.push_back(what); });
  EXPECT_THROW(changes.make({"somebody", Role::admin, "local"}, change), std::runtime_error);
  EXPECT_EQ(audited().back()["what"], "x.failed");
  EXPECT_EQ(audited().back()["after"],
            (Json{{"not_taken_back", "the disk is full"}, {"error", "it cannot be"}}));
  ASSERT_EQ(log.size(), 1U);
  EXPECT_NE(log[0].find("the disk is full"), std::string::npos);
}

// What src/control/openapi.json says, against the table by which requests are answered.

/// What `$ref` names in the description.
const Json& resolved(const Json& root, const Json& at) {
  return at.contains("$ref") ? root.at(Json::json_pointer(at.at("$ref").get<std::string>().substr(1))) : at;
}

TEST(OpenApi, describes_the_routes_and_no_others) {
  const Json api = Json::parse(openapi());
  std::set<std::string> described;
  for (const auto& [path, methods] : api.at("paths").items()) {
    for (const auto& [method, what] : methods.items()) described.insert(method + " " + path);
  }
  std::set<std::string> there;
  for (const Route& route : routes()) {
    std::string method(route.method);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    there.insert(method + " " + std::string(route.path));
  }
  EXPECT_EQ(described, there);
}

class OpenApiRoute : public testing::TestWithParam<std::size_t> {
 protected:
  const Route& route_ = routes()[GetParam()];
  const Json api_ = Json::parse(openapi());
  const Json& operation() const {
    std::string method(route_.method);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    return api_.at("paths").at(std::string(route_.path)).at(method);
  }
};

TEST_P(OpenApiRoute, has_the_statuses_of_the_server) {
  std::vector<int> described;
  for (const auto& [status, what] : operation().at("responses").items()) {
    described.push_back(std::stoi(status));
    const Json& response = resolved(api_, what);
    const bool is_text = described.back() < 400 && route_.media != json_media;
    const std::string media(is_text ? route_.media : json_media);
    const Json& schema = resolved(api_, response.at("content").at(media).at("schema"));
    EXPECT_EQ(schema.at("type"), is_text ? "string" : "object");
    if (described.back() >= 400) {
      EXPECT_EQ(schema, api_["components"]["schemas"]["Error"]) << status;
    }
  }
  std::sort(described.begin(), described.end());
  EXPECT_EQ(described, statuses(route_));
}

TEST_P(OpenApiRoute, has_the_parameters_of_the_server) {
  const Json described = operation().value("parameters", Json::array());
  ASSERT_EQ(described.size(), route_.parameters.size() + route_.texts.size());
  for (std::size_t i = 0; i < route_.texts.size(); ++i) {
    const TextParameter& parameter = route_.texts[i];
    const Json& text = described[route_.parameters.size() + i];
    EXPECT_EQ(text.at("name"), parameter.name);
    EXPECT_EQ(text.at("in"), "query");
    EXPECT_EQ(text.at("required"), parameter.required);
    EXPECT_EQ(text.at("schema"),
              (Json{{"type", "string"}, {"minLength", 1}, {"maxLength", parameter.most_octets}}));
  }
  for (std::size_t i = 0; i < route_.parameters.size(); ++i) {
    const Parameter& parameter = route_.parameters[i];
    EXPECT_EQ(described[i].at("name"), parameter.name);
    EXPECT_EQ(described[i].at("in"), "query");
    EXPECT_FALSE(described[i].value("required", false));
    const Json schema{{"type", "integer"},
                      {"minimum", parameter.least},
                      {"maximum", parameter.most},
                      {"default", parameter.usual}};
    EXPECT_EQ(described[i].at("schema"), schema);
  }
}

TEST_P(OpenApiRoute, has_the_roles_body_and_audit_of_the_server) {
  Json roles = Json::array();
  for (const Role role : all_roles) {
    if (route_.roles && route_.roles->has(role)) roles.push_back(to_string(role));
  }
  EXPECT_EQ(operation().at("x-roles"), roles);
  EXPECT_EQ(operation().value("security", api_.at("security")).empty(), !route_.roles);
  EXPECT_EQ(operation().contains("requestBody"), route_.most_body_octets != 0);
  EXPECT_EQ(operation().value("x-audited", false), route_.audited);
}

INSTANTIATE_TEST_SUITE_P(, OpenApiRoute, testing::Range<std::size_t>(0, routes().size()));

}  // namespace
}  // namespace tollgate::control
