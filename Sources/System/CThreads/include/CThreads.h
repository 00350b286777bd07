#ifndef TRADEWIND_CTHREADS_H
#define TRADEWIND_CTHREADS_H
// Thread-local storage, which Swift cannot express without a dictionary.

/// The calling thread's number among those that asked, from 0: which of several counters it counts on.
int tw_thread_number(void);

#endif
