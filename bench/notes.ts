/** What a reader of the results should know of a work's figures, by its id: above all why a goal is missed. */
export const NOTES: ReadonlyMap<string, string> = new Map([
  [
    'single-put',
    'The disk alone was faster than anybody’s reception in this run, so that it is not the limit here: one thread that takes ' +
      'bytes from a socket is. The unsynced work below shows how far from that we are.',
  ],
  [
    'single-put-processor',
    'What is left over the goal is what the peers do not do in their own process: fdatasync has this process write ' +
      'the pages out, which for an unsynced file the kernel’s own threads do later and nobody’s figure shows, and the ' +
      'CRC-32C, 0.15 s a GiB. HTTP’s parser copies each piece once, another 0.1 s.',
  ],
  [
    'chunks',
    'A chunk’s answer waits for the disk, and the client sends the next chunk only after it: of a chunk of 8 MiB ' +
      'about 60 % of the time is its reception, 30 % what is left of its sync when the last byte is there (half of it is ' +
      'synced on the way), and 10 % the sync of the log’s entry that makes it count. Larger chunks come closer to one PUT.',
  ],
  [
    'memory',
    'One upload after a start ends with some 10 MiB more than it has in its first half: V8’s young generation grows to its ' +
      'limit then, once. The 64 uploads that follow in the same process move more bytes, and stay flat; 16 MiB of their peak are the bytes that all ' +
      'bodies together may hold, and between runs it was 148 to 153 MiB.',
  ],
  [
    'download',
    'nginx never sees the bytes: the system copies the file into the socket. Waybill reads each block into its memory, computes its ' +
      'CRC-32C, and writes it. nginx’s own speed here went from 1,300 to 3,100 MiB/s from round to round; ours stayed within a quarter.',
  ],
  [
    'register',
    'A register takes about 0.5 ms of the one JavaScript thread where the empty route takes 0.07. A profile has no peak: ' +
      'SQL a fifth (three reads, three writes in a shared commit, the audit among them), opening and checking the object ' +
      'twice an eighth, its signature, JSON and hashes, and HTTP like the empty route. More processes share the work.',
  ],
  [
    'register-postgres',
    'Each register of pgbench is a transaction with a sync of its own, though syncs that meet are shared; one ' +
      'organization is one row that they all wait for. What arrives at Waybill together goes out as one statement, with ' +
      'one sync and one change of that row. POST /files has three more round trips (the key, the session, the audit) ' +
      'and takes about 1 ms of the one JavaScript thread; more processes share that work.',
  ],
  [
    'small-files',
    'Three requests against one, each of them durable: about 2 ms of the processor a file, of which the syncs (two of ' +
      'the file system, three commits of SQLite) are a quarter. @tus/server writes two files and syncs neither. ' +
      'On one core for JavaScript three requests through the same stack cannot be twice as fast as one.',
  ],
])
