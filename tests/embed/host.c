/* A program with Tollgate's engine in it: reads a capture, writes what comes out, and prints the events.
 *
 * usage: host TOLLGATE.yaml IN.pcap OUT.pcap */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tollgate.h"

static void write_out(void* context, const tollgate_packet* packet) {
  const struct pcap_pkthdr header = {
      .ts = {.tv_sec = (time_t)(packet->time_ns / 1000000000), .tv_usec = (suseconds_t)(packet->time_ns / 1000 % 1000000)},
      .caplen = (bpf_u_int32)packet->size,
      .len = packet->wire_length > packet->size ? packet->wire_length : (bpf_u_int32)packet->size};
  pcap_dump(context, &header, packet->octets);
  free(packet->handle);
}

static void forget(void* context, const tollgate_packet* packet) {
  (void)context;
  free(packet->handle);
}

static int make(void* context, size_t size, tollgate_packet* packet) {
  (void)context;
  packet->octets = packet->handle = malloc(size);
  return packet->octets != NULL;
}

static void print_event(void* context, const char* json, size_t length) {
  (void)context;
  printf("%.*s\n", (int)length, json);
}

int main(int argc, char** argv) {
  char error[PCAP_ERRBUF_SIZE + 1024] = "usage: host TOLLGATE.yaml IN.pcap OUT.pcap";
  pcap_t* in = argc == 4 ? pcap_open_offline(argv[2], error) : NULL;
  pcap_dumper_t* out = in != NULL ? pcap_dump_open(in, argv[3]) : NULL;
  const tollgate_host host = {.abi = TOLLGATE_ABI,
                              .size = sizeof host,
                              .context = out,
                              .send = write_out,
                              .drop = forget,
                              .make = make,
                              .event = print_event};
  tollgate_engine* engine = out != NULL ? tollgate_open(argv[1], &host, error, sizeof error) : NULL;
  if (engine == NULL) {
    fprintf(stderr, "host: %s\n", error);
    return 1;
  }
  struct pcap_pkthdr* header = NULL;
  const u_char* octets = NULL;
  for (uint64_t number = 1; pcap_next_ex(in, &header, &octets) == 1; ++number) {
    tollgate_packet packet = {.size = header->caplen,
                              .wire_length = header->len,
                              .time_ns = (uint64_t)header->ts.tv_sec * 1000000000 + (uint64_t)header->ts.tv_usec * 1000,
                              .number = number};
    packet.octets = packet.handle = malloc(packet.size + 1);
    memcpy(packet.octets, octets, packet.size);
    tollgate_process(engine, &packet, 1);
    tollgate_events(engine);
  }
  tollgate_finish(engine);
  tollgate_events(engine);
  tollgate_close(engine);
  pcap_dump_close(out);
  pcap_close(in);
  return 0;
}
