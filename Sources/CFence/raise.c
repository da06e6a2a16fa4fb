#define _GNU_SOURCE
#include "heap.h"

#if defined(__linux__) && defined(__LP64__)

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// The loader has written the address of each function that a library calls into the library's relocated words. Those of
// the four functions are written over.

static const struct {
    const char *name;
    void *replacement;
} replaced[] = {
    {"malloc", (void *)fence_malloc},
    {"calloc", (void *)fence_calloc},
    {"realloc", (void *)fence_realloc},
    {"free", (void *)fence_free},
};

struct search {
    uintptr_t code; // an address in the library
    bool found, changed;
};

// Some loaders give the addresses in the dynamic section as they are in memory, others as in the file.
static uintptr_t in_memory(const struct dl_phdr_info *library, uintptr_t address) {
    return address >= library->dlpi_addr ? address : library->dlpi_addr + address;
}

static bool contains(const struct dl_phdr_info *library, uintptr_t address) {
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        uintptr_t first = library->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && address >= first && address < first + part->p_memsz) return true;
    }
    return false;
}

// The word may lie where the loader has taken away the permission to write.
static bool write_word(uintptr_t place, void *value) {
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (mprotect((void *)(place & ~(size - 1)), size, PROT_READ | PROT_WRITE) != 0) return false;
    *(void **)place = value;
    return true;
}

static bool replace(const struct dl_phdr_info *library, const ElfW(Rela) *entries, size_t bytes, const ElfW(Sym) *symbols,
                    const char *names) {
    bool changed = false;
    for (size_t i = 0; i < bytes / sizeof(*entries); i++) {
        size_t symbol = ELF64_R_SYM(entries[i].r_info);
        if (symbol == 0 || symbols[symbol].st_shndx != SHN_UNDEF || entries[i].r_addend != 0) continue;
        const char *name = names + symbols[symbol].st_name;
        for (size_t j = 0; j < sizeof(replaced) / sizeof(*replaced); j++) {
            if (strcmp(name, replaced[j].name) == 0) {
                changed |= write_word(library->dlpi_addr + entries[i].r_offset, replaced[j].replacement);
            }
        }
    }
    return changed;
}

static int visit(struct dl_phdr_info *library, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    if (!contains(library, search->code)) return 0;
    // A program that the library is linked into has blocks of its own, which others release.
    if (!library->dlpi_name[0]) return 1;
    const ElfW(Dyn) *dynamic = NULL;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type == PT_DYNAMIC) dynamic = (const void *)(library->dlpi_addr + part->p_vaddr);
    }
    uintptr_t calls = 0, data = 0, symbols = 0, names = 0;
    size_t calls_size = 0, data_size = 0;
    for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
        switch (dynamic->d_tag) {
        case DT_JMPREL: calls = in_memory(library, dynamic->d_un.d_ptr); break;
        case DT_PLTRELSZ: calls_size = dynamic->d_un.d_val; break;
        case DT_RELA: data = in_memory(library, dynamic->d_un.d_ptr); break;
        case DT_RELASZ: data_size = dynamic->d_un.d_val; break;
        case DT_SYMTAB: symbols = in_memory(library, dynamic->d_un.d_ptr); break;
        case DT_STRTAB: names = in_memory(library, dynamic->d_un.d_ptr); break;
        }
    }
    search->found = symbols && names;
    if (!search->found) return 1;
    if (calls) search->changed |= replace(library, (const void *)calls, calls_size, (const void *)symbols, (const void *)names);
    if (data) search->changed |= replace(library, (const void *)data, data_size, (const void *)symbols, (const void *)names);
    return 1;
}

bool fence_raise(const char *symbol) {
    void *code = dlsym(RTLD_DEFAULT, symbol);
    if (!code || !fence_reserve()) return false;
    struct search search = {.code = (uintptr_t)code};
    dl_iterate_phdr(visit, &search);
    return search.changed;
}

#else

bool fence_raise(const char *symbol) {
    (void)symbol;
    return false;
}

#endif
