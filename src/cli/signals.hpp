#pragma once

namespace tollgate::cli {

/// SIGINT, SIGTERM and SIGHUP as something to read, in place of what they interrupt. Made before other
/// threads are, so that they have none of these either.
class Signals {
 public:
  /// Throws std::system_error.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Readable when there is a signal.
  int descriptor() const { return descriptor_; }

  /// The signal that came; 0 where none did.
  int next() const;

  /// From now on SIGINT and SIGTERM end the process at once, and SIGHUP does nothing.
  void end_at_next() const;

 private:
  int descriptor_;
};

}  // namespace tollgate::cli
