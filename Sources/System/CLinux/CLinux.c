#define _GNU_SOURCE
#include "CLinux.h"
#include <sys/prctl.h>

static __thread void *current_loop;

void *tw_current_loop(void) { return current_loop; }
void tw_set_current_loop(void *loop) { current_loop = loop; }

void tw_set_exact_timers(void) { prctl(PR_SET_TIMERSLACK, 1); }

int tw_accept(int listening, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return accept4(listening, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
