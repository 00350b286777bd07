#define _GNU_SOURCE
#include "CLinux.h"
#include <link.h>
#include <malloc.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static __thread void *current_loop;

void *tw_current_loop(void) { return current_loop; }
void tw_set_current_loop(void *loop) { current_loop = loop; }

void tw_set_exact_timers(void) { prctl(PR_SET_TIMERSLACK, 1); }

int tw_accept(int listening, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return accept4(listening, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int tw_close_from(void *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// Code is mapped from its file and never written to (a writable segment is left alone), so its pages may go at any
// time: they come back from the kernel's cache when they are run again.
static int let_go_of_code(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X) || segment->p_flags & PF_W) continue;
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr + page) & ~page;
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~page;
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void tw_release_startup_memory(void) {
    malloc_trim(0);
    dl_iterate_phdr(let_go_of_code, 0);
}
