/* One append-only file:
 *   head    8 bytes "LODEPCK1"
 *   record  key (16) | length (4, little-endian) | CRC-32 of key, length and bytes (4) | bytes
 * Opened, the file is walked from record to record and an index is kept in memory. Records are
 * appended under a lock on the file; whoever appends first reads what others appended meanwhile,
 * and cuts off a tail that a killed process left torn. */
#include "base/base.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "db/db.h"

enum { HEAD_SIZE = 8, RECORD_HEAD_SIZE = 24, RECORD_BYTES_MAX = 1 << 30 };
static const char head_text[] = "LODEPCK1";

typedef struct {
    db_key key;
    uint64_t offset; /* of the bytes */
    uint32_t length;
    uint32_t crc;
} entry;

struct facts_store {
    int fd;
    uint64_t end; /* first byte after the last whole record that was seen */
    pthread_mutex_t lock;
    VEC(entry) entries;
    map64 index; /* first 64 bits of the key to entry */
    char *path;
};

static uint32_t crc_table[256];
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

/* CRC-32 of ISO-HDLC (RFC 1952, section 8). */
static void crc_init(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = (c & 1) ? UINT32_C(0xEDB88320) ^ (c >> 1) : c >> 1;
        crc_table[i] = c;
    }
}

static uint32_t crc_add(uint32_t crc, const void *data, size_t size)
{
    const unsigned char *p = data;
    crc = ~crc;
    for (size_t i = 0; i < size; i++) crc = crc_table[(crc ^ p[i]) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

static void put_u32(unsigned char *p, uint32_t value)
{
    for (int i = 0; i < 4; i++) p[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t get_u32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t key_word(db_key key)
{
    uint64_t word;
    memcpy(&word, key.bytes, sizeof word);
    return word;
}

static bool read_at(int fd, uint64_t offset, void *out, size_t size)
{
    char *to = out;
    while (size > 0) {
        ssize_t n = pread(fd, to, size, (off_t)offset);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        to += n;
        size -= (size_t)n;
        offset += (uint64_t)n;
    }
    return true;
}

static bool write_at(int fd, uint64_t offset, sv bytes)
{
    while (bytes.size > 0) {
        ssize_t n = pwrite(fd, bytes.data, bytes.size, (off_t)offset);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = sv_slice(bytes, (size_t)n, bytes.size);
        offset += (uint64_t)n;
    }
    return true;
}

static void index_add(facts_store *s, db_key key, uint64_t offset, uint32_t length, uint32_t crc)
{
    uint32_t at = s->entries.count;
    if (map64_add(&s->index, key_word(key), &at))
        vec_push(&s->entries, (entry){key, offset, length, crc});
}

static const entry *find(const facts_store *s, db_key key)
{
    uint32_t at = map64_get(&s->index, key_word(key), UINT32_MAX);
    if (at == UINT32_MAX || !db_key_eq(s->entries.items[at].key, key)) return NULL;
    return &s->entries.items[at];
}

/* Reads the records after s->end. The lock on the file is held: what does not fit is torn and is
 * cut off. */
static bool catch_up(facts_store *s, error *err)
{
    struct stat info;
    if (fstat(s->fd, &info) != 0) return error_set(err, ERR_IO, "%s: %s", s->path, strerror(errno));
    uint64_t size = (uint64_t)info.st_size;
    if (size < s->end) s->end = HEAD_SIZE; /* emptied by somebody: known entries fail their CRC */
    while (size - s->end >= RECORD_HEAD_SIZE) {
        unsigned char head[RECORD_HEAD_SIZE];
        db_key key;
        if (!read_at(s->fd, s->end, head, sizeof head)) break;
        uint32_t length = get_u32(head + 16);
        if (length > RECORD_BYTES_MAX || size - s->end - RECORD_HEAD_SIZE < length) break;
        memcpy(key.bytes, head, sizeof key.bytes);
        index_add(s, key, s->end + RECORD_HEAD_SIZE, length, get_u32(head + 20));
        s->end += RECORD_HEAD_SIZE + (uint64_t)length;
    }
    if (size != s->end && ftruncate(s->fd, (off_t)s->end) != 0)
        return error_set(err, ERR_IO, "%s: %s", s->path, strerror(errno));
    return true;
}

static bool begin(facts_store *s, error *err)
{
    struct stat info;
    char head[HEAD_SIZE];
    if (flock(s->fd, LOCK_EX) != 0 || fstat(s->fd, &info) != 0)
        return error_set(err, ERR_IO, "%s: %s", s->path, strerror(errno));
    bool done = true;
    bool whole = info.st_size >= HEAD_SIZE && read_at(s->fd, 0, head, sizeof head) &&
                 memcmp(head, head_text, HEAD_SIZE) == 0;
    if (!whole && (ftruncate(s->fd, 0) != 0 || !write_at(s->fd, 0, (sv){head_text, HEAD_SIZE})))
        done = error_set(err, ERR_IO, "%s: %s", s->path, strerror(errno));
    s->end = HEAD_SIZE;
    done = done && catch_up(s, err);
    flock(s->fd, LOCK_UN);
    return done;
}

bool facts_store_open(const char *state_dir, const char *name, facts_store **out, error *err)
{
    pthread_once(&crc_once, crc_init);
    buf path = {0};
    buf_printf(&path, "%s/facts", state_dir);
    if (!dir_make(path.data, err)) {
        buf_release(&path);
        return false;
    }
    buf_printf(&path, "/%s.pack", name);
    facts_store *s = base_calloc(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    s->path = path.data;
    s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    bool done = s->fd >= 0;
    if (!done) error_set(err, ERR_IO, "%s: %s", s->path, strerror(errno));
    done = done && begin(s, err);
    if (done) *out = s;
    else facts_store_close(s);
    return done;
}

void facts_store_close(facts_store *store)
{
    if (!store) return;
    if (store->fd >= 0) close(store->fd);
    pthread_mutex_destroy(&store->lock);
    vec_release(&store->entries);
    map64_release(&store->index);
    free(store->path);
    free(store);
}

bool facts_store_get(facts_store *store, db_key key, buf *out)
{
    entry found;
    pthread_mutex_lock(&store->lock);
    const entry *at = find(store, key);
    if (at) found = *at;
    pthread_mutex_unlock(&store->lock);
    if (!at) return false;

    unsigned char head[20];
    memcpy(head, key.bytes, 16);
    put_u32(head + 16, found.length);
    char *bytes = base_malloc((size_t)found.length + 1);
    bool whole = read_at(store->fd, found.offset, bytes, found.length);
    if (whole) {
        uint32_t crc = crc_add(0, head, sizeof head);
        whole = crc_add(crc, bytes, found.length) == found.crc;
    }
    if (whole) buf_add(out, (sv){bytes, found.length});
    free(bytes);
    return whole;
}

/* Both locks are held. */
static bool append(facts_store *s, db_key key, sv bytes, error *err)
{
    if (!catch_up(s, err)) return false;
    if (find(s, key)) return true;
    unsigned char head[RECORD_HEAD_SIZE];
    memcpy(head, key.bytes, 16);
    put_u32(head + 16, (uint32_t)bytes.size);
    uint32_t crc = crc_add(crc_add(0, head, 20), bytes.data, bytes.size);
    put_u32(head + 20, crc);
    if (!write_at(s->fd, s->end, (sv){(const char *)head, sizeof head}) ||
        !write_at(s->fd, s->end + sizeof head, bytes)) {
        error_set(err, ERR_IO, "%s: %s", s->path, strerror(errno));
        /* What stays torn is cut off by whoever appends next. */
        if (ftruncate(s->fd, (off_t)s->end) != 0) return false;
        return false;
    }
    index_add(s, key, s->end + sizeof head, (uint32_t)bytes.size, crc);
    s->end += sizeof head + bytes.size;
    return true;
}

bool facts_store_put(facts_store *store, db_key key, sv bytes, error *err)
{
    if (bytes.size > RECORD_BYTES_MAX)
        return error_set(err, ERR_LIMIT, "%s: a record of %zu bytes is too large", store->path,
                         bytes.size);
    pthread_mutex_lock(&store->lock);
    bool done = true;
    if (!find(store, key)) {
        done = flock(store->fd, LOCK_EX) == 0 && append(store, key, bytes, err);
        flock(store->fd, LOCK_UN);
    }
    pthread_mutex_unlock(&store->lock);
    return done;
}

uint32_t facts_store_count(facts_store *store)
{
    pthread_mutex_lock(&store->lock);
    uint32_t count = store->entries.count;
    pthread_mutex_unlock(&store->lock);
    return count;
}

uint64_t facts_store_bytes(facts_store *store)
{
    pthread_mutex_lock(&store->lock);
    uint64_t bytes = store->end;
    pthread_mutex_unlock(&store->lock);
    return bytes;
}
