/* What Tollgate and a plugin say to each other: the only header that a plugin includes. C11, and C++.
 *
 * A plugin is a shared module with one exported function, tollgate_plugin_get(), which gives a description
 * with the functions below. A detector looks at messages before rules judge them and gives signals; a sink
 * takes events, which say what became of messages. Tollgate calls a detector's open() once for each engine
 * that it runs, a sink's once for each place of the configuration that names it; the instance that open()
 * gives is handed to all other calls. A process may have several instances of a plugin, so its state stands
 * in the instance and not in variables of the module. A module stays loaded until the process ends.
 *
 * Threads of a detector. open() and close() are called while no worker runs. detect() is called by all
 * workers at once, with the same instance: what it writes, it guards (shards with a spinlock each, or
 * atomics). While open() runs it may allocate, read files and take its time. detect() is on the packet path:
 * it does not allocate, wait, log, make system calls, or throw, and reads no clock: time stands in each
 * message. The same messages in the same order give the same signals.
 *
 * Threads of a sink. open() is called before there are any. From then on each instance has a thread of its
 * own, which makes all other calls, one after the other. They are off the packet path: they may allocate,
 * wait and make system calls, but do not throw. While one of them waits, events wait in a bounded queue of
 * this instance; what finds it full is lost to this sink, and to no other.
 *
 * Ownership. What a call is given is good until the call returns; whoever wants to keep it, copies it. The
 * description and the names in it are the plugin's, and stay as they are until the process ends.
 *
 * Growth. The structs that have `abi` and `size` grow at their end. Whoever fills one in sets `abi` to
 * TOLLGATE_PLUGIN_ABI and `size` to its sizeof; whoever reads one asks TOLLGATE_HAS for each member that was
 * added after the first version, so that old and new meet. The others never change. Where that is not
 * enough, TOLLGATE_PLUGIN_ABI becomes another number, and modules of other numbers are refused. */
#ifndef TOLLGATE_PLUGIN_H
#define TOLLGATE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NOLINTBEGIN(modernize-use-using): C has no other way to name a struct */

#define TOLLGATE_PLUGIN_ABI 1u

/* Whether `*pointer`, a struct of that type as its writer knew it, has `member`. */
#define TOLLGATE_HAS(pointer, type, member) \
  ((pointer)->size >= offsetof(type, member) + sizeof((pointer)->member))

/* Octets, without a NUL at their end. Absent where `size` is 0. */
typedef struct tollgate_text {
  const char* data;
  size_t size;
} tollgate_text;

typedef struct tollgate_texts {
  const tollgate_text* data;
  size_t count;
} tollgate_texts;

/* ---- The messages ---- */

enum { TOLLGATE_MAP = 1, TOLLGATE_SMPP = 2 }; /* protocol */
enum { TOLLGATE_MO = 1, TOLLGATE_MT = 2 };    /* direction; 0: unknown */

/* A sender or a recipient. */
typedef struct tollgate_party {
  tollgate_text address;       /* digits, or UTF-8 text, as sent, without a + */
  tollgate_text number;        /* the same as E.164 digits; absent for names and short codes */
  tollgate_text operator_name; /* whose number it is, from the table of operators */
  uint8_t present;             /* 0: the message has none */
  uint8_t type;                /* of number, as events name them: 0 unknown, 1 international, 2 national,
                                  3 network, 4 subscriber, 5 alphanumeric, 6 abbreviated, 7 reserved */
  uint8_t ton;                 /* as sent */
  uint8_t npi;                 /* as sent */
} tollgate_party;

/* Where a message comes from or goes to. */
typedef struct tollgate_end {
  uint8_t ip[16];     /* an IPv4 address stands in the first 4 */
  uint8_t ip_version; /* 4, 6; 0: not known */
  uint8_t reserved;   /* 0 */
  uint16_t port;      /* 0: not known */
  int32_t point_code; /* -1: none */
  tollgate_text gt;   /* digits of the global title */
  tollgate_text operator_name;
  tollgate_text account; /* who pays: by the table of operators, of SMPP the system_id */
} tollgate_end;

/* A message that rules are about to judge: one MAP operation or SMPP PDU that carries or routes a short
 * message. Each part of a long message is one. SCTP and TCP retransmissions are none. */
