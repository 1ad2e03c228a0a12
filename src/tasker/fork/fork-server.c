/*
 * Forks jobs for the tasker: a small process forks several times faster than a Node process of any size.
 *
 * Standard input carries frames (fork-frame.ts): a 32-bit length, then one letter and its fields, integers of 32 bits in
 * little-endian order, texts ended by NUL.
 *   F slot nice umask argc envc  account rundir logfile argv... env...    start a job in a free slot
 *   K slot signal ticket                                                  signal the process group of a job
 * Standard output carries lines:
 *   S slot pid starttime                                  it exists; start time in clock ticks since boot (proc(5), field 22)
 *   R slot errno                                          fork failed
 *   E slot exitcode signal cpu-us maxrss-kb stage errno   it ended, or failed at a stage before it ran
 *   K ticket errno                                        the signal was delivered, or why not
 * At the end of its input the tasker is gone: every job's process group is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 16384, CHAINS = 4096, ACCOUNTS = 64, ACCOUNT_SECONDS = 60, FRAMES_A_TURN = 16 };
enum { STREAM_US = 10000, HOLD_US = 2000 };
enum { MOST_FRAME_BYTES = 16 << 20, KEPT_BUFFER_BYTES = 1 << 20 };
enum stage { NONE, ACCOUNT, PRIVILEGE, RUNDIR, FOLDERS, LOGFILE };

struct job { pid_t pid; int next; };
struct failure { int stage, error; };
struct account { char name[256]; uid_t uid; gid_t gid; gid_t groups[256]; int group_count; time_t known_at; };
struct order {
  uint32_t slot, umask, argc, envc;
  int32_t nice;
  char *account, *rundir, *logfile, **argv, **envp;
};
struct cursor { char *at, *end; };

static struct job jobs[SLOTS];           /* pid 0: the slot is free */
static int chains[CHAINS];               /* first slot + 1 of the pids that hash alike */
static struct failure *failures;         /* one a slot, shared with the children */
static struct account accounts[ACCOUNTS];
static char *input;
static size_t input_size, input_used;
static char output[1 << 16];
static size_t output_used;
static long long forked_at_us, held_since_us; /* 0: nothing is held back */
static int is_urgent;
static char **vector;
static size_t vector_size;
static int null_fd;

static void die(const char *what) {
  fprintf(stderr, "fork-server: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void flush_output(void) {
  size_t done = 0;
  while (done < output_used) {
    ssize_t count = write(1, output + done, output_used - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break; /* the tasker is gone; the end of input follows */
    done += (size_t)count;
  }
  output_used = 0;
}

static void say(const char *format, ...) {
  va_list values;
  if (sizeof output - output_used < 256) flush_output();
  va_start(values, format);
  output_used += (size_t)vsnprintf(output + output_used, 256, format, values);
  va_end(values);
  is_urgent = 1;
}

static long long monotonic_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/*
 * Waking the tasker and then the server costs more than telling them. In a stream of short jobs the news that one exists
 * may wait a moment for the news that it ended; a job that comes alone is told of at once.
 */
static void tell_start(uint32_t slot, pid_t pid, unsigned long long start_time) {
  long long now = monotonic_us();
  int was_urgent = is_urgent;
  say("S %u %d %llu\n", slot, (int)pid, start_time);
  is_urgent = was_urgent || now - forked_at_us > STREAM_US;
  forked_at_us = now;
  if (!held_since_us) held_since_us = now;
}

/* Milliseconds until what is held back must be told; -1 when all is told. */
static int settle_output(void) {
  if (!is_urgent && held_since_us && monotonic_us() - held_since_us < HOLD_US) return HOLD_US / 1000;
  is_urgent = 0;
  held_since_us = 0;
  flush_output();
  return -1;
}

/* ---- the table of jobs ---- */

static void remember(int slot, pid_t pid) {
  int *chain = &chains[pid % CHAINS];
  jobs[slot] = (struct job){pid, *chain};
  *chain = slot + 1;
}

static int slot_of(pid_t pid) {
  int link = chains[pid % CHAINS];
  while (link && jobs[link - 1].pid != pid) link = jobs[link - 1].next;
  return link - 1;
}

static void forget(int slot) {
  int *link = &chains[jobs[slot].pid % CHAINS];
  while (*link != slot + 1) link = &jobs[*link - 1].next;
  *link = jobs[slot].next;
  jobs[slot].pid = 0;
}

static unsigned long long start_time_of(pid_t pid) {
  char path[32], text[1024];
  unsigned long long ticks = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return 0;
  text[count] = 0;
  char *at = strrchr(text, ')'); /* a process name may hold anything, a parenthesis too */
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  if (at) ticks = strtoull(at + 1, NULL, 10);
  return ticks;
}

/* ---- accounts, looked up before the fork and remembered for a minute ---- */

static struct account *look_up(const char *name, int *error) {
  static int next;
  time_t now = monotonic_us() / 1000000;
  for (int i = 0; i < ACCOUNTS; i++)
    if (!strcmp(accounts[i].name, name) && now - accounts[i].known_at < ACCOUNT_SECONDS) return &accounts[i];
  *error = ENAMETOOLONG;
  if (strlen(name) >= sizeof accounts[0].name) return NULL;
  errno = 0;
  struct passwd *entry = getpwnam(name);
  *error = errno ? errno : ENOENT;
  if (!entry) return NULL;
  struct account *account = &accounts[next++ % ACCOUNTS];
  account->name[0] = 0;
  account->uid = entry->pw_uid;
  account->gid = entry->pw_gid;
  account->group_count = 256;
  *error = E2BIG; /* in more groups than we can hand on: rather no job than one with less than its rights */
  if (getgrouplist(name, account->gid, account->groups, &account->group_count) < 0) return NULL;
  strcpy(account->name, name);
  account->known_at = now;
  return account;
}

/* ---- in the child ---- */

static void give_up(uint32_t slot, int stage) {
  failures[slot] = (struct failure){stage, errno};
  _exit(1);
}

static void take_on(const struct account *account, uint32_t slot) {
  if (geteuid() != 0) {
    errno = EPERM;
    if (account->uid != geteuid()) give_up(slot, PRIVILEGE);
    return;
  }
  if (setgroups((size_t)account->group_count, account->groups) != 0) give_up(slot, PRIVILEGE);
  if (setresgid(account->gid, account->gid, account->gid) != 0) give_up(slot, PRIVILEGE);
  if (setresuid(account->uid, account->uid, account->uid) != 0) give_up(slot, PRIVILEGE);
}

static int make_folders(char *path) {
  for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
    *at = 0;
    int failed = mkdir(path, 0777) != 0 && errno != EEXIST;
    *at = '/';
    if (failed) return -1;
  }
  return 0;
}

static int open_log(struct order *order) {
  int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY;
  if (!*order->logfile) return null_fd;
  int fd = open(order->logfile, flags, 0666);
  if (fd >= 0 || errno != ENOENT) return fd;
  if (make_folders(order->logfile) != 0) give_up(order->slot, FOLDERS);
  return open(order->logfile, flags, 0666);
}

static const int ignored[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP}; /* by this process; a job gets them back */

static void set_ignored(void (*disposition)(int)) {
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], disposition);
}

