/* Tollgate's engine in another program: packets in, packets out. C11, and C++; libtollgate.a holds all of
 * it but the libraries that it uses, which scripts/set-up names.
 *
 * One engine is one worker: it belongs to one thread at a time. A program with several workers opens one for
 * each, and hands both directions of a connection or association to the same one. Nothing here reads a clock:
 * time stands in each packet and in tollgate_tick().
 *
 * Packets stay the program's. Each one that was handed in by tollgate_process(), and each that the program
 * made when it was asked to, is given back once, by send() or drop(), perhaps during a later call; until then
 * its octets stay where they are. */
#ifndef TOLLGATE_H
#define TOLLGATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NOLINTBEGIN(modernize-use-using): C has no other way to name a struct */

#define TOLLGATE_ABI 1u

typedef struct tollgate_engine tollgate_engine;

enum { TOLLGATE_OUTSIDE = 0, TOLLGATE_INSIDE = 1 }; /* side */

typedef struct tollgate_packet {
  uint8_t* octets;      /* an Ethernet frame, from its destination address on */
  size_t size;          /* octets that are here */
  uint32_t wire_length; /* octets on the wire: more than `size` where a capture cut the packet */
  uint16_t link;        /* which of the configuration's `links` it came over, from 0 */
  uint8_t side;         /* of that link, where it came in; it leaves on the other */
  uint64_t time_ns;     /* since 1970-01-01T00:00:00Z */
  uint64_t number;      /* of the packet, from 1: `frame` of events */
  void* handle;         /* the program's own */
} tollgate_packet;

/* What the program does for the engine. None of these may throw or call the engine. */
typedef struct tollgate_host {
  uint32_t abi;  /* TOLLGATE_ABI */
  uint32_t size; /* sizeof(tollgate_host) */
  void* context; /* handed to each */

  /* The packet leaves. Its octets may have changed since it came, and may be fewer. */
  void (*send)(void* context, const tollgate_packet* packet);
  /* The packet does not leave. */
  void (*drop)(void* context, const tollgate_packet* packet);
  /* Makes a packet with room for `size` octets: fills in `octets` and `handle`. 0 where it cannot. */
  int (*make)(void* context, size_t size, tollgate_packet* packet);
  /* An event, as a JSON object without a newline. Only within tollgate_events(). May be NULL. */
  void (*event)(void* context, const char* json, size_t length);
} tollgate_host;

/* Opens an engine with the configuration and the rules that the file `config` names; events tell texts and
 * numbers as its key `events` says. NULL on failure: then `error` has a message, cut to `error_size` octets.
 */
tollgate_engine* tollgate_open(const char* config, const tollgate_host* host, char* error, size_t error_size);

/* Takes packets in the order of their arrival. */
void tollgate_process(tollgate_engine* engine, const tollgate_packet* packets, size_t count);

/* What time alone brings. To be called every few milliseconds while no packets come. */
void tollgate_tick(tollgate_engine* engine, uint64_t time_ns);

/* Gives the events of messages and their responses since the last call to event(), and tells how many
 * messages of any kind there were. Off the packet path: it allocates. From any one thread. Events that find
 * no room, because this was not called for long, are lost. */
size_t tollgate_events(tollgate_engine* engine);

/* Whether verdicts are enforced (not 0, if the configuration has `enforcement: on`) or only recorded. */
void tollgate_enforce(tollgate_engine* engine, int on);

/* The end of the input: everything that is held is given back. Once; only tollgate_events() and
 * tollgate_close() may follow. */
void tollgate_finish(tollgate_engine* engine);

void tollgate_close(tollgate_engine* engine);

/* NOLINTEND(modernize-use-using) */

#ifdef __cplusplus
}
#endif

#endif
