#include "control/request_body.hpp"

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "control/fault.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::json;

/// Takes an object with one key at most apart. Of a key that stands twice a parser into a tree keeps one, and
/// who looked at the request before may have kept the other.
class ObjectReader : public nlohmann::json_sax<Json> {
 public:
  /// `expected`: what the body should be, for who sent another.
  ObjectReader(const char* key, const char* expected) : key_(key), expected_(expected) {}

  /// Throws Fault.
  void read(std::string_view body) {
    if (body.empty()) refuse("found no body");
    if (!Json::sax_parse(body.begin(), body.end(), this)) refuse(found_);
  }
  [[noreturn]] void refuse(const std::string& found) const {
    throw Fault(http::bad_request, found, expected_);
  }

  // What its key says.
  std::optional<bool> truth() const { return truth_; }
  std::optional<std::uint64_t> count() const { return count_; }
  bool has_key() const { return has_key_; }

  bool null() override { return no("a null"); }
  bool boolean(bool value) override {
    if (depth_ != 1) return no("a value that is no object");
    truth_ = value;
    return true;
  }
  bool number_integer(number_integer_t) override { return no("a number below 0"); }
  bool number_unsigned(number_unsigned_t value) override {
    if (depth_ != 1) return no("a value that is no object");
    count_ = value;
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return no("a number that is not whole"); }
  bool string(string_t&) override { return no("a string"); }
  bool binary(binary_t&) override { return no("binary data"); }
  bool start_object(std::size_t) override { return ++depth_ == 1 || no("an object in the object"); }
  bool key(string_t& name) override {
    if (name != key_) return no(std::string("another key than `") + key_ + "`");
    return !std::exchange(has_key_, true) || no(std::string("the key `") + key_ + "` twice");
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

  const char* key_;
  const char* expected_;
  std::optional<bool> truth_;
  std::optional<std::uint64_t> count_;
  std::string found_;
  int depth_ = 0;
  bool has_key_ = false;
};

}  // namespace

bool read_switch_body(std::string_view body) {
  ObjectReader reader("on", R"({"on": true} or {"on": false})");
  reader.read(body);
  if (!reader.truth()) reader.refuse("found an object without a switch `on`");
  return *reader.truth();
}

std::optional<std::uint64_t> read_rollback_body(std::string_view body) {
  ObjectReader reader("to", R"({"to": VERSION}, or {} for the version before)");
  reader.read(body);
  if (reader.has_key() && !reader.count()) reader.refuse("found a `to` that is no version");
  return reader.count();
}

}  // namespace tollgate::control
