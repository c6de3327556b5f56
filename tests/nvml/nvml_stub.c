/* A stand-in for libnvidia-ml.so.1: answers as the file `nvml_stub.conf` beside it says.
 *
 * One line an item:
 *   driver 384.66
 *   init 18                 the error number that initialising returns
 *   process 77              a process that computes on each card
 *   hang nvmlInit_v2        the function that never returns
 *   card MEMORY_MIB VIRTUALIZATION MIG NAME…    a number of -1: not supported
 *
 * -DWITHOUT_<function> leaves a function out, as drivers that are too old for it do.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, INSUFFICIENT_SIZE = 7 };
enum { MOST_CARDS = 16, TEXT = 96 };

struct card {
    long mebibytes, virtualization, mig;
    char name[TEXT];
};

struct memory {
    unsigned long long total, free, used;
};

struct pci {
    char bus_id_legacy[16];
    unsigned int domain, bus, device, device_id, subsystem_id;
    char bus_id[32];
};

static struct card cards[MOST_CARDS];
static unsigned int card_count;
static char driver[TEXT], hanging[TEXT];
static int init_error;
static unsigned int processes[MOST_CARDS], process_count;

__attribute__((constructor)) static void read_description(void)
{
    Dl_info self;
    char path[4096], line[512];
    if (!dladdr((void *)read_description, &self))
        return;
    snprintf(path, sizeof path, "%s", self.dli_fname);
    char *slash = strrchr(path, '/');
    snprintf(slash ? slash + 1 : path, 32, "nvml_stub.conf");
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    while (fgets(line, sizeof line, file)) {
        struct card *card = &cards[card_count];
        sscanf(line, "driver %95s", driver);
        sscanf(line, "hang %95s", hanging);
        sscanf(line, "init %d", &init_error);
        if (process_count < MOST_CARDS && sscanf(line, "process %u", &processes[process_count]) == 1)
            process_count++;
        if (card_count < MOST_CARDS
            && sscanf(line, "card %ld %ld %ld %95[^\n]", &card->mebibytes, &card->virtualization,
                      &card->mig, card->name) == 4)
            card_count++;
    }
    fclose(file);
}

static void enter(const char *function)
{
    while (!strcmp(function, hanging))
        pause();
}

static int copy(char *target, unsigned int size, const char *text)
{
    if (strlen(text) >= size)
        return INSUFFICIENT_SIZE;
    strcpy(target, text);
    return SUCCESS;
}

int nvmlInit_v2(void)
{
    enter(__func__);
    return init_error;
}

#ifndef WITHOUT_nvmlInitWithFlags
int nvmlInitWithFlags(unsigned int flags)
{
    (void)flags;
    return nvmlInit_v2();
}
#endif

int nvmlShutdown(void)
{
    enter(__func__);
    return SUCCESS;
}

const char *nvmlErrorString(int code)
{
    return code == SUCCESS ? "Success" : "an error of the stub";
}

int nvmlSystemGetDriverVersion(char *version, unsigned int size)
{
    enter(__func__);
    return copy(version, size, driver);
}

int nvmlDeviceGetCount_v2(unsigned int *count)
{
    enter(__func__);
    *count = card_count;
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, struct card **card)
{
    enter(__func__);
    if (index >= card_count)
        return INVALID_ARGUMENT;
    *card = &cards[index];
    return SUCCESS;
}

struct process {
    unsigned int pid;
    unsigned long long memory;
    unsigned int gpu_instance, compute_instance;
};

int nvmlDeviceGetComputeRunningProcesses_v3(struct card *card, unsigned int *count, struct process *found)
{
    enter(__func__);
    (void)card;
    unsigned int room = *count;
    *count = process_count;
    if (room < process_count)
        return INSUFFICIENT_SIZE;
    for (unsigned int at = 0; at < process_count; at++)
        found[at] = (struct process){.pid = processes[at]};
    return SUCCESS;
}

int nvmlDeviceGetName(struct card *card, char *name, unsigned int size)
{
    enter(__func__);
    return copy(name, size, card->name);
}

int nvmlDeviceGetUUID(struct card *card, char *uuid, unsigned int size)
{
    char text[TEXT];
    enter(__func__);
    snprintf(text, sizeof text, "GPU-00000000-0000-0000-0000-%012d", (int)(card - cards));
    return copy(uuid, size, text);
}

int nvmlDeviceGetMemoryInfo(struct card *card, struct memory *memory)
{
    enter(__func__);
    if (card->mebibytes < 0)
        return NOT_SUPPORTED;
    memory->total = (unsigned long long)card->mebibytes << 20;
    memory->used = memory->total / 2;
    memory->free = memory->total - memory->used;
    return SUCCESS;
}

#ifndef WITHOUT_nvmlDeviceGetPciInfo_v3
int nvmlDeviceGetPciInfo_v3(struct card *card, struct pci *pci)
{
    enter(__func__);
    memset(pci, 0, sizeof *pci);
    pci->bus = (unsigned int)(card - cards) + 3;
    snprintf(pci->bus_id_legacy, sizeof pci->bus_id_legacy, "0000:%02X:00.0", pci->bus);
    snprintf(pci->bus_id, sizeof pci->bus_id, "00000000:%02X:00.0", pci->bus);
    return SUCCESS;
}
#endif

#ifndef WITHOUT_nvmlDeviceGetVirtualizationMode
int nvmlDeviceGetVirtualizationMode(struct card *card, unsigned int *mode)
{
    enter(__func__);
    if (card->virtualization < 0)
        return NOT_SUPPORTED;
    *mode = (unsigned int)card->virtualization;
    return SUCCESS;
}
#endif

#ifndef WITHOUT_nvmlDeviceGetMigMode
int nvmlDeviceGetMigMode(struct card *card, unsigned int *current, unsigned int *pending)
{
    enter(__func__);
    if (card->mig < 0)
        return NOT_SUPPORTED;
    *current = *pending = (unsigned int)card->mig;
    return SUCCESS;
}
#endif
