#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace syslog_sink {

/// What is the same in all messages.
struct Header {
  unsigned facility = 16;  ///< local0
  std::string host;
  std::string program;
  std::string process;  ///< its id
  std::string element;  ///< the name of the structured data
};

struct Event {
  std::uint64_t time_ns = 0;
  std::string_view id;
  std::string_view json;
  std::string_view kind;  ///< the MSGID
  std::string_view protocol;
  std::string_view verdict;  ///< empty: there is none
  bool alert = false;
};

/// RFC 5424 6.2.1: 6 informational where a message passes, 5 notice where it is charged or diverted, 4
/// warning where it is stopped; 3 error where the policy asks for an alert.
unsigned severity_of(const Event& event);

/// The event as a syslog message (RFC 5424), in UTF-8 without a byte-order mark: the JSON is the MSG. Of one
/// that would have more than `most` octets the JSON is cut, between characters, and the parameter `cut` says
/// how many octets are missing.
std::string write(const Header& header, const Event& event, std::size_t most);

/// `text` as a value between quotes of structured data (6.3.3).
std::string parameter(std::string_view text);

}  // namespace syslog_sink
