#include "CLinux.h"

static __thread void *current_loop;

void *tw_current_loop(void) { return current_loop; }
void tw_set_current_loop(void *loop) { current_loop = loop; }
