// The functions of librdkafka that we use, under their own names, each a jump to the library that was loaded. A jump
// and not a call in C, because some have many parameters and some any number of them; registers and stack stay as they
// are.
#include "CRdkafkaLoader.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#define FUNCTIONS(X) \
    X(rd_kafka_AdminOptions_destroy) X(rd_kafka_AdminOptions_new) X(rd_kafka_AdminOptions_set_operation_timeout)      \
    X(rd_kafka_AdminOptions_set_request_timeout) X(rd_kafka_CreateTopics) X(rd_kafka_CreateTopics_result_topics)      \
    X(rd_kafka_ListConsumerGroupOffsets) X(rd_kafka_ListConsumerGroupOffsets_destroy)                                 \
    X(rd_kafka_ListConsumerGroupOffsets_new) X(rd_kafka_ListConsumerGroupOffsets_result_groups)                       \
    X(rd_kafka_NewTopic_destroy_array) X(rd_kafka_NewTopic_new) X(rd_kafka_NewTopic_set_config)                       \
    X(rd_kafka_assignment_lost) X(rd_kafka_commit_queue) X(rd_kafka_conf_destroy)                                     \
    X(rd_kafka_conf_interceptor_add_on_new) X(rd_kafka_conf_new) X(rd_kafka_conf_set) X(rd_kafka_conf_set_events)     \
    X(rd_kafka_conf_set_log_cb) X(rd_kafka_consume_batch_queue) X(rd_kafka_consume_queue)                             \
    X(rd_kafka_consume_start_queue) X(rd_kafka_consume_stop) X(rd_kafka_consumer_close_queue)                         \
    X(rd_kafka_consumer_closed) X(rd_kafka_destroy_flags) X(rd_kafka_err2str) X(rd_kafka_error_code)                  \
    X(rd_kafka_error_destroy) X(rd_kafka_error_string) X(rd_kafka_event_CreateTopics_result)                          \
    X(rd_kafka_event_ListConsumerGroupOffsets_result) X(rd_kafka_event_destroy) X(rd_kafka_event_error)               \
    X(rd_kafka_event_error_string) X(rd_kafka_event_message_array) X(rd_kafka_event_opaque) X(rd_kafka_event_stats)   \
    X(rd_kafka_event_topic_partition_list) X(rd_kafka_event_type) X(rd_kafka_fatal_error)                             \
    X(rd_kafka_group_result_error)                                                                                    \
    X(rd_kafka_group_result_partitions) X(rd_kafka_header_add) X(rd_kafka_header_get_all)                             \
    X(rd_kafka_headers_destroy) X(rd_kafka_headers_new) X(rd_kafka_incremental_assign)                                \
    X(rd_kafka_incremental_unassign) X(rd_kafka_interceptor_add_on_request_sent) X(rd_kafka_message_destroy)          \
    X(rd_kafka_message_headers) X(rd_kafka_metadata) X(rd_kafka_metadata_destroy)                                     \
    X(rd_kafka_mock_cluster_bootstraps) X(rd_kafka_mock_cluster_new) X(rd_kafka_mock_topic_create) X(rd_kafka_new)    \
    X(rd_kafka_offsets_for_times) X(rd_kafka_poll_set_consumer) X(rd_kafka_produceva) X(rd_kafka_purge)               \
    X(rd_kafka_queue_destroy) X(rd_kafka_queue_forward) X(rd_kafka_queue_get_consumer) X(rd_kafka_queue_get_main)     \
    X(rd_kafka_queue_get_partition) X(rd_kafka_queue_io_event_enable) X(rd_kafka_queue_new) X(rd_kafka_queue_poll)    \
    X(rd_kafka_subscribe) X(rd_kafka_topic_destroy) X(rd_kafka_topic_name) X(rd_kafka_topic_new)                      \
    X(rd_kafka_topic_partition_list_add) X(rd_kafka_topic_partition_list_copy)                                        \
    X(rd_kafka_topic_partition_list_destroy) X(rd_kafka_topic_partition_list_new) X(rd_kafka_topic_result_error)      \
    X(rd_kafka_topic_result_error_string) X(rd_kafka_topic_result_name) X(rd_kafka_unsubscribe)

// clang-format off
#if defined(__x86_64__)
#define GO(name) "    jmp *tw_" #name "(%rip)\n"
#elif defined(__aarch64__)
#define GO(name) "    adrp x16, tw_" #name "\n    ldr x16, [x16, :lo12:tw_" #name "]\n    br x16\n"
#else
#error "a jump through a pointer has to be written for this processor"
#endif

// Hidden: of this program only, librdkafka finds its own.
#define JUMP(name)                                                                                                     \
    __attribute__((visibility("hidden"))) void *tw_##name;                                                             \
    __asm__(".text\n.globl " #name "\n.hidden " #name "\n.type " #name ", %function\n" #name ":\n" GO(name));
FUNCTIONS(JUMP)
// clang-format on

static _Bool is_loaded = 0;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *library = dlopen("librdkafka.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return;
#define LOAD(name)                                                                                                     \
    if ((tw_##name = dlsym(library, #name)) == NULL) return;
    FUNCTIONS(LOAD)
    is_loaded = 1;
}

_Bool tw_load_librdkafka(void) {
    pthread_once(&once, load);
    return is_loaded;
}