typedef struct tollgate_message {
  uint32_t abi;
  uint32_t size;
  uint64_t time_ns; /* since 1970-01-01T00:00:00Z; does not always grow from message to message */
  uint64_t id[2];   /* the same each time that the same message is replayed */
  uint32_t protocol;
  uint32_t direction;
  tollgate_text operation; /* by the standard's name: mt-forwardSM, submit_sm */
  tollgate_text link;      /* from the configuration */
  tollgate_text route;
  tollgate_end origin;
  tollgate_end destination;
  tollgate_text service_centre; /* digits */
  tollgate_text imsi;           /* digits */
  tollgate_party sender;
  tollgate_party recipient;
  tollgate_text text; /* UTF-8; on the part that completes a long message, the whole of it */
  tollgate_text data; /* binary user data, likewise, in the place of `text` */
  uint32_t parts;     /* 0: not a part */
  uint32_t part;      /* 1 to `parts` */
} tollgate_message;

/* Messages in the order in which they came, and where their signals go. */
typedef struct tollgate_burst tollgate_burst;
struct tollgate_burst {
  uint32_t abi;
  uint32_t size;
  uint32_t worker; /* 0 to tollgate_opening.workers - 1: one thread at a time */
  uint32_t reserved;
  size_t count; /* often 1 */
  const tollgate_message* const* messages;
  /* signals[message][signal id] is NaN before the call, and stays so where the message has no such value: a
   * condition on it does not hold then. */
  double* const* signals;
  /* wanted[signal id] is 1 where a rule or the policy asks for that signal, else 0. Others are not looked
   * at: what only they need should cost nothing. It can change when rules do. */
  const uint8_t* wanted;
  /* What takes time to find is found when it is first asked for. Good until the call returns. */
  tollgate_texts (*url_hosts)(const tollgate_burst* burst, size_t message);  /* in small letters */
  tollgate_text (*folded_text)(const tollgate_burst* burst, size_t message); /* as rules match it */
};

/* ---- Opening ---- */

/* One `key: value` of the plugin's map in tollgate.yaml. */
typedef struct tollgate_setting {
  tollgate_text key;
  tollgate_text value;
} tollgate_setting;

enum { TOLLGATE_COUNT = 1, TOLLGATE_NUMBER = 2 }; /* type of a signal: 0, 1, 2, ...; any number */

typedef struct tollgate_signal {
  uint32_t abi;
  uint32_t size;
  uint32_t type;
  uint32_t reserved;
  const char* name; /* small letters, digits and _, from a letter on; rules write PLUGIN.NAME */
  const char* unit; /* of its values, such as "messages" */
  const char* help; /* one line for the person who writes rules */
} tollgate_signal;

#define TOLLGATE_NO_SIGNAL UINT32_MAX

typedef struct tollgate_opening {
  uint32_t abi;
  uint32_t size;
  uint32_t workers; /* how many there will be, 1 or more; of a sink 1 */
  uint32_t reserved;
  size_t setting_count;
  const tollgate_setting* settings; /* each key once */
  void* host;                       /* for the calls below */
  /* Registers a signal and gives its id: 0, 1, 2 in the order of the calls. TOLLGATE_NO_SIGNAL where the
   * name is none or is taken; the plugin will be refused then. */
  uint32_t (*add_signal)(void* host, const tollgate_signal* signal);
  /* Says why open() will give NULL; `about` is the setting that is wrong, whose place a person is then told,
   * or NULL. May be called several times. */
  void (*refuse)(void* host, const tollgate_setting* about, const char* why);
  /* Since sinks are there. */
  tollgate_text name;   /* of the instance: no two sinks of a process share one. A detector's is its own */
  tollgate_text folder; /* where relative paths of the settings start; absent: where the process is */
  uint32_t only_check;  /* 1: the settings are read, and nothing outside is touched; close() follows */
  uint32_t reserved2;
} tollgate_opening;

/* ---- Events, and what a sink says of itself ---- */

enum { TOLLGATE_MESSAGE = 1, TOLLGATE_RESPONSE = 2 }; /* kind of an event */

/* verdict; 0: there is none, as of a response */
enum {
  TOLLGATE_PASS = 1,
  TOLLGATE_BLOCK = 2,
  TOLLGATE_CHARGE = 3,
  TOLLGATE_THROTTLE = 4,
  TOLLGATE_DIVERT = 5
};

/* What became of a message, as the privacy settings let it be told. */
typedef struct tollgate_event {
  uint32_t abi;
  uint32_t size;
  uint64_t time_ns;   /* since 1970-01-01T00:00:00Z */
  tollgate_text id;   /* 32 hexadecimal digits; the same each time that the same message is seen */
  tollgate_text json; /* all of it: one JSON object on one line, in UTF-8, without a newline */
  uint32_t kind;
  uint32_t protocol;
  uint32_t direction; /* 0: unknown */
  uint32_t verdict;
  uint32_t alert; /* 1: the policy asks for it */
  uint32_t reserved;
} tollgate_event;

