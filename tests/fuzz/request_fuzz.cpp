#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "control/audit_line.hpp"
#include "control/fault.hpp"
#include "control/list_body.hpp"
#include "control/live_book.hpp"
#include "control/request_body.hpp"
#include "control/token_file.hpp"
#include "control/utc.hpp"

namespace {

using namespace tollgate::control;

/// Whatever is taken for a switch says the same to a parser into a tree.
void read_switch(std::string_view body) {
  try {
    const bool on = read_switch_body(body);
    if (nlohmann::json::parse(body) != nlohmann::json{{"on", on}}) __builtin_trap();
  } catch (const Fault& fault) {
    if (fault.status() != http::bad_request) __builtin_trap();
  }
}

void read_rollback(std::string_view body) {
  try {
    const auto to = read_rollback_body(body);
    const auto said = nlohmann::json::parse(body);
    if (said != (to ? nlohmann::json{{"to", *to}} : nlohmann::json::object())) __builtin_trap();
  } catch (const Fault& fault) {
    if (fault.status() != http::bad_request) __builtin_trap();
  }
}

void read_texts(std::string_view body) {
  try {
    const auto texts = read_texts_body(body, {"account", "amount", "reference"});
    if (nlohmann::json::parse(body) != nlohmann::json(texts)) __builtin_trap();
  } catch (const Fault& fault) {
    if (fault.status() != http::bad_request) __builtin_trap();
  }
}

/// Whatever is taken for a change of a list says the same to a parser into a tree.
void read_list_change(std::string_view body) {
  try {
    const ListRequest request = read_list_body(body);
    nlohmann::json same{
        {"list", request.list}, {"change", to_string(request.change)}, {"values", request.values}};
    if (request.until_ns) same["until"] = to_utc(*request.until_ns);
    if (nlohmann::json::parse(body) != same) __builtin_trap();
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read_switch(text);
  read_rollback(text);
  read_texts(text);
  read_list_change(text);
  read_live_file(text);
  read_token_file(text);
  read_audit_line(text);
  return 0;
}
