#include "record/json_lines.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace tollgate::record {
namespace {

constexpr std::size_t buffer_size = 1U << 20U;
constexpr int closed = -1;
constexpr mode_t readable = 0644;

}  // namespace

JsonLines::JsonLines(std::string path, JsonLinesOptions options)
    : path_(std::move(path)),
      options_(options),
      file_(path_ == "-" ? ::dup(STDOUT_FILENO)
                         : ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, readable)) {
  if (file_ == closed) fail("create");
  buffer_.reserve(buffer_size + buffer_size / 4);
}

JsonLines::~JsonLines() {
  if (file_ == closed) return;
  try {
    flush();
  } catch (const std::system_error&) {  // a destructor has nobody to tell
  }
  ::close(file_);
}

void JsonLines::write(const Message& message, const Countries& countries) {
  if (message.kind == Kind::signalling && !options_.all) return;
  append_event(buffer_, message, countries);
  buffer_ += '\n';
  ++lines_;
  if (buffer_.size() >= buffer_size) flush();
}

void JsonLines::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = ::write(file_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      buffer_.clear();
      errno = reason;
      fail("write");
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
}

void JsonLines::close() {
  if (file_ == closed) return;
  flush();
  // Some file systems tell of a failed write only here.
  if (::close(std::exchange(file_, closed)) != 0) fail("write");
}

void JsonLines::fail(const char* action) const {
  throw std::system_error(errno, std::generic_category(),
                          std::string("cannot ") + action + " events " +
                              (action == std::string_view("write") ? "to " : "file ") + path_);
}

}  // namespace tollgate::record