static void reset_signals(void) {
  sigset_t none;
  set_ignored(SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run(struct order *order, const struct account *account) {
  setsid();
  reset_signals();
  if (order->nice) setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + order->nice);
  if (account) take_on(account, order->slot);
  umask((mode_t)order->umask);
  if (chdir(order->rundir) != 0) give_up(order->slot, RUNDIR);
  int log = open_log(order);
  if (log < 0) give_up(order->slot, LOGFILE);
  dup2(null_fd, 0);
  dup2(log, 1);
  dup2(log, 2);
  environ = order->envp;
  execvp(order->argv[0], order->argv);
  int missing = errno == ENOENT;
  dprintf(2, "yardmaster: %s: %s\n", order->argv[0], missing ? "command not found" : strerror(errno));
  _exit(missing ? 127 : 126); /* as a shell answers */
}

/* ---- orders ---- */

static uint32_t number_at(const char *at) {
  const unsigned char *byte = (const unsigned char *)at;
  return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static uint32_t take_number(struct cursor *cursor) {
  if (cursor->end - cursor->at < 4) die("a frame is too short");
  cursor->at += 4;
  return number_at(cursor->at - 4);
}

static char *take_text(struct cursor *cursor) {
  char *text = cursor->at;
  char *end = memchr(text, 0, (size_t)(cursor->end - text));
  if (!end) die("a text in a frame has no end");
  cursor->at = end + 1;
  return text;
}

static uint32_t take_slot(struct cursor *cursor) {
  uint32_t slot = take_number(cursor);
  if (slot >= SLOTS) die("a frame names a slot that does not exist");
  return slot;
}

static void take_order(struct order *order, struct cursor *cursor) {
  order->slot = take_slot(cursor);
  order->nice = (int32_t)take_number(cursor);
  order->umask = take_number(cursor);
  order->argc = take_number(cursor);
  order->envc = take_number(cursor);
  order->account = take_text(cursor);
  order->rundir = take_text(cursor);
  order->logfile = take_text(cursor);
  size_t texts = (size_t)order->argc + order->envc;
  if (order->argc == 0 || texts > MOST_FRAME_BYTES) die("a frame counts its texts wrongly");
  if (texts + 2 > vector_size) {
    vector_size = texts + 64;
    vector = realloc(vector, vector_size * sizeof *vector);
    if (!vector) die("memory for arguments");
  }
  char **at = order->argv = vector;
  for (uint32_t i = 0; i < order->argc; i++) *at++ = take_text(cursor);
  *at++ = NULL;
  order->envp = at;
  for (uint32_t i = 0; i < order->envc; i++) *at++ = take_text(cursor);
  *at = NULL;
}

static void fork_job(struct cursor *cursor) {
  struct order order;
  struct account *account = NULL;
  int error = 0;
  take_order(&order, cursor);
  if (jobs[order.slot].pid) die("a frame names a slot in use");
  if (*order.account && !(account = look_up(order.account, &error))) {
    say("E %u -1 0 0 0 %d %d\n", order.slot, ACCOUNT, error);
    return;
  }
  failures[order.slot].stage = NONE;
  pid_t pid = fork();
  if (pid == 0) run(&order, account);
  if (pid < 0) {
    say("R %u %d\n", order.slot, errno);
    return;
  }
  remember((int)order.slot, pid);
  tell_start(order.slot, pid, start_time_of(pid));
}

static void signal_job(struct cursor *cursor) {
  pid_t pid = jobs[take_slot(cursor)].pid;
  int number = (int)take_number(cursor);
  uint32_t ticket = take_number(cursor);
  /* Between fork and setsid there is no group yet. A pid in the table is not reaped, so it is nobody else's. */
  int failed = !pid || (kill(-pid, number) != 0 && kill(pid, number) != 0);
  say("K %u %d\n", ticket, !failed ? 0 : pid ? errno : ESRCH);
}

static void obey(char *body, uint32_t length) {
  struct cursor cursor = {body + 1, body + length};
  if (length > 0 && *body == 'F') fork_job(&cursor);
  else if (length > 0 && *body == 'K') signal_job(&cursor);
  else die("a frame of an unknown kind");
}

/* Obeys at most FRAMES_A_TURN of the frames that are here, so that ends are told in between. Answers whether more are. */
static int obey_some(void) {
  size_t at = 0;
  int count = 0, more = 0;
  while (input_used - at >= 4) {
    uint32_t length = number_at(input + at);
    if (length > MOST_FRAME_BYTES) die("a frame is too long");
    if (input_used - at - 4 < length) break;
    if ((more = count++ == FRAMES_A_TURN)) break;
    obey(input + at + 4, length);
    at += 4 + length;
  }
  memmove(input, input + at, input_used - at);
  input_used -= at;
  return more;
}

/* Answers whether the tasker is still there. */
static int read_input(void) {
  if (input_used == 0 && input_size > KEPT_BUFFER_BYTES) {
    free(input);
    input = NULL;
    input_size = 0;
  }
  if (input_size - input_used < 65536) {
    input_size = input_size ? input_size * 2 : 1 << 17;
    input = realloc(input, input_size);
    if (!input) die("memory for input");
  }
  ssize_t count = read(0, input + input_used, input_size - input_used);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  input_used += (size_t)count;
  return count > 0;
}

/* ---- ends ---- */

static void tell_end(int slot, int status, const struct rusage *usage) {
  long long cpu_us = (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000LL;
  cpu_us += usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  struct failure failure = failures[slot];
  say("E %d %d %d %lld %ld %d %d\n", slot, code, number, cpu_us, usage->ru_maxrss, failure.stage, failure.error);
}

static void reap(void) {
  for (;;) {
    siginfo_t info = {0};
    struct rusage usage;
    int status;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    int slot = slot_of(info.si_pid);
    /* What the job left in its group goes with it; as long as its leader is not reaped the group can be nobody else's. */
    if (slot >= 0) kill(-info.si_pid, SIGKILL);
    if (wait4(info.si_pid, &status, 0, &usage) != info.si_pid || slot < 0) continue;
    forget(slot);
    tell_end(slot, status, &usage);
  }
}

static void end_all(void) {
  for (int slot = 0; slot < SLOTS; slot++)
    if (jobs[slot].pid && kill(-jobs[slot].pid, SIGKILL) != 0) kill(jobs[slot].pid, SIGKILL);
}

static int set_up(void) {
  sigset_t child;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  set_ignored(SIG_IGN);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_SETMASK, &child, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  failures = mmap(NULL, SLOTS * sizeof *failures, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (failures == MAP_FAILED) die("shared memory");
  null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  int child_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (null_fd < 0 || child_fd < 0) die("set-up");
  return child_fd;
}

int main(void) {
  int child_fd = set_up(), more = 0;
  for (;;) {
    struct pollfd ready[2] = {{0, POLLIN, 0}, {child_fd, POLLIN, 0}};
    struct signalfd_siginfo child;
    int wait_ms = settle_output();
    if (poll(ready, 2, more ? 0 : wait_ms) < 0 && errno != EINTR) die("poll");
    if (ready[1].revents && read(child_fd, &child, sizeof child) >= 0) reap();
    if (ready[0].revents & POLLHUP) break; /* whatever is still in the pipe must not start now */
    if (!more && (ready[0].revents & POLLIN) && !read_input()) break;
    more = obey_some();
  }
  end_all();
  return 0;
}
