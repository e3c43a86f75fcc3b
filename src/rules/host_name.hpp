#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::rules {

/// Makes forms of one host name equal, without allocation: small letters, no dot at the end, the full-width
/// forms of ASCII as ASCII. Of a name longer than the room, the labels at its end.
class PlainHost {
 public:
  explicit PlainHost(std::string_view host) noexcept;
  std::string_view text() const noexcept { return {room_.data() + begin_, size_ - begin_}; }

 private:
  std::array<char, 1024> room_;
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
};

/// The two forms in which an internationalised name is written (UTS #46), both as PlainHost has them.
struct HostForms {
  std::string ascii;    ///< punycode
  std::string unicode;  ///< equal to `ascii` where nothing in it is internationalised
};

/// Nothing where `host` (UTF-8) cannot be the name of a host.
std::optional<HostForms> host_forms(std::string_view host);

/// What to write in the place of `text`, which is not the name of a host.
std::string_view host_advice(std::string_view text);

}  // namespace tollgate::rules
