#include "control/request_body.hpp"

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "control/fault.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::json;

constexpr const char* expected = R"({"on": true} or {"on": false})";

[[noreturn]] void refuse(const std::string& found) { throw Fault(http::bad_request, found, expected); }

/// Takes `{"on": BOOLEAN}` apart. Of a key that stands twice a parser into a tree keeps one, and who looked
/// at the request before may have kept the other.
class SwitchReader : public nlohmann::json_sax<Json> {
 public:
  std::optional<bool> on() const { return depth_ == 0 ? on_ : std::nullopt; }
  const std::string& found() const { return found_; }

  bool null() override { return no("a null"); }
  bool boolean(bool value) override {
    if (depth_ != 1) return no("a value that is no object");
    on_ = value;
    return true;
  }
  bool number_integer(number_integer_t) override { return no("a number"); }
  bool number_unsigned(number_unsigned_t) override { return no("a number"); }
  bool number_float(number_float_t, const string_t&) override { return no("a number"); }
  bool string(string_t&) override { return no("a string"); }
  bool binary(binary_t&) override { return no("binary data"); }
  bool start_object(std::size_t) override { return ++depth_ == 1 || no("an object in the object"); }
  bool key(string_t& name) override {
    if (name != "on") return no("another key than `on`");
    return !std::exchange(has_key_, true) || no("the key `on` twice");
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return no("a list"); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return no("what is no JSON, at octet " + std::to_string(position));
  }

 private:
  bool no(std::string what) {
    found_ = "found " + std::move(what);
    return false;
  }

  std::optional<bool> on_;
  std::string found_;
  int depth_ = 0;
  bool has_key_ = false;
};

}  // namespace

bool read_switch_body(std::string_view body) {
  if (body.empty()) refuse("found no body");
  SwitchReader reader;
  if (!Json::sax_parse(body.begin(), body.end(), &reader)) refuse(reader.found());
  if (!reader.on()) refuse("found an object without `on`");
  return *reader.on();
}

}  // namespace tollgate::control
