// How many messages a second, minute and hour there are of each sender, recipient, calling global title,
// account and URL host: see plugins/README.md for what they count, and how exactly.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "counts.hpp"
#include "memory.hpp"
#include "plugin.h"

namespace {

using rate::Counts;
using rate::windows;

struct Kind {
  const char* name;
  const char* of;
};
// By the name of the field in rules, `_` for `.`: the policy's throttle finds its signal so.
enum { sender, recipient, origin_gt, origin_account, url_host };
constexpr std::array<Kind, 5> kinds{{{"sender", "from this sender"},
                                     {"recipient", "to this recipient"},
                                     {"origin_gt", "from this calling global title"},
                                     {"origin_account", "of this account"},
                                     {"url_host", "with a link to this host"}}};
constexpr std::size_t most_hosts = 16;

std::string_view view(const tollgate_text& text) { return {text.data, text.size}; }

class Rate {
 public:
  Rate(std::size_t memory, std::uint64_t seed) : counts_(memory), seed_(seed) {}

  void detect(const tollgate_burst& burst) {
    std::optional<std::size_t> longest;
    for (std::size_t id = 0; id < kinds.size() * windows.size(); ++id) {
      if (burst.wanted[id] != 0) longest = std::max(longest.value_or(0), id % windows.size());
    }
    if (!longest) return;
    for (std::size_t i = 0; i < burst.count; ++i) detect(burst, i, *longest);
  }

 private:
  struct Key {
    std::size_t kind;
    Counts::Place place;
  };
  /// The keys of one message.
  struct Keys {
    std::array<Key, kinds.size() - 1 + most_hosts> all;
    std::size_t count = 0;
  };

  void detect(const tollgate_burst& burst, std::size_t i, std::size_t longest) {
    Keys keys;
    find(burst, i, keys);
    const std::uint64_t time_ms = burst.messages[i]->time_ns / 1'000'000;
    for (std::size_t k = 0; k < keys.count; ++k) {
      const rate::Rates rates = counts_.add(keys.all[k].place, time_ms, longest);
      for (std::size_t w = 0; w < windows.size(); ++w) {
        const std::size_t id = keys.all[k].kind * windows.size() + w;
        double& signal = burst.signals[i][id];
        if (burst.wanted[id] != 0) signal = std::fmax(signal, static_cast<double>(rates[w]));
      }
    }
  }

  void find(const tollgate_burst& burst, std::size_t i, Keys& keys) const {
    const tollgate_message& m = *burst.messages[i];
    const auto wanted = [&](std::size_t kind) {
      const std::uint8_t* first = burst.wanted + kind * windows.size();
      return std::find(first, first + windows.size(), 1) != first + windows.size();
    };
    // Where to route a message is asked apart from the message itself.
    const bool routes = view(m.operation) == "sendRoutingInfoForSM";
    const auto add = [&](std::size_t kind, std::string_view key) {
      if (key.empty() || keys.count == keys.all.size()) return;
      const std::uint64_t hash =
          XXH3_64bits_withSeed(key.data(), key.size(), seed_ + (kind * 2 + (routes ? 1 : 0)));
      const Counts::Place place = counts_.place(hash);
      counts_.prefetch(place);
      keys.all[keys.count++] = {kind, place};
    };
    if (wanted(sender)) add_party(m.sender, [&](std::string_view key) { add(sender, key); });
    if (wanted(recipient)) add_party(m.recipient, [&](std::string_view key) { add(recipient, key); });
    if (wanted(origin_gt)) add(origin_gt, view(m.origin.gt));
    if (wanted(origin_account)) add(origin_account, view(m.origin.account));
    if (wanted(url_host)) {
      const tollgate_texts hosts = burst.url_hosts(&burst, i);
      for (std::size_t h = 0; h < std::min(hosts.count, most_hosts); ++h) {
        const auto same = [&](const tollgate_text& other) { return view(other) == view(hosts.data[h]); };
        if (std::none_of(hosts.data, hosts.data + h, same)) add(url_host, view(hosts.data[h]));
      }
    }
  }

  /// A number as E.164, however it was sent; a name in small letters.
  template <class Add>
  static void add_party(const tollgate_party& party, Add&& add) {
    if (party.number.size != 0) return add(view(party.number));
    std::array<char, 64> small;
    const std::string_view sent = view(party.address).substr(0, small.size());
    std::transform(sent.begin(), sent.end(), small.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    add({small.data(), sent.size()});
  }

  Counts counts_;
  std::uint64_t seed_;
};

void* open(const tollgate_opening* opening) {
  std::uint64_t memory = std::uint64_t{64} << 20U;
  std::uint64_t seed = 0;
  bool good = true;
  const auto refuse = [&](const tollgate_setting* about, const std::string& why) {
    opening->refuse(opening->host, about, why.c_str());
    good = false;
  };
  for (std::size_t i = 0; i < opening->setting_count; ++i) {
    const tollgate_setting* setting = &opening->settings[i];
    const std::string_view key = view(setting->key);
    const std::string_view value = view(setting->value);
    if (key == "memory") {
      const auto octets = rate::parse_memory(value);
      if (octets) memory = *octets;
      else
        refuse(setting, "found `" + std::string(value) +
                            "` for `memory`; expected a size from 1 MiB to 64 GiB, such as 64 MiB");
    } else if (key == "seed") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seed);
      if (error != std::errc{} || end != value.data() + value.size())
        refuse(setting, "found `" + std::string(value) + "` for `seed`; expected a whole number");
    } else {
      refuse(setting, "unknown key `" + std::string(key) + "`; expected memory or seed");
    }
  }
  if (!good) return nullptr;
  for (const Kind& kind : kinds) {
    for (const rate::Window& window : windows) {
      const std::string name = std::string(kind.name) + "_per_" + std::string(window.name);
      const std::string help =
          "messages " + std::string(kind.of) + " in the last " + std::string(window.name);
      const tollgate_signal signal{
          TOLLGATE_PLUGIN_ABI, sizeof(tollgate_signal), TOLLGATE_COUNT, 0, name.c_str(), "messages",
          help.c_str()};
      opening->add_signal(opening->host, &signal);
    }
  }
  try {
    return std::make_unique<Rate>(memory, seed).release();
  } catch (const std::bad_alloc&) {
    refuse(nullptr, "there is not so much memory");
    return nullptr;
  }
}

void detect(void* instance, const tollgate_burst* burst) { static_cast<Rate*>(instance)->detect(*burst); }

void close(void* instance) { delete static_cast<Rate*>(instance); }

}  // namespace

const tollgate_plugin* tollgate_plugin_get(void) {
  static const tollgate_plugin plugin{
      TOLLGATE_PLUGIN_ABI, sizeof(tollgate_plugin), TOLLGATE_DETECTOR, 0, "rate", open, detect, close};
  return &plugin;
}
