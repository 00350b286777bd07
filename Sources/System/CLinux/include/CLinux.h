#ifndef TRADEWIND_CLINUX_H
#define TRADEWIND_CLINUX_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
// What Swift's Glibc module does not import: Linux's own event interfaces, macros, and a thread-local slot.
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/// The event loop that the calling thread runs, or null. One slot per thread, read on every enqueue.
void *_Nullable tw_current_loop(void);
void tw_set_current_loop(void *_Nullable loop);

/// accept4 for non-blocking use; glibc declares the address as a union that Swift cannot pass.
int tw_accept(int listening, struct sockaddr_storage *_Nonnull address);

#endif
