#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "decode/smpp.hpp"
#include "decode/smpp_frame.hpp"
#include "inspect/smpp.hpp"

// SMPP from octets in memory: one PDU's fields, and a whole stream to Messages with UTF-8 text.
namespace {

using namespace tollgate;
using Stream = std::vector<std::byte>;

void put(Stream& out, std::string_view chars) {
  const Octets octets = as_octets(chars);
  out.insert(out.end(), octets.begin(), octets.end());
}

void number(Stream& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::byte>(value >> shift));
}

Stream pdu(std::uint32_t id, std::uint32_t sequence, std::string_view body) {
  Stream out;
  number(out, static_cast<std::uint32_t>(body.size() + decode::smpp::header_size));
  number(out, id);
  number(out, 0);
  number(out, sequence);
  put(out, body);
  return out;
}

std::string submission(unsigned char data_coding, std::string_view text) {
  using namespace std::string_literals;
  std::string body =
      "\0\5\0ACME\0\1\1"
      "447700900123\0\0\0\0\0\0\1\0"s;
  body += static_cast<char>(data_coding);
  body += '\0';
  body += static_cast<char>(text.size());
  body += text;
  return body;
}

const std::string gsm7_text =
    "Your parcel is at the depot. Collect it before Friday, or choose another day in the app. Ref 48213.";

void decode_submit_sm(benchmark::State& state) {
  const Stream octets = pdu(4, 1, submission(0, gsm7_text));
  for (auto _ : state) {
    auto result = decode::smpp::decode(octets);
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(decode_submit_sm);

class Counting final : public Consumer {
 public:
  void accept(Message& message) override { octets += message.text.size(); }
  std::size_t octets = 0;
};

// Requests one way in segments of about 1,400 octets, responses the other way.
void stream_to_messages(benchmark::State& state, unsigned char data_coding, const std::string& text) {
  constexpr std::uint32_t messages = 1000;
  std::vector<Stream> requests(1);
  std::vector<Stream> responses(1);
  for (std::uint32_t i = 0; i < messages; ++i) {
    if (requests.back().size() > 1200) {
      requests.emplace_back();
      responses.emplace_back();
    }
    const Stream request = pdu(4, i, submission(data_coding, text));
    requests.back().insert(requests.back().end(), request.begin(), request.end());
    const Stream response = pdu(0x80000004, i, std::string_view("4a3f21c8\0", 9));
    responses.back().insert(responses.back().end(), response.begin(), response.end());
  }
  Counters counters;
  Arena arena;
  Counting consumer;
  inspect::Smpp smpp(65'536, 262'144, counters, arena);
  flow::StreamState client;
  flow::StreamState server;
  flow::Carriage to_server{
      .frame = 1, .source_port = 40000, .destination_port = 2775, .connection = 1, .opposite = 2};
  flow::Carriage to_client{
      .frame = 1, .source_port = 2775, .destination_port = 40000, .connection = 2, .opposite = 1};
  for (auto _ : state) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      ++to_server.frame;
      smpp.octets(to_server, client, requests[i], consumer);
      ++to_client.frame;
      smpp.octets(to_client, server, responses[i], consumer);
    }
  }
  benchmark::DoNotOptimize(consumer.octets);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * messages * 2);
  state.counters["short messages"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * messages, benchmark::Counter::kIsRate);
}

std::string ucs2_text() {
  std::string text;
  for (int i = 0; i < 70; ++i) text += {'\x04', static_cast<char>(0x30 + i % 32)};
  return text;
}

BENCHMARK_CAPTURE(stream_to_messages, gsm7, 0, gsm7_text);
BENCHMARK_CAPTURE(stream_to_messages, ascii, 1, gsm7_text);
BENCHMARK_CAPTURE(stream_to_messages, ucs2, 8, ucs2_text());

}  // namespace

BENCHMARK_MAIN();
