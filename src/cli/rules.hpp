#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>

#include "cli/arguments.hpp"
#include "control/bundle.hpp"

namespace tollgate::cli {

/// What the commands of `tollgate rules` take in the same way.
class RulesArguments {
 public:
  boost::program_options::options_description own;  ///< of one command, added to before `parse`
  std::vector<std::string> words;                   ///< a folder, a bundle

  /// Adds -c, of commands that load rules.
  void add_configuration();
  /// Adds --trust, of commands that open a bundle.
  void add_trust();

  /// Reads them: as many words as are `named` in the usage. False where --help was asked for, and given.
  /// Throws boost::program_options::error.
  bool parse(const std::vector<std::string>& arguments, std::string_view usage,
             const std::vector<std::string_view>& named);

  /// The settings that -c names. Throws ConfigError.
  engine::Settings settings() const { return settings_of(common_); }
  /// The state folder of the appliance that -c names. Throws ConfigError.
  std::string state() const;
  /// The bundle in a file, if one of those signed it that --trust names. Throws
  /// boost::program_options::error where it names none, BundleError, std::system_error.
  control::Bundle open(const std::string& file) const;

 private:
  Arguments common_;
  std::vector<std::string> trust_;
};

// rules_bundle.cpp: what needs no appliance
int rules_key(const std::vector<std::string>& arguments);
int rules_pack(const std::vector<std::string>& arguments);
int rules_show(const std::vector<std::string>& arguments);
int rules_unpack(const std::vector<std::string>& arguments);
int rules_verify(const std::vector<std::string>& arguments);

// rules_live.cpp: of a running appliance
int rules_history(const std::vector<std::string>& arguments);
int rules_list(const std::vector<std::string>& arguments);
int rules_push(const std::vector<std::string>& arguments);
int rules_rollback(const std::vector<std::string>& arguments);

}  // namespace tollgate::cli
