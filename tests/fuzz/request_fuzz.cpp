#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "cli/tried_message.hpp"
#include "control/audit_line.hpp"
#include "control/fault.hpp"
#include "control/list_body.hpp"
#include "control/live_book.hpp"
#include "control/request_body.hpp"
#include "control/token_file.hpp"
#include "control/utc.hpp"
#include "message/home.hpp"
#include "record/report_query.hpp"
#include "rules/sample.hpp"

namespace {

using namespace tollgate::control;

/// What `read` gives of the body, as an object, says the same to a parser into a tree; what it does not take
/// it refuses as a body.
template <class Read>
void compare(std::string_view body, Read&& read) {
  try {
    const nlohmann::json same = read(body);
    if (nlohmann::json::parse(body) != same) __builtin_trap();
  } catch (const Fault& fault) {
    if (fault.status() != http::bad_request) __builtin_trap();
  }
}

using Json = nlohmann::json;

Json switch_of(std::string_view body) { return {{"on", read_switch_body(body)}}; }

Json rollback_of(std::string_view body) {
  const auto to = read_rollback_body(body);
  return to ? Json{{"to", *to}} : Json::object();
}

Json texts_of(std::string_view body) { return read_texts_body(body, {"account", "amount", "reference"}); }

Json list_change_of(std::string_view body) {
  const ListRequest request = read_list_body(body);
  Json same{{"list", request.list}, {"change", to_string(request.change)}, {"values", request.values}};
  if (request.until_ns) same["until"] = to_utc(*request.until_ns);
  return same;
}

Json correction_of(std::string_view body) {
  const CorrectionBody correction = read_correction_body(body);
  return {{"movement", static_cast<std::uint64_t>(correction.movement)}, {"reference", correction.reference}};
}

/// Where a body may say or leave out what is so anyway, it is taken to be said as it was.
void keep_as_said(std::string_view body, Json& same, const char* key, const Json& usual) {
  if (same.at(key) == usual && !Json::parse(body).contains(key)) same.erase(key);
}

Json release_of(std::string_view body) {
  const ReleaseBody release = read_release_body(body);
  Json same{{"appliance", release.appliance}, {"force", release.force}};
  keep_as_said(body, same, "force", false);
  return same;
}

Json import_of(std::string_view body) {
  const ImportBody import = read_import_body(body);
  return {{"file", import.file}, {"content", import.content}};
}

Json mark_of(std::string_view body) {
  const MarkBody mark = read_mark_body(body);
  Json same{{"id", mark.id}, {"wrong", to_string(mark.wrong)}, {"with_text", mark.with_text}};
  keep_as_said(body, same, "with_text", false);
  if (mark.rule != 0) same["rule"] = mark.rule;
  if (mark.text) same["text"] = *mark.text;
  if (!mark.note.empty()) same["note"] = mark.note;
  return same;
}

Json number_of(std::string_view body) { return {{"number", read_number_body(body, "number")}}; }

/// What is taken for a message is an object with a text, and a message can be made of it.
void read_tried(std::string_view body) {
  using namespace tollgate;
  const Home home;
  rules::Sample sample(home);
  try {
    const cli::TriedMessage tried = cli::read_tried_message(body, sample);
    if (!tried.fields.at("text").is_string() || !tried.signals.is_object()) __builtin_trap();
    sample.message();
  } catch (const Fault& fault) {
    if (fault.status() != http::bad_request) __builtin_trap();
  }
}

/// What is taken for a file of changed lists stays the same when it is written and read again.
void read_live_file(const std::string& text) {
  try {
    const std::string written = live_book_text(parse_live_book(text));
    if (live_book_text(parse_live_book(written)) != written) __builtin_trap();
  } catch (const LiveBookError&) {
  }
}

/// What is taken for a file of tokens stays the same when it is written and read again.
void read_token_file(const std::string& text) {
  try {
    const std::string written = tokens_text(parse_tokens(text, "tokens"));
    if (tokens_text(parse_tokens(written, "tokens")) != written) __builtin_trap();
  } catch (const TokenError&) {
  }
}

void read_audit_line(std::string_view line) {
  AuditEnd end;
  try {
    follow_audit(line, end);
    if (end.number != 1) __builtin_trap();
  } catch (const AuditError&) {
    if (end.number != 0) __builtin_trap();
  }
}

/// The parameters of a report, a line each.
tollgate::record::ReportWords words_in(std::string_view text) {
  tollgate::record::ReportWords words;
  for (std::string* word :
       {&words.name, &words.since, &words.until, &words.step, &words.by, &words.where, &words.top}) {
    const std::size_t end = text.find('\n');
    *word = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return words;
}

/// What is taken for a query is of a span of time, and tells nothing apart twice.
void read_report_query(std::string_view text) {
  using namespace tollgate::record;
  static const RollupTime london("Europe/London");
  constexpr std::int64_t now_s = 1'795'000'000;
  try {
    const ReportQuery query = read_query(words_in(text), london, now_s);
    if (query.since_s >= query.until_s || query.by.empty()) __builtin_trap();
    for (const ReportBy& by : query.by) {
      if (std::count(query.by.begin(), query.by.end(), by) != 1) __builtin_trap();
    }
    for (const ReportFilter& filter : query.where) {
      if (filter.values.empty()) __builtin_trap();
    }
  } catch (const ReportError&) {  // the only way in which one may be refused
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto read : {switch_of, rollback_of, texts_of, list_change_of, correction_of, release_of,
                          import_of, mark_of, number_of})
    compare(text, read);
  read_tried(text);
  read_live_file(text);
  read_token_file(text);
  read_audit_line(text);
  read_report_query(text);
  return 0;
}
