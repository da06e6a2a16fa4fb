#define _GNU_SOURCE
#include "CAllocationCounter.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static atomic_int counting;
static atomic_long own, library;

void stormo_count_begin(void) {
    atomic_store(&own, 0);
    atomic_store(&library, 0);
    atomic_store(&counting, 1);
}
void stormo_count_end(void) { atomic_store(&counting, 0); }
long stormo_count_own(void) { return atomic_load(&own); }
long stormo_count_library(void) { return atomic_load(&library); }

#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)

int stormo_count_available(void) { return 0; }

#else

int stormo_count_available(void) { return 1; }

// The C library's own functions under their internal names.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void note(void *caller) {
    if (!atomic_load_explicit(&counting, memory_order_relaxed)) return;
    Dl_info info;
    int is_library = dladdr(caller, &info) != 0 && info.dli_fname != NULL
        && (strstr(info.dli_fname, "libdnnl") != NULL || strstr(info.dli_fname, "libstdc++") != NULL
            || strstr(info.dli_fname, "libgomp") != NULL);
    atomic_fetch_add(is_library ? &library : &own, 1);
}

void *malloc(size_t size) {
    note(__builtin_return_address(0));
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    note(__builtin_return_address(0));
    return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size) {
    note(__builtin_return_address(0));
    return __libc_realloc(old, size);
}
void *memalign(size_t alignment, size_t size) {
    note(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
    note(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **result, size_t alignment, size_t size) {
    note(__builtin_return_address(0));
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

#endif
