#include <stddef.h>

/// Writes an HTML page of less than `size` bytes to `out` and returns the HTTP status, 200 or 503.
int writePage(char *out, size_t size);
