#define _GNU_SOURCE
#include "CLinux.h"
#include <limits.h>
#include <stdatomic.h>
#include <sys/prctl.h>

static __thread void *current_loop;

void *tw_current_loop(void) { return current_loop; }
void tw_set_current_loop(void *loop) { current_loop = loop; }

static atomic_int threads;
static __thread int thread_number = -1;

int tw_thread_number(void) {
    if (thread_number < 0) thread_number = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) & INT_MAX;
    return thread_number;
}

void tw_set_exact_timers(void) { prctl(PR_SET_TIMERSLACK, 1); }

int tw_accept(int listening, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return accept4(listening, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
