/*
 * Measures the limits of this machine without any service, for comparison:
 *
 *   limit discard                    receives bodies and drops them
 *   limit receive FILE               receives bodies, CRC-32C, write to FILE; nothing is synced
 *   limit disk FILE TOTAL CHUNK      writes TOTAL bytes to FILE, with an fdatasync after each CHUNK of them
 *   limit write FILE TOTAL           the same without any sync
 *
 * The first two listen on a free port of 127.0.0.1, print it, and answer each HTTP request that has a Content-Length
 * with an empty 200, on connections that stay open, one after the other. The last two print nanoseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#endif

enum { BUFFER_BYTES = 1024 * 1024, HEAD_BYTES = 16 * 1024 };

static unsigned char buffer[BUFFER_BYTES];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Uses the processor's CRC-32C instruction, eight bytes at a time. */
#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c(uint32_t crc, const unsigned char *bytes, size_t length) {
  uint64_t state = ~crc;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    state = _mm_crc32_u64(state, word);
  }
  for (; length > 0; bytes++, length--) state = _mm_crc32_u8((uint32_t)state, *bytes);
  return ~(uint32_t)state;
}
#elif defined(__aarch64__)
__attribute__((target("+crc"))) static uint32_t crc32c(uint32_t crc, const unsigned char *bytes, size_t length) {
  uint32_t state = ~crc;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    state = __crc32cd(state, word);
  }
  for (; length > 0; bytes++, length--) state = __crc32cb(state, *bytes);
  return ~state;
}
#else
#error "no CRC-32C instruction is known for this processor"
#endif

static void write_fully(int file, const unsigned char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(file, bytes, length);
    if (written <= 0) fail("write");
    bytes += written;
    length -= (size_t)written;
  }
}

/* Returns the end of the head within the bytes read so far, or 0. */
static size_t head_end(const char *head, size_t length) {
  const char *end = memmem(head, length, "\r\n\r\n", 4);
  return end == NULL ? 0 : (size_t)(end - head) + 4;
}

static size_t content_length(const char *head) {
  const char *field = strcasestr(head, "\r\ncontent-length:");
  return field == NULL ? 0 : (size_t)strtoull(field + 17, NULL, 10);
}

/* Receives one body, whose first `there` bytes are in the buffer; file is -1 to drop the body. */
static int take_body(int connection, int file, size_t there, size_t total) {
  uint32_t crc = 0;
  size_t taken = 0;
  while (taken < total) {
    if (there == 0) {
      size_t wanted = total - taken < BUFFER_BYTES ? total - taken : BUFFER_BYTES;
      ssize_t received = recv(connection, buffer, wanted, 0);
      if (received <= 0) return 0;
      there = (size_t)received;
    }
    if (file >= 0) {
      crc = crc32c(crc, buffer, there);
      write_fully(file, buffer, there);
    }
    taken += there;
    there = 0;
  }
  if (file >= 0) fprintf(stderr, "%08x\n", crc);
  return 1;
}

static void serve_connection(int connection, const char *path) {
  static char head[HEAD_BYTES + 1];
  size_t length = 0;
  for (;;) {
    ssize_t received = recv(connection, head + length, HEAD_BYTES - length, 0);
    if (received <= 0) return;
    length += (size_t)received;
    head[length] = 0;
    size_t end = head_end(head, length);
    if (end == 0) continue;
    size_t total = content_length(head);
    size_t there = length - end < total ? length - end : total;
    memcpy(buffer, head + end, there);
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (path != NULL && file < 0) fail(path);
    int is_whole = take_body(connection, file, there, total);
    if (file >= 0) close(file);
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    if (!is_whole || send(connection, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) return;
    length -= end + there;
    memmove(head, head + end + there, length);
  }
}

static void serve(const char *path) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0) fail("bind");
  if (listen(listener, 128) < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0) fail("listen");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) fail("accept");
    int yes = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    serve_connection(connection, path);
    close(connection);
  }
}

static int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A chunk size of 0 means no sync. */
static void write_file(const char *path, size_t total, size_t chunk) {
  for (size_t index = 0; index < BUFFER_BYTES; index++) buffer[index] = (unsigned char)(index * 2654435761u >> 13);
  int64_t start = now_ns();
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) fail(path);
  size_t since_sync = 0;
  for (size_t written = 0; written < total;) {
    size_t length = total - written < BUFFER_BYTES ? total - written : BUFFER_BYTES;
    write_fully(file, buffer, length);
    written += length;
    since_sync += length;
    if (chunk > 0 && (since_sync >= chunk || written == total)) {
      if (fdatasync(file) < 0) fail("fdatasync");
      since_sync = 0;
    }
  }
  close(file);
  printf("%lld\n", (long long)(now_ns() - start));
}

int main(int count, char **arguments) {
  const char *mode = count > 1 ? arguments[1] : "";
  if (strcmp(mode, "discard") == 0 && count == 2) serve(NULL);
  else if (strcmp(mode, "receive") == 0 && count == 3) serve(arguments[2]);
  else if (strcmp(mode, "disk") == 0 && count == 5) write_file(arguments[2], strtoull(arguments[3], NULL, 10), strtoull(arguments[4], NULL, 10));
  else if (strcmp(mode, "write") == 0 && count == 4) write_file(arguments[2], strtoull(arguments[3], NULL, 10), 0);
  else {
    fprintf(stderr, "limit discard | receive FILE | disk FILE TOTAL CHUNK | write FILE TOTAL\n");
    return 2;
  }
  return 0;
}
