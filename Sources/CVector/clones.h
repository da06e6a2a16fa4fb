#ifndef STORMO_CLONES_H
#define STORMO_CLONES_H

// The resolver that picks a clone runs before a sanitizer's runtime is ready, so sanitized builds go without.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
#define STORMO_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#define STORMO_HAS_CLONES
#else
#define STORMO_CLONES
#endif

#define STORMO_INLINE static inline __attribute__((always_inline))

#endif
