// The functions of libpq that we use, under their own names, each going on to the library that was loaded. The real
// header declares them, so a wrong line here does not compile.
#include "CPostgresLoader.h"

#include "../CPostgres/shim.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

// Of this program only: libpq finds its own.
#define OURS __attribute__((visibility("hidden")))

#define FUNCTIONS(X)                                                                                                   \
    X(PQcancel) X(PQclear) X(PQcmdTuples) X(PQconnectPoll) X(PQconnectStartParams) X(PQconninfoFree)                   \
    X(PQconninfoParse) X(PQconsumeInput) X(PQenterPipelineMode) X(PQerrorMessage) X(PQexitPipelineMode) X(PQfinish)    \
    X(PQflush) X(PQfreeCancel) X(PQfreemem) X(PQftype) X(PQgetCancel) X(PQgetResult) X(PQgetisnull) X(PQgetlength)     \
    X(PQgetvalue) X(PQisBusy) X(PQnfields) X(PQnotifies) X(PQntuples) X(PQpipelineSync) X(PQputCopyData)               \
    X(PQputCopyEnd) X(PQresultErrorField) X(PQresultMemorySize) X(PQresultStatus) X(PQsendPrepare) X(PQsendQuery)      \
    X(PQsendQueryParams) X(PQsendQueryPrepared) X(PQsetNoticeProcessor) X(PQsetSingleRowMode) X(PQsetnonblocking)      \
    X(PQsocket) X(PQstatus) X(PQtransactionStatus)

static struct {
#define FIELD(name) __typeof__(&name) name;
    FUNCTIONS(FIELD)
} libpq;
static _Bool is_loaded = 0;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return;
#define LOAD(name)                                                                                                     \
    if ((libpq.name = (__typeof__(&name))dlsym(library, #name)) == NULL) return;
    FUNCTIONS(LOAD)
    is_loaded = 1;
}

_Bool tw_load_libpq(void) {
    pthread_once(&once, load);
    return is_loaded;
}

#define PASS(type, name, parameters, arguments)                                                                        \
    OURS type name parameters { return libpq.name arguments; }

PASS(PGconn *, PQconnectStartParams, (const char *const *k, const char *const *v, int expand), (k, v, expand))
PASS(PostgresPollingStatusType, PQconnectPoll, (PGconn *c), (c))
PASS(void, PQfinish, (PGconn *c), (c))
PASS(PQconninfoOption *, PQconninfoParse, (const char *info, char **error), (info, error))
PASS(void, PQconninfoFree, (PQconninfoOption *options), (options))
PASS(ConnStatusType, PQstatus, (const PGconn *c), (c))
PASS(PGTransactionStatusType, PQtransactionStatus, (const PGconn *c), (c))
PASS(char *, PQerrorMessage, (const PGconn *c), (c))
PASS(int, PQsocket, (const PGconn *c), (c))
PASS(int, PQsetnonblocking, (PGconn *c, int on), (c, on))
PASS(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn *c, PQnoticeProcessor p, void *context), (c, p, context))
PASS(PGcancel *, PQgetCancel, (PGconn *c), (c))
PASS(void, PQfreeCancel, (PGcancel *cancel), (cancel))
PASS(int, PQcancel, (PGcancel *cancel, char *error, int size), (cancel, error, size))

PASS(int, PQenterPipelineMode, (PGconn *c), (c))
PASS(int, PQexitPipelineMode, (PGconn *c), (c))
PASS(int, PQpipelineSync, (PGconn *c), (c))
PASS(int, PQsetSingleRowMode, (PGconn *c), (c))
PASS(int, PQsendQuery, (PGconn *c, const char *text), (c, text))
PASS(int, PQsendPrepare, (PGconn *c, const char *name, const char *text, int count, const Oid *types),
     (c, name, text, count, types))
PASS(int, PQsendQueryParams,
     (PGconn *c, const char *text, int count, const Oid *types, const char *const *values, const int *lengths,
      const int *formats, int format),
     (c, text, count, types, values, lengths, formats, format))
PASS(int, PQsendQueryPrepared,
     (PGconn *c, const char *name, int count, const char *const *values, const int *lengths, const int *formats,
      int format),
     (c, name, count, values, lengths, formats, format))
PASS(int, PQputCopyData, (PGconn *c, const char *bytes, int count), (c, bytes, count))
PASS(int, PQputCopyEnd, (PGconn *c, const char *error), (c, error))

PASS(int, PQflush, (PGconn *c), (c))
PASS(int, PQconsumeInput, (PGconn *c), (c))
PASS(int, PQisBusy, (PGconn *c), (c))
PASS(PGnotify *, PQnotifies, (PGconn *c), (c))
PASS(PGresult *, PQgetResult, (PGconn *c), (c))
PASS(void, PQclear, (PGresult *r), (r))
PASS(ExecStatusType, PQresultStatus, (const PGresult *r), (r))
PASS(char *, PQresultErrorField, (const PGresult *r, int code), (r, code))
PASS(size_t, PQresultMemorySize, (const PGresult *r), (r))
PASS(char *, PQcmdTuples, (PGresult *r), (r))
PASS(int, PQntuples, (const PGresult *r), (r))
PASS(int, PQnfields, (const PGresult *r), (r))
PASS(Oid, PQftype, (const PGresult *r, int column), (r, column))
PASS(int, PQgetisnull, (const PGresult *r, int row, int column), (r, row, column))
PASS(int, PQgetlength, (const PGresult *r, int row, int column), (r, row, column))
PASS(char *, PQgetvalue, (const PGresult *r, int row, int column), (r, row, column))
PASS(void, PQfreemem, (void *memory), (memory))
