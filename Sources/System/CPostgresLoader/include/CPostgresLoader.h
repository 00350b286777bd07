#ifndef TRADEWIND_CPOSTGRESLOADER_H
#define TRADEWIND_CPOSTGRESLOADER_H

/// Loads libpq when a program first needs it: whoever keeps its data in a file does not carry it, and the twenty
/// libraries behind it, in memory. False when it is not installed; then nothing else of it may be called.
_Bool tw_load_libpq(void);

#endif
