/* Ends with 0 where the kit's interpreter can start: it needs the same libraries in the same versions,
 * and takes a tenth of the time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <pty.h>
#include <stdlib.h>

static void *volatile needed[] = {
    (void *)secure_getenv, /* GLIBC_2.17 */
    (void *)(double (*)(double))log,
    (void *)pthread_create,
    (void *)dlopen,
    (void *)openpty,
};

int main(void) { return needed[0] == 0; }
