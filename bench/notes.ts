/** Notes on the results by the id of the benchmark, mainly on missed goals. */
export const NOTES: ReadonlyMap<string, string> = new Map([
  [
    'single-put',
    'Waybill writes directly to the disk and syncs; the peers write to the page cache and wait for no disk. "Disk alone" ' +
      'writes through the page cache too, so that Waybill can be faster. The other limit is one thread that receives bytes ' +
      'from a socket: a larger multiple would need a receiver outside of Node, such as a C loop in a thread of its own. ' +
      'On a slower machine, whose disk took turns between 520 and 1,310 MiB/s, the ratio to @tus/server was 1.35.',
  ],
  [
    'single-put-processor',
    'Waybill copies the bytes to memory that the disk reads directly; the peers let the kernel copy them to ' +
      'its page cache, and threads of the kernel write them later, which no figure includes. The CRC-32C takes about ' +
      '0.05 s per GiB, and this copy and that of the HTTP parser about 0.1 s each.',
  ],
  [
    'checksums',
    'OpenSSL computes SHA-256 with instructions of the processor for it, and MD5 without any. Both run in the thread that ' +
      'receives the bytes, which is the limit without them already. Another thread would need the second core, which the ' +
      'load generator has here.',
  ],
  [
    'chunks',
    'The answer to a chunk waits for the disk, and the client sends the next chunk only after it: for the last ' +
      'write, the sync of the segment (0.5 ms) and the sync of the log entry that makes the chunk count (0.4 ms). ' +
      'Larger chunks are closer to one PUT. The disk alone slows down more with the same syncs.',
  ],
  [
    'client',
    'The client library computes the CRC-32C in the thread that also sends, in WebAssembly, which takes 0.35 to 0.53 s per ' +
      'GiB; curl computes none. A faster server makes this a larger share: where curl had 730 MiB/s, the ratio was 0.73.',
  ],
  [
    'memory',
    'After a start, one upload ends with about 10 MiB more than in its first half, because V8 grows its young ' +
      'generation to its limit once. The 64 uploads that follow in the same process move more bytes without growth. ' +
      '4 MiB of their peak are the pool that all bodies share, and 8 MiB two buffers of Node for each connection. Half of ' +
      'these would remain if Node could stop a socket before it reads the second one. A second run of the same code had ' +
      'peaks of 116 and 130 MiB.',
  ],
  [
    'parts',
    'Measured alone, after the other benchmarks. Eight parts share the 4 MiB for direct writes, so that each writes less at ' +
      'once, and each has a file, a log entry and syncs of its own. How much each of these costs was not measured.',
  ],
  [
    'http-parts',
    'Parts need 1.2 times the processor time of one PUT: each is a form, whose end is searched for in every buffer, and has ' +
      'a file, checksums and a sync of its own. One core for JavaScript is busy with either, so parts at once gain nothing ' +
      'on 2 cores. They gain where one connection is slow, and with more workers.',
  ],
  [
    'download',
    'nginx never reads the bytes: the kernel copies the file to the socket. Waybill reads each block into memory, computes ' +
      'its CRC-32C, and writes it. How much a copy of memory costs differs between machines: the ratio was 0.28 on another one.',
  ],
  [
    'register',
    'A register takes about 0.47 ms of processor time, and the empty route takes 0.07. A profile shows no single ' +
      'dominant cost: SQL takes a quarter (three reads, and three writes with their triggers in a shared commit, including ' +
      'the audit event), and the rest is opening and verifying the object, JSON, hashes and HTTP. More processes share the ' +
      'work.',
  ],
  [
    'register-postgres',
    'Each register of pgbench is a transaction with its own sync, though concurrent syncs are shared. With one ' +
      'organization, all transactions wait for the same row. Waybill sends registers that arrive together as one ' +
      'statement, with one sync and one change of that row. POST /files has three more round trips (key, session, audit) ' +
      'and takes about half a millisecond of the JavaScript thread; more processes share that work.',
  ],
  [
    'small-files',
    'Waybill needs three requests, each durable: five syncs, of the bytes, of a directory and of three commits of SQLite. ' +
      '@tus/server writes two files and syncs neither. On one core for JavaScript, three requests through the same stack ' +
      'cannot be as fast as one. The ways with one request are in the next benchmark.',
  ],
  [
    'file-search',
    'The index of PostgreSQL has no order, so a search first reads 500 entries of the list. They fill the page, or tell ' +
      'that many Files match, and the search reads on; otherwise it looks up the rarest terms. "All filters at once" reads ' +
      '2,000 entries in the order of sizes, each from another page of the table, and among few Files it finds none. Not ' +
      'measured here: a search by which 1,000 of 1,000,000 Files are found reads and sorts them all, about 5 pages for each.',
  ],
  [
    'search',
    'All searches take 1 to 4 ms. Their 99th percentile is that of other work of the process and the machine, as the ranges ' +
      'show: the databases answer "by name" and "by size" in 0.14 ms among 1,000,000 files.',
  ],
  [
    'start',
    'A new installation also creates its database, 256 folders and the first key. The folders take most of this: 59 to 110 ms ' +
      'of the processor time of the kernel on this file system, beside other programs. Fewer at the start would mean to create ' +
      'each with its first file, and to sync it then. The migrations of the database take 26 ms of processor time. One script ' +
      'for the newest schema would be faster, and would describe the schema twice.',
  ],
  [
    'first-token',
    'The texts are artificial: half of the words of a question are in nearly every chunk, which makes the search read most ' +
      'of its index. The search takes most of the time of a response with chunks. A real model server needs its own time ' +
      'for the vector of a question.',
  ],
  [
    'tus-patch',
    'Waybill waits for the disk, and @tus/server does not: with other programs on the same disk, another run had a ratio of ' +
      '0.46 to 0.99, while the disk alone wrote and synced 108 to 415 MiB/s.',
  ],
  [
    'one-request',
    'Each file waits for two syncs, of its bytes and of its directory, and for its share of a commit. The JavaScript thread ' +
      'waits for the sync of the commit too. S3 also verifies a signature and computes an MD5. On a slower machine, the ' +
      'ratios were 0.52 (tus) to 0.61 (OpenAI).',
  ],
  [
    's3',
    'The MD5 is the cost of S3: about 2 s of processor time per GiB in the thread that also receives the bytes. With opaque ' +
      'ETags and a body without a checksum, the bytes go to the storage as in the own protocol.',
  ],
])
