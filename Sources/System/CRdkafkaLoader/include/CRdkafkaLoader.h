#ifndef TRADEWIND_CRDKAFKALOADER_H
#define TRADEWIND_CRDKAFKALOADER_H

/// Loads librdkafka when a program first needs it: whoever uses another broker does not carry it, and what stands
/// behind it, in memory. False when it is not installed; then nothing else of it may be called.
_Bool tw_load_librdkafka(void);

#endif
