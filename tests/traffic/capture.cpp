#include "traffic/capture.hpp"

#include <algorithm>
#include <cstdio>

namespace tollgate::traffic {
namespace {
constexpr int snapshot_length = 262144;
}

Capture::Capture(const std::string& path, int link_type, bool nanoseconds)
    : path_(path),
      nanoseconds_(nanoseconds),
      handle_(pcap_open_dead_with_tstamp_precision(
          link_type, snapshot_length,
          nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO)),
      dumper_(pcap_dump_open(handle_.get(), path.c_str())) {
  if (dumper_ == nullptr) throw Failure(pcap_geterr(handle_.get()));
}

std::uint64_t Capture::write(std::uint64_t time_ns, const Bytes& packet, std::size_t captured) {
  pcap_pkthdr header{};
  header.ts.tv_sec = static_cast<time_t>(time_ns / 1'000'000'000);
  header.ts.tv_usec = static_cast<suseconds_t>(time_ns % 1'000'000'000 / (nanoseconds_ ? 1 : 1'000));
  header.len = static_cast<bpf_u_int32>(packet.size());
  header.caplen = static_cast<bpf_u_int32>(std::min(captured, packet.size()));
  // libpcap's pcap_handler takes the dumper as octets.
  pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header, packet.data());
  return ++frames_;
}

void Capture::close() {
  if (pcap_dump_flush(dumper_.get()) != 0 || std::ferror(pcap_dump_file(dumper_.get())) != 0) {
    throw Failure(path_ + ": cannot write: disk full?");
  }
  dumper_.reset();
}

}  // namespace tollgate::traffic
