#pragma once

#include <functional>
#include <string>

namespace tollgate::control {

/// Where an appliance answers whoever operates it: a Unix socket in its state folder, for its own user alone.
/// One line is asked, one line is answered.
class ControlSocket {
 public:
  /// The folder must be this process's alone (StateFolder). Throws std::system_error.
  explicit ControlSocket(const std::string& state);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  /// Readable when somebody asks.
  int descriptor() const { return socket_; }

  /// Takes one question, which has a second to come, and answers it. Says nothing of one that goes away.
  void answer(const std::function<std::string(const std::string&)>& answer_to) const;

 private:
  std::string path_;
  int socket_;
};

/// What the appliance with this state folder answers to `question`. Throws std::runtime_error where none
/// does.
std::string ask(const std::string& state, const std::string& question);

}  // namespace tollgate::control