/* Events in the order in which they were recorded. */
typedef struct tollgate_event_batch {
  uint32_t abi;
  uint32_t size;
  size_t count; /* 1 or more */
  const tollgate_event* const* events;
} tollgate_event_batch;

/* Packets that may have carried messages and were not read: those that were counted since the last time. */
typedef struct tollgate_unread {
  uint32_t abi;
  uint32_t size;
  uint64_t time_ns;     /* where their minute begins, since 1970-01-01T00:00:00Z */
  tollgate_text id;     /* 32 hexadecimal digits: no two counts of any appliance share one */
  tollgate_text reason; /* the counter's name, such as unread_encrypted */
  tollgate_text route;  /* of the link, from the configuration */
  uint64_t packets;     /* 1 or more */
} tollgate_unread;

typedef struct tollgate_unread_batch {
  uint32_t abi;
  uint32_t size;
  size_t count; /* 1 or more */
  const tollgate_unread* const* counts;
} tollgate_unread_batch;

enum { TOLLGATE_SINK_ERROR = 256 }; /* octets of the text below */

/* How a sink does. Each event that it took is counted in one of `sent`, `lost`, `waiting` and `refused`; so
 * is each tollgate_unread, as one. */
typedef struct tollgate_sink_health {
  uint32_t abi;
  uint32_t size;
  uint64_t sent;    /* events that are where they should be */
  uint64_t lost;    /* events that never will be */
  uint64_t waiting; /* events that are neither, those that were found on the disk at the start too */
  uint64_t spooled; /* octets on the disk of those that wait there */
  /* Why events do not arrive now: UTF-8 with a NUL at its end; empty while they do. No text of a message and
   * no number stands in it. */
  char error[TOLLGATE_SINK_ERROR];
  /* Since some are put aside. */
  uint64_t refused; /* events that the receiver does not take, however often they come: they lie aside on
                       the disk, those that were found there at the start too */
  uint64_t refused_octets;           /* of these, there */
  char refusal[TOLLGATE_SINK_ERROR]; /* why the last of them were; like `error` */
} tollgate_sink_health;

/* ---- The plugin ---- */

enum { TOLLGATE_DETECTOR = 1, TOLLGATE_SINK = 2 }; /* kind */

typedef struct tollgate_plugin {
  uint32_t abi;
  uint32_t size;
  uint32_t kind;
  uint32_t reserved;
  const char* name; /* small letters, digits and _, from a letter on; no two plugins share one */
  /* Gives the instance, or NULL after opening->refuse(). */
  void* (*open)(const tollgate_opening* opening);
  /* Sets the wanted signals of each message of the burst. A sink has NULL here, and in all that follows
   * `close` nothing is NULL but where it says so; with a detector it is the other way round. */
  void (*detect)(void* instance, const tollgate_burst* burst);
  /* Frees the instance. */
  void (*close)(void* instance);
  /* Of sinks. */
  /* Takes events over: from now on the sink counts each of them. */
  void (*take)(void* instance, const tollgate_event_batch* events);
  /* Called several times a second, by the system's clock in nanoseconds since 1970, whether or not there are
   * events: for what is due by time. */
  void (*tick)(void* instance, uint64_t time_ns);
  /* Opens files and connections anew: somebody may have moved them. */
  void (*reopen)(void* instance);
  /* Fills in the members that the caller's struct has; `abi` and `size` are set. Does not wait. */
  void (*health)(void* instance, tollgate_sink_health* health);
  /* No more events come. Brings away what waits within so many milliseconds; puts the rest where the next
   * start finds it, or counts it as lost. health() and close() follow. A sink that does not come back soon
   * after is left behind, without close(), as the process ends. */
  void (*finish)(void* instance, uint64_t milliseconds);
  /* Since sinks may ask for what was not read. NULL, or not there: this one does not. */
  /* Takes counts over, now and then; those of a minute, a reason and a route may come in several. */
  void (*take_unread)(void* instance, const tollgate_unread_batch* counts);
} tollgate_plugin;

#if defined(__GNUC__)
#define TOLLGATE_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define TOLLGATE_PLUGIN_EXPORT
#endif

/* What a module exports. */
TOLLGATE_PLUGIN_EXPORT const tollgate_plugin* tollgate_plugin_get(void);

/* NOLINTEND(modernize-use-using) */

#ifdef __cplusplus
}
#endif

#endif
