#include <cstdio>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "traffic/generate.hpp"

namespace po = boost::program_options;
using namespace tollgate::traffic;

namespace {

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

const std::map<std::string, LinkType>& link_types() {
  static const std::map<std::string, LinkType> all{
      {"ethernet", LinkType::ethernet}, {"sll", LinkType::linux_sll}, {"sll2", LinkType::linux_sll2},
      {"raw", LinkType::raw_ip},        {"mtp2", LinkType::mtp2},     {"mtp3", LinkType::mtp3},
      {"sccp", LinkType::sccp}};
  return all;
}

constexpr std::uint64_t max_count = 1'000'000'000;

int run(int argc, char** argv) {
  Order order;
  std::string link = "ethernet";
  po::options_description options(
      "tollgate-traffic --out FILE.pcap [options]\nWrites a capture of invented SS7 "
      "and SMPP traffic, the same for the same options");
  // clang-format off
  options.add_options()
      ("out,o", po::value(&order.capture)->value_name("FILE.pcap"), "the capture")
      ("truth,t", po::value(&order.truth)->value_name("FILE.jsonl"), "what a reader must find, one JSON object a line")
      ("count,n", po::value(&order.count)->value_name("N")->default_value(1000), "short messages to write, at least")
      ("seed,s", po::value(&order.seed)->value_name("N")->default_value(1), "another seed, other traffic")
      ("mix,m", po::value(&order.mix)->value_name("MIX")->default_value("sample"),
       "NAME or NAME=WEIGHT, separated by commas; or `sample`; or `all`: every option in turn, at least once")
      ("rate", po::value(&order.rate)->value_name("N")->default_value(2000), "conversations a second of capture time")
      ("link-type", po::value(&link)->value_name("TYPE")->default_value(link),
       "ethernet, sll, sll2, raw, mtp2, mtp3 or sccp")
      ("nanoseconds", po::bool_switch(&order.nanoseconds), "times to the nanosecond")
      ("list-mixes", "show the names that --mix knows")
      ("help,h", "show this help")
      ("version", "show the version");
  // clang-format on
  po::variables_map given;
  po::store(po::parse_command_line(argc, argv, options), given);
  if (given.count("help") != 0) {
    std::cout << options;
    return 0;
  }
  if (given.count("version") != 0) {
    fmt::print("tollgate-traffic {}\n", TOLLGATE_VERSION);
    return 0;
  }
  if (given.count("list-mixes") != 0) {
    const MixList list = all_mixes();
    for (const Mix& mix : list.all()) fmt::print("{:32} {}\n", mix.name, mix.help);
    return 0;
  }
  po::notify(given);
  if (order.capture.empty()) throw po::required_option("--out");
  // A negative number reads as a huge one.
  if (order.count == 0 || order.count > max_count)
    throw UsageError(fmt::format("--count: from 1 to {}", max_count));
  if (order.rate == 0 || order.rate > max_count)
    throw UsageError(fmt::format("--rate: from 1 to {}", max_count));
  const auto found = link_types().find(link);
  if (found == link_types().end()) throw UsageError("--link-type: no such type: " + link);
  order.link = found->second;
  generate(order);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const UsageError& error) {
    fmt::print(stderr, "tollgate-traffic: {}\n", error.what());
    return exit_usage;
  } catch (const po::error& error) {
    fmt::print(stderr, "tollgate-traffic: {}; see --help\n", error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tollgate-traffic: {}\n", error.what());
    return exit_failure;
  }
}
