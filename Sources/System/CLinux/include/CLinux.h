#ifndef TRADEWIND_CLINUX_H
#define TRADEWIND_CLINUX_H
// What Swift's Glibc module does not import: Linux's own event interfaces, and shims for what Swift cannot express.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

/// The event loop that the calling thread runs, or null. One slot per thread, read on every enqueue.
void *_Nullable tw_current_loop(void);
void tw_set_current_loop(void *_Nullable loop);

/// Lets the calling thread sleep for microseconds: the kernel else adds fifty to save power.
void tw_set_exact_timers(void);

/// accept4 for non-blocking use; it is behind _GNU_SOURCE, which would change types that Glibc's module defines.
int tw_accept(int listening, struct sockaddr_storage *_Nonnull address);

/// The process that a posix_spawn_file_actions_t starts has no descriptors from `first` on. Behind _DEFAULT_SOURCE.
int tw_close_from(void *_Nonnull actions, int first);

/// Gives back what only starting needed: freed memory, and the pages of code that will not be run again.
void tw_release_startup_memory(void);

#endif
