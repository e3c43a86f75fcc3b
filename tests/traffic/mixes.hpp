#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "traffic/scenario_map.hpp"
#include "traffic/scenario_smpp.hpp"

namespace tollgate::traffic {

/// What the scenarios of all mixes share: the clock, the associations, and the long-lived SMPP sessions.
struct Generator {
  explicit Generator(Context& context_) : context(context_) {}
  Context& context;
  /// One of a few sessions that stay; opened when first asked for.
  SmppSession& session();
  void finish();

 private:
  std::vector<std::unique_ptr<SmppSession>> sessions_;
};

/// A kind of traffic, or one option of the encoders, by name.
struct Mix {
  std::string name;
  std::string help;
  std::function<void(Generator&)> run;
  unsigned weight = 0;   ///< in the mix `sample`
  bool needs_ip = true;  ///< cannot be written to a file of MTP2, MTP3 or SCCP
};

class MixList {
 public:
  template <class Run>
  Mix& add(std::string name, std::string help, Run run) {
    mixes_.push_back({.name = std::move(name), .help = std::move(help), .run = std::move(run)});
    return mixes_.back();
  }
  /// Says of all mixes from `first` on that they need no IP.
  void without_ip(std::size_t first);
  const std::vector<Mix>& all() const { return mixes_; }
  const Mix* find(std::string_view name) const;

 private:
  std::vector<Mix> mixes_;
};

void add_content_mixes(MixList& list);
void add_transport_mixes(MixList& list);
void add_ss7_mixes(MixList& list);
void add_map_mixes(MixList& list);
void add_tpdu_mixes(MixList& list);
void add_smpp_mixes(MixList& list);
void add_damage_mixes(MixList& list);
void add_load_mixes(MixList& list);
MixList all_mixes();

}  // namespace tollgate::traffic
