// The whole hash in the header, so that nothing is linked and a call costs no more than its work.
#define XXH_INLINE_ALL
#include <xxhash.h>

// The header renames its functions by macros, which Swift does not see.
static inline XXH128_hash_t xxh3_128bits(const void *bytes, size_t count) {
    return XXH3_128bits(bytes, count);
}
