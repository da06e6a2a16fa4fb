#define _GNU_SOURCE
#include "heap.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

// The addresses are cut into lots. A block of up to a page has one lot: its page, and then the fence. A longer one has as
// many as its pages need, and one more. What a file claims is mostly a number of 16 bits, of bytes or of entries of up to 32
// bytes, and so leads into the fence, not over it.
#define LOT ((size_t)33 << 16)
#define MOST ((size_t)1 << 39)
#define LEAST ((size_t)1 << 26)
// So many pages rest, released or still unused, before the first of them is used again.
#define RESTING 32
// So many more are made ready at once, of which the processes that are forked from this one need make none.
#define READY 224
#define NEW_BYTE 0x5A
#define OLD_BYTE 0xA5

struct lot {
    size_t size; // of the block that begins here
    uint32_t next; // of the resting ones
    bool used;
};

static unsigned char *start, *end;
static size_t page;
static struct lot *lots;
static size_t lot_count, lots_taken;
static struct {
    uint32_t first, last;
    size_t count;
} resting;
static size_t in_use, limit = SIZE_MAX;
// Lots whose pages may be accessed. Each divides a mapping of the process in three, and the system allows a process a
// number of mappings, by default 65,530, beyond which it gives nobody any memory more, the C library neither. So the
// fences stop where an eighth of them is left.
static size_t opened, most_opened;

static size_t affordable_openings(void) {
    size_t mappings = 65530;
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    if (file) {
        if (fscanf(file, "%zu", &mappings) != 1) mappings = 65530;
        fclose(file);
    }
    return (mappings - mappings / 8) / 2;
}

// A quarter of the addresses that the process may still have, where there is a limit to them.
static size_t affordable(void) {
    struct rlimit allowed;
    if (getrlimit(RLIMIT_AS, &allowed) != 0 || allowed.rlim_cur == RLIM_INFINITY) return MOST;
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        if (fscanf(file, "%zu", &pages) != 1) pages = 0;
        fclose(file);
    }
    size_t used = pages * page;
    return allowed.rlim_cur > used ? (allowed.rlim_cur - used) / 4 : 0;
}

void fence_limit(size_t bytes) { limit = bytes > SIZE_MAX - in_use ? SIZE_MAX : in_use + bytes; }

static size_t pages_of(size_t size) { return size <= page ? 1 : (size - 1) / page + 1; }

static unsigned char *block_of(size_t number) {
    size_t size = lots[number].size;
    return start + number * LOT + pages_of(size) * page - size;
}

// SIZE_MAX where no address is left, or no more lots may be opened.
static size_t take(size_t pages) {
    if (pages == 1 && resting.count > RESTING) {
        size_t number = resting.first;
        resting.first = lots[number].next;
        resting.count--;
        return number;
    }
    size_t wanted = pages == 1 ? 1 : (pages * page - 1) / LOT + 2;
    if (opened >= most_opened || wanted > lot_count - lots_taken) return SIZE_MAX;
    if (mprotect(start + lots_taken * LOT, pages * page, PROT_READ | PROT_WRITE) != 0) return SIZE_MAX;
    opened++;
    size_t number = lots_taken;
    lots_taken += wanted;
    return number;
}

static void give_back(size_t number, size_t pages) {
    if (pages > 1) {
        unsigned char *first = start + number * LOT;
        madvise(first, pages * page, MADV_DONTNEED);
        if (mprotect(first, pages * page, PROT_NONE) == 0) opened--;
        return;
    }
    if (resting.count++ == 0) {
        resting.first = (uint32_t)number;
    } else {
        lots[resting.last].next = (uint32_t)number;
    }
    resting.last = (uint32_t)number;
}

static void make_ready(void) {
    while (lots_taken < RESTING + READY && lots_taken < lot_count / 2 && opened < most_opened) {
        if (mprotect(start + lots_taken * LOT, page, PROT_READ | PROT_WRITE) != 0) return;
        opened++;
        give_back(lots_taken++, 1);
    }
}

bool fence_reserve(void) {
    if (start) return true;
    page = (size_t)sysconf(_SC_PAGESIZE);
    if (page == 0 || page * 2 > LOT) return false;
    size_t most = affordable();
    for (size_t size = MOST; size >= LEAST; size /= 2) {
        if (size > most) continue;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        void *memory = mmap(NULL, size, PROT_NONE, flags, -1, 0);
        if (memory == MAP_FAILED) continue;
        void *table = mmap(NULL, size / LOT * sizeof(struct lot), PROT_READ | PROT_WRITE, flags, -1, 0);
        if (table == MAP_FAILED) {
            munmap(memory, size);
            return false;
        }
        lots = table;
        lot_count = size / LOT;
        start = memory;
        end = start + size;
        most_opened = affordable_openings();
        make_ready();
        return true;
    }
    return false;
}

// The block's lot, or SIZE_MAX for one of the C library's.
static size_t lot_of(void *block) {
    unsigned char *address = block;
    if (address < start || address >= end) return SIZE_MAX;
    size_t number = (size_t)(address - start) / LOT;
    if (!lots[number].used || block_of(number) != address) abort();
    return number;
}

// A lot for a block, whose bytes are not set yet; SIZE_MAX where the C library has to give one.
static size_t lot_for(size_t size) {
    size_t number = start && size <= (size_t)(end - start) ? take(pages_of(size)) : SIZE_MAX;
    if (number == SIZE_MAX) return SIZE_MAX;
    lots[number].size = size;
    lots[number].used = true;
    in_use += size;
    return number;
}

static bool is_allowed(size_t size) {
    if (size <= limit && in_use <= limit - size) return true;
    errno = ENOMEM;
    return false;
}

void *fence_malloc(size_t size) {
    if (!is_allowed(size)) return NULL;
    size_t number = lot_for(size);
    return number == SIZE_MAX ? malloc(size) : memset(block_of(number), NEW_BYTE, size);
}

void *fence_calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    if (!is_allowed(bytes)) return NULL;
    size_t number = lot_for(bytes);
    if (number == SIZE_MAX) return calloc(1, bytes);
    // Pages of longer blocks are new, and so hold zeros.
    return bytes > page ? block_of(number) : memset(block_of(number), 0, bytes);
}

void *fence_realloc(void *block, size_t size) {
    if (!block) return fence_malloc(size);
    size_t number = lot_of(block);
    if (number == SIZE_MAX) return realloc(block, size);
    void *other = fence_malloc(size);
    if (!other) return NULL;
    memcpy(other, block, size < lots[number].size ? size : lots[number].size);
    fence_free(block);
    return other;
}

void fence_free(void *block) {
    if (!block) return;
    size_t number = lot_of(block);
    if (number == SIZE_MAX) {
        free(block);
        return;
    }
    struct lot *lot = &lots[number];
    size_t pages = pages_of(lot->size);
    if (pages == 1) memset(block, OLD_BYTE, lot->size);
    lot->used = false;
    in_use -= lot->size;
    give_back(number, pages);
}
