#include "traffic/mixes.hpp"

#include <algorithm>

namespace tollgate::traffic {
namespace {
constexpr std::size_t session_count = 4;
}

SmppSession& Generator::session() {
  if (sessions_.size() < session_count) {
    sessions_.push_back(std::make_unique<SmppSession>(context, SmppSession::Options{}));
  }
  SmppSession& picked = *context.random.pick(sessions_);
  picked.catch_up();
  return picked;
}

void Generator::finish() {
  context.timeline.run_all();
  for (auto& session : sessions_) {
    session->catch_up();
    session->finish();
  }
  context.close();
}

const Mix* MixList::find(std::string_view name) const {
  const auto found = std::find_if(mixes_.begin(), mixes_.end(), [&](const Mix& m) { return m.name == name; });
  return found == mixes_.end() ? nullptr : &*found;
}

void MixList::without_ip(std::size_t first) {
  for (; first < mixes_.size(); ++first) mixes_[first].needs_ip = false;
}

MixList all_mixes() {
  MixList list;
  add_content_mixes(list);
  add_transport_mixes(list);
  const std::size_t first_ss7 = list.all().size();
  add_ss7_mixes(list);
  add_map_mixes(list);
  add_tpdu_mixes(list);
  list.without_ip(first_ss7);
  add_smpp_mixes(list);
  add_damage_mixes(list);
  add_load_mixes(list);
  return list;
}

}  // namespace tollgate::traffic
