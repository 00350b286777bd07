#include "CThreads.h"
#include <limits.h>
#include <stdatomic.h>

static atomic_int threads;
static __thread int number = -1;

int tw_thread_number(void) {
    if (number < 0) number = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) & INT_MAX;
    return number;
}
