#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include <pcap/pcap.h>

#include "traffic/bytes.hpp"

namespace tollgate::traffic {

/// What stops the program with exit status 1.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A pcap file that is being written.
class Capture {
 public:
  /// `link_type` is libpcap's DLT_ value. Throws Failure where the file cannot be written.
  Capture(const std::string& path, int link_type, bool nanoseconds);

  /// Writes one packet of which at most `captured` octets were captured. Gives its frame number, from 1.
  std::uint64_t write(std::uint64_t time_ns, const Bytes& packet, std::size_t captured = SIZE_MAX);
  std::uint64_t frames() const { return frames_; }

  /// Throws Failure where not all could be written.
  void close();

 private:
  struct Close {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
    void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
  };

  std::string path_;
  bool nanoseconds_;
  std::unique_ptr<pcap_t, Close> handle_;
  std::unique_ptr<pcap_dumper_t, Close> dumper_;
  std::uint64_t frames_ = 0;
};

}  // namespace tollgate::traffic
