// Debian keeps it in a folder of its own. Nothing is linked: CPostgresLoader has the functions.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
