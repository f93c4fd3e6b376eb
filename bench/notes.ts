/** Notes on the results by the id of the benchmark, mainly on missed goals. */
export const NOTES: ReadonlyMap<string, string> = new Map([
  [
    'single-put',
    'In this run the disk alone was faster than every server, so the disk is not the limit here. The limit is one ' +
      'thread that receives bytes from a socket. The unsynced benchmark below shows the distance to that limit.',
  ],
  [
    'single-put-processor',
    'The time above the goal is work that the peers do not do in their own process. With fdatasync, Waybill writes ' +
      'the pages to disk in its own process; without a sync, threads of the kernel write them later, and no figure ' +
      'includes that. The CRC-32C takes 0.15 s per GiB. The HTTP parser copies each buffer once, which takes another 0.1 s.',
  ],
  [
    'chunks',
    'The answer to a chunk waits for the disk, and the client sends the next chunk only after it. For a chunk of 8 MiB, ' +
      'about 60 % of the time is the reception. 30 % is the rest of the sync after the last byte has arrived (half of the ' +
      'chunk is synced before). 10 % is the sync of the log entry that makes the chunk count. Larger chunks are closer to one PUT.',
  ],
  [
    'memory',
    'After a start, one upload ends with about 10 MiB more than in its first half, because V8 grows its young ' +
      'generation to its limit once. The 64 uploads that follow in the same process move more bytes without growth. ' +
      '16 MiB of their peak are the buffer budget that all bodies share. Between runs the peak was 148 to 153 MiB.',
  ],
  [
    'download',
    'nginx never reads the bytes: the kernel copies the file to the socket. Waybill reads each block into memory, computes ' +
      'its CRC-32C, and writes it. The speed of nginx varied from 1,300 to 3,100 MiB/s between rounds; the speed of ' +
      'Waybill varied by less than a quarter.',
  ],
  [
    'register',
    'A register takes about 0.5 ms of the JavaScript thread, and the empty route takes 0.07. A profile shows no single ' +
      'dominant cost: SQL takes a fifth (three reads, and three writes in a shared commit, including the audit event), ' +
      'opening and verifying the object twice takes an eighth, and the rest is type detection, JSON, hashes and HTTP. More ' +
      'processes share the work.',
  ],
  [
    'register-postgres',
    'Each register of pgbench is a transaction with its own sync, though concurrent syncs are shared. With one ' +
      'organization, all transactions wait for the same row. Waybill sends registers that arrive together as one ' +
      'statement, with one sync and one change of that row. POST /files has three more round trips (key, session, audit) ' +
      'and takes about 1 ms of the JavaScript thread; more processes share that work.',
  ],
  [
    'small-files',
    'Waybill needs three requests, each durable: about 2 ms of processor time per file, of which the syncs (two of ' +
      'the file system, three commits of SQLite) are a quarter. @tus/server writes two files and syncs neither. ' +
      'On one core for JavaScript, three requests through the same stack cannot be twice as fast as one.',
  ],
])
