#define _GNU_SOURCE

#include "CVector.h"
#include "clones.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void stormo_return_large_blocks(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    // A thread's first block would take 128 MiB of addresses for a heap of its own, and give half of them back: where they
    // are limited, others that ask for some meanwhile get none.
    struct rlimit addresses;
    if (getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur != RLIM_INFINITY) mallopt(M_ARENA_MAX, 1);
#endif
}

void stormo_use_large_pages(void *begin, size_t size) {
#ifdef MADV_HUGEPAGE
    // Advice: where it is not taken, all goes on as before.
    (void)madvise(begin, size, MADV_HUGEPAGE);
#else
    (void)begin, (void)size;
#endif
}

int stormo_pin_thread(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu < 0 || cpu >= CPU_SETSIZE) return -1;
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

const char *stormo_instruction_set(void) {
#ifdef STORMO_HAS_CLONES
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
    if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
#endif
    return "";
}
