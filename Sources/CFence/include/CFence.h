// A heap of fenced blocks, for a process that runs a library on a file which may make it read out of bounds.
//
// Each block ends where a page without access begins, so that the first byte read or written beyond its end is a SIGSEGV,
// wherever the library's other blocks lie: with an ordinary heap it is a crash in one process and a number made of
// someone else's bytes in another. (The method is Bruce Perens's Electric Fence, 1987.) New blocks hold 0x5A and released
// ones 0xA5, which make no address, until the page is used again, which is late.
//
// For one thread. Linux with glibc or another ELF loader, 64 bits; elsewhere nothing is fenced and `fence_raise` says so.
#ifndef STORMO_CFENCE_H
#define STORMO_CFENCE_H

#include <stdbool.h>
#include <stddef.h>

// Reserves addresses, no memory, and makes all calls of malloc, calloc, realloc and free from the shared library that
// defines `symbol` calls of the functions below. Its blocks from before stay where they are. False, and no change, where
// there is no such library or no address is left.
bool fence_raise(const char *symbol);

// From now on the blocks may have so many bytes in sum more than they have.
void fence_limit(size_t bytes);

// As the functions of the C library, of which blocks are had where the fenced addresses are used up, or the system's
// number of mappings for a process nearly is: some 28,000 blocks at a time are fenced. To release a block
// twice, or what is no block, ends the process by SIGABRT.
void *fence_malloc(size_t size);
void *fence_calloc(size_t count, size_t size);
void *fence_realloc(void *block, size_t size);
void fence_free(void *block);

#endif
