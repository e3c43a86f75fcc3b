#include "control/service.hpp"

namespace tollgate::control {

Service::Service(const std::string& state, const Settings& settings, const Means& means, const Log& log)
    : errands_(means.errands),
      changes_(means.changes),
      tokens_(settings.tokens.empty() ? nullptr : std::make_unique<TokenBook>(settings.tokens, log.warn)),
      admission_(tokens_.get(), log.warn),
      api_(means, admission_),
      server_(state, settings.https, api_, log) {}

void Service::stop() {
  errands_.close();
  changes_.close();
  server_.stop();
}

}  // namespace tollgate::control
