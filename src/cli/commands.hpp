#pragma once

#include <string>
#include <vector>

namespace tollgate::cli {

/// Exit statuses of every command.
enum Exit : int {
  fine = 0,
  failure = 1,  ///< unreadable input, findings, or a failure on the way
  usage = 2,    ///< wrong arguments
};

/// The commands take what follows their name and return an exit status. Arguments that they cannot accept
/// they report as boost::program_options::error, what fails otherwise as another std::exception.
int account(const std::vector<std::string>& arguments);
int audit(const std::vector<std::string>& arguments);
int bypass(const std::vector<std::string>& arguments);
int check(const std::vector<std::string>& arguments);
int diff(const std::vector<std::string>& arguments);
int explain(const std::vector<std::string>& arguments);
int judge(const std::vector<std::string>& arguments);
int list(const std::vector<std::string>& arguments);
int mark(const std::vector<std::string>& arguments);
int replay(const std::vector<std::string>& arguments);
int report(const std::vector<std::string>& arguments);
int rules(const std::vector<std::string>& arguments);
int run(const std::vector<std::string>& arguments);
int status(const std::vector<std::string>& arguments);
int token(const std::vector<std::string>& arguments);

}  // namespace tollgate::cli
