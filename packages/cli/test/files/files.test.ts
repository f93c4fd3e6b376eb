import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { inTurn, isData } from '../../../sdk/test/faulty-proxy.ts'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { createRandomFile, MIB, type RandomFile } from '../../../server/test/clients/random-file.ts'
import { createClientCommand } from '../run-in-process.ts'

/** Too large for one request without a session. */
const LARGE_BYTES = 6 * MIB + 777
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')
/** Name of a file that is Latin-1 and not UTF-8. */
const LATIN_1 = Buffer.from('b\u00f6se.txt', 'latin1')
const WITHOUT_RAW_NAMES = process.platform !== 'linux' && 'names are UTF-8 on this system'
const IS_ROOT = process.getuid?.() === 0 && 'root may read every folder'

describe('waybill as a client', () => {
  let service: TestService
  let large: RandomFile
  let folder: string
  let waybill: ReturnType<typeof createClientCommand>
  before(async () => {
    service = await startService()
    folder = service.folder
    waybill = createClientCommand(service)
    large = await createRandomFile(folder, 'large', LARGE_BYTES)
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  async function uploaded(...args: string[]) {
    const { code, stdout, stderr } = await waybill(['files', 'upload', '--json', ...args])
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)[0].file
  }

  it('uploads, lists, shows, downloads and deletes', async () => {
    await writeFile(join(folder, 'notes.txt'), 'Hello')
    const sent = await waybill(['files', 'upload', 'notes.txt', large.path])
    assert.equal(sent.code, 0, sent.stderr)
    const ids = sent.stdout.match(/file_[0-9a-f]{32}/g) ?? []
    assert.equal(ids.length, 2)
    const listed = await waybill(['files', 'list'])
    assert.match(listed.stdout, /^file_[0-9a-f]{32} +5 B +\d{4}-.* text\/plain +notes\.txt$/m)
    const files = JSON.parse((await waybill(['files', 'list', '--json', '--limit', '1'])).stdout)
    assert.equal(files.length, 1)
    const { id } = JSON.parse((await waybill(['files', 'get', '--json', files[0].id])).stdout)
    assert.equal(id, files[0].id)
    assert.match((await waybill(['files', 'get', id])).stdout, /^crc32c +\S{8}$/m)
    const largeFile = JSON.parse((await waybill(['files', 'list', '--json'])).stdout).find(
      ({ file_size }: { file_size: number }) => file_size === LARGE_BYTES,
    )
    await mkdir(join(folder, 'got'))
    const got = await waybill(['files', 'download', largeFile.id, '-o', 'got'])
    assert.equal(got.stdout, 'got/large.bin\n', got.stderr)
    assert.ok((await readFile(join(folder, 'got', 'large.bin'))).equals(await readFile(large.path)))
    const deleted = await waybill(['files', 'delete', '--permanent', ...ids, 'file_none'])
    assert.equal(deleted.code, 1)
    assert.match(deleted.stderr, /^file_none: .*"waybill files list"/m)
    assert.deepEqual(JSON.parse((await waybill(['files', 'list', '--json'])).stdout), [])
  })

  it('moves files to the trash, restores them, and deletes them permanently', async () => {
    await writeFile(join(folder, 'old.txt'), 'Hello')
    const { id } = await uploaded('old.txt')
    const trashed = await waybill(['files', 'delete', id, 'file_none'])
    assert.equal(trashed.code, 1)
    assert.equal(trashed.stdout, `Moved ${id} to the trash.\n`)
    assert.match(trashed.stderr, /^file_none: /m)
    const idsOf = async (...args: string[]) =>
      JSON.parse((await waybill(['files', 'list', '--json', ...args])).stdout).map(
        (file: { id: string }) => file.id,
      )
    assert.deepEqual([await idsOf(), await idsOf('--trashed')], [[], [id]])
    assert.equal((await waybill(['files', 'restore', id])).stdout, `Restored ${id}.\n`)
    assert.deepEqual([await idsOf(), await idsOf('--trashed')], [[id], []])
    await waybill(['files', 'delete', id])
    assert.equal((await waybill(['files', 'delete', '--permanent', id])).stdout, `Deleted ${id}.\n`)
    assert.deepEqual(await idsOf('--trashed'), [])
    const gone = await waybill(['files', 'restore', '--json', id])
    assert.equal(gone.code, 1)
    const [outcome] = JSON.parse(gone.stdout)
    assert.deepEqual([outcome.is_restored, outcome.error.code], [false, 'FILE_NOT_FOUND'])
  })

  it('shares a file until its link is deleted', async () => {
    await writeFile(join(folder, 'shared.txt'), 'Hello')
    const { id } = await uploaded('shared.txt')
    const shared = await waybill(['files', 'share', id, '--expires', '7d', '--max-downloads', '2'])
    assert.equal(shared.code, 0, shared.stderr)
    const url = shared.stdout.trim()
    assert.equal(await (await fetch(url)).text(), 'Hello')
    const listed = await waybill(['files', 'links', id])
    assert.match(listed.stdout, /^lnk_[0-9a-f]{32} +\d{4}-.* +\d{4}-.* +1 of 2$/m)
    const [link] = JSON.parse((await waybill(['files', 'links', '--json', id])).stdout)
    assert.equal(Date.parse(link.expires_at) - Date.parse(link.created_at), 7 * 86_400_000)
    const removed = await waybill(['files', 'unshare', id, link.id, 'lnk_none'])
    assert.equal(removed.code, 1)
    assert.match(removed.stdout, new RegExp(`Deleted ${link.id}`))
    assert.match(removed.stderr, /^lnk_none: .*"waybill files links"/m)
    assert.equal((await fetch(url)).status, 401)
  })

  for (const duration of ['7', 'd', '7w', '-7d', '7d ', '1.5h']) {
    it(`refuses to share a file for "${duration}"`, async () => {
      const { code, stderr } = await waybill(['files', 'share', 'file_1', '--expires', duration])
      assert.notEqual(code, 0)
      assert.match(stderr, /such as 30m, 12h or 7d/)
    })
  }

  it('uploads what is in a folder, and goes on where one file fails', async () => {
    const root = join(folder, 'tree')
    await mkdir(join(root, 'a', 'b'), { recursive: true })
    await writeFile(join(root, 'one.txt'), '1')
    await writeFile(join(root, 'a', 'two.txt'), '22')
    await writeFile(join(root, 'a', 'b', 'three.txt'), '333')
    await writeFile(join(root, 'a', '__init__.py'), '')
    await writeFile(join(root, 'a', 'wrong.txt'), PNG)
    assert.match((await waybill(['files', 'upload', 'tree'])).stderr, /tree is a folder: use --recursive/)
    const { code, stdout } = await waybill(['files', 'upload', '-r', '--json', 'tree'])
    assert.equal(code, 1)
    const outcomes: {
      path: string
      file?: { file_size: number; path: string | null }
      error?: { code: string }
    }[] = JSON.parse(stdout)
    const sizes = Object.fromEntries(outcomes.map(({ path, file }) => [path, file?.file_size ?? 0]))
    assert.deepEqual(sizes, {
      'tree/one.txt': 1,
      'tree/a/two.txt': 2,
      'tree/a/b/three.txt': 3,
      'tree/a/__init__.py': 0,
      'tree/a/wrong.txt': 0,
    })
    const folders = Object.fromEntries(outcomes.map(({ path, file }) => [path, file?.path]))
    assert.deepEqual(folders, {
      'tree/one.txt': 'tree',
      'tree/a/two.txt': 'tree/a',
      'tree/a/b/three.txt': 'tree/a/b',
      'tree/a/__init__.py': 'tree/a',
      'tree/a/wrong.txt': undefined,
    })
    const failed = outcomes.filter(({ error }) => error)
    assert.deepEqual(
      failed.map(({ path, error }) => [path, error?.code]),
      [['tree/a/wrong.txt', 'FILE_TYPE_MISMATCH']],
    )
  })

  it('goes on where an entry of a folder cannot be read', { skip: WITHOUT_RAW_NAMES }, async () => {
    const root = join(folder, 'mixed')
    await mkdir(join(root, 'a'), { recursive: true })
    await writeFile(join(root, 'a', 'one.txt'), '1')
    await writeFile(Buffer.concat([Buffer.from(`${root}/a/`), LATIN_1]), 'x')
    const { code, stdout, stderr } = await waybill(['files', 'upload', '-r', 'mixed'])
    assert.equal(code, 1)
    assert.match(stdout, /^file_[0-9a-f]{32} {2}mixed\/a\/one\.txt$/m)
    assert.match(stderr, /^mixed\/a\/b\ufffdse\.txt: It has a name that is not UTF-8\.$/m)
    assert.match(stderr, /^1 of 2 uploads failed\./m)
  })

  it('goes on where a folder may not be read', { skip: IS_ROOT }, async () => {
    const root = join(folder, 'closed')
    await mkdir(join(root, 'a'), { recursive: true })
    await writeFile(join(root, 'one.txt'), '1')
    await chmod(join(root, 'a'), 0)
    const { code, stdout, stderr } = await waybill(['files', 'upload', '-r', 'closed'])
    assert.equal(code, 1)
    assert.match(stdout, /^file_[0-9a-f]{32} {2}closed\/one\.txt$/m)
    assert.match(stderr, /^closed\/a: It cannot be read: permission denied\.$/m)
    const itself = await waybill(['files', 'upload', '-r', 'closed/a'])
    assert.match(itself.stderr, /^waybill: closed\/a cannot be read: permission denied\.$/m)
  })

  it('sends no bytes with --instant that the organization has stored, and says so', async () => {
    const file = await createRandomFile(folder, 'instant', LARGE_BYTES)
    const first = await waybill(['files', 'upload', '--instant', file.path])
    assert.equal(first.code, 0, first.stderr)
    assert.doesNotMatch(first.stdout, /already stored/)
    service.proxy.reset()
    const second = await waybill(['files', 'upload', '--instant', file.path])
    assert.match(second.stdout, /^file_[0-9a-f]{32} {2}\S*instant\.bin {2}\(already stored\)$/m)
    assert.equal(service.proxy.seen.filter(isData).length, 0)
    const { stdout } = await waybill(['files', 'upload', '--instant', '--json', file.path])
    const [outcome] = JSON.parse(stdout)
    assert.deepEqual([outcome.already_stored, outcome.is_there_already], [true, false])
    assert.deepEqual([outcome.file.sha256, outcome.file.alreadyStored], [file.sha256, undefined])
    const { stdout: plain } = await waybill(['files', 'upload', file.path])
    assert.doesNotMatch(plain, /already stored/)
  })

  it('sends a large file through several connections with --parallel', async () => {
    const file = await createRandomFile(folder, 'parallel', 34 * MIB)
    const { id } = await uploaded('--parallel', '3', file.path)
    assert.equal(service.proxy.seen.filter(({ path }) => /\/uploads\/[^/]+\/parts$/.test(path)).length, 6)
    const { stdout } = await waybill(['files', 'download', id, '-o', 'got/parallel.bin'])
    assert.equal(stdout, 'got/parallel.bin\n')
    assert.ok((await readFile(join(folder, 'got', 'parallel.bin'))).equals(await readFile(file.path)))
    assert.match((await waybill(['files', 'upload', '--parallel', '17', file.path])).stderr, /from 1 to 16/)
  })

  it('moves a folder with what is below it, and nothing when there is nothing left', async () => {
    await mkdir(join(folder, 'moving', 'b'), { recursive: true })
    await writeFile(join(folder, 'moving', 'one.txt'), '1')
    await writeFile(join(folder, 'moving', 'b', 'two.txt'), '22')
    await waybill(['files', 'upload', '-r', 'moving'])
    const move = (...args: string[]) => waybill(['files', 'move', 'moving/', ...args])
    const first = await move('moved/here/')
    assert.equal(first.stdout, 'Moved 2 files from moving/ to moved/here/.\n', first.stderr)
    const listed = JSON.parse((await waybill(['files', 'list', '--json', '--path', 'moved'])).stdout)
    assert.deepEqual(listed.map(({ path }: { path: string }) => path).sort(), ['moved/here', 'moved/here/b'])
    assert.deepEqual(JSON.parse((await move('moved/here', '--json')).stdout), { moved: 0 })
    const named = await move('moved/', '--name', 'a.txt')
    assert.deepEqual([named.code, named.stderr.includes('--name is for a single file')], [1, true])
    const inside = await waybill(['files', 'move', 'moved/', 'moved/here'])
    assert.equal(inside.code, 1)
    assert.match(inside.stderr, /cannot be moved into itself/)
    for (const { id } of listed) await waybill(['files', 'delete', '--permanent', id])
  })

  it('lists folders, searches, and moves files', async () => {
    await mkdir(join(folder, 'year', '2026'), { recursive: true })
    await writeFile(join(folder, 'year', '2026', 'january.txt'), '1')
    const [file] = JSON.parse(
      (await waybill(['files', 'upload', '-r', '--json', '--path', 'a', 'year'])).stdout,
    )
    const { id } = file.file
    const listed = async (...args: string[]) => {
      const { code, stdout, stderr } = await waybill(['files', 'list', ...args])
      assert.equal(code, 0, stderr)
      return stdout
    }
    assert.match(await listed('--path', 'a', '--folders'), /folder +a\/year\/$/m)
    assert.match(await listed('--search', 'JANUARY', '--type', 'text/*'), / a\/year\/2026\/january\.txt$/m)
    const moved = await waybill(['files', 'move', id, '/', '--name', 'february.txt'])
    assert.equal(moved.stdout, `Moved ${id} to february.txt.\n`, moved.stderr)
    assert.deepEqual(JSON.parse(await listed('--json', '--search', 'january')), [])
    assert.deepEqual(JSON.parse(await listed('--json', '--folders', '--path', 'a')), {
      folders: [],
      files: [],
    })
    await waybill(['files', 'delete', id])
  })

  it('refuses to go on with a file that has changed, until --restart', async () => {
    const file = await createRandomFile(folder, 'changed', LARGE_BYTES)
    service.proxy.setFault(inTurn(isData, [{ kind: 'answer', status: 400 }]))
    assert.equal((await waybill(['files', 'upload', file.path])).code, 1)
    await appendFile(file.path, 'more')
    const refused = await waybill(['files', 'upload', file.path])
    assert.equal(refused.code, 1)
    assert.equal(
      refused.stderr,
      `${file.path}: changed.bin has changed since its upload was interrupted. Use --restart to start the upload over.\n`,
    )
    assert.equal((await uploaded('--restart', file.path)).file_size, LARGE_BYTES + 4)
  })

  it('keeps what is there unless --force', async () => {
    const { id } = await uploaded('--name', 'kept.bin', large.path)
    assert.equal((await waybill(['files', 'download', id])).stdout, 'kept.bin\n')
    assert.match((await waybill(['files', 'download', id])).stderr, /kept\.bin exists already: use --force/)
    assert.equal((await waybill(['files', 'download', '--force', id])).code, 0)
  })

  it('writes through a symbolic link with --force, and keeps the link', async () => {
    const { id } = await uploaded('--name', 'linked.bin', large.path)
    await mkdir(join(folder, 'behind'))
    await writeFile(join(folder, 'behind', 'target.bin'), 'old')
    await symlink('behind/target.bin', join(folder, 'link.bin'))
    const { code, stderr } = await waybill(['files', 'download', '--force', '-o', 'link.bin', id])
    assert.equal(code, 0, stderr)
    assert.ok((await lstat(join(folder, 'link.bin'))).isSymbolicLink())
    assert.equal((await stat(join(folder, 'behind', 'target.bin'))).size, LARGE_BYTES)
  })

  it('replaces nothing that is no regular file, also with --force', async () => {
    const { id } = await uploaded('--name', 'special.bin', large.path)
    await symlink('nowhere', join(folder, 'dangling.bin'))
    await promisify(execFile)('mkfifo', [join(folder, 'pipe')])
    await symlink('pipe', join(folder, 'to-pipe'))
    for (const name of ['dangling.bin', 'pipe', 'to-pipe']) {
      const before = await lstat(join(folder, name))
      const { code, stderr } = await waybill(['files', 'download', '--force', '-o', name, id])
      assert.equal(code, 1)
      assert.match(stderr, /^waybill: \S+ is not a regular file: use --output for another path, or -/)
      assert.equal((await lstat(join(folder, name))).ino, before.ino)
    }
  })

  it('says in a sentence that a folder takes no file', {
    skip: process.platform !== 'linux' && 'there is no /sys',
  }, async () => {
    const { id } = await uploaded('--name', 'refused.bin', large.path)
    const { code, stderr } = await waybill(['files', 'download', '-o', '/sys/refused.bin', id])
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^waybill: \/sys\/refused\.bin\S* cannot be opened: (permission denied|its file system is read-only)\.$/m,
    )
  })

  it('does not keep a download whose part was damaged', async () => {
    const file = await uploaded('--name', 'damaged.bin', large.path)
    const part = join(folder, `damaged.bin.${file.id}.part`)
    await writeFile(part, Buffer.alloc(1000))
    const { code, stderr } = await waybill(['files', 'download', file.id])
    assert.equal(code, 1)
    assert.match(stderr, /corrupted in transit/)
    assert.equal(
      (await readdir(folder)).some((name) => name.startsWith('damaged.bin')),
      false,
    )
  })

  it('stores a login that only its user can read, once it has tried it', async () => {
    const { url } = service.proxy
    const unset = { WAYBILL_URL: '', WAYBILL_API_KEY: '', WAYBILL_ORGANIZATION: '' }
    assert.match((await waybill(['files', 'list'], unset)).stderr, /run "waybill login", or set WAYBILL_URL/)
    const { organizationId, apiKey } = service.server
    const args = ['login', '--url', url, '--organization', organizationId]
    const wrong = await waybill(args, unset, `oak_live_${'0'.repeat(43)}\n`)
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /^waybill: The API key is not valid.*\[trace id [0-9a-f-]{36}\]$/m)
    assert.equal((await waybill(args, unset, `${apiKey}\n`)).code, 0)
    const path = join(folder, 'config', 'waybill', 'login.json')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal((await waybill(['files', 'list'], unset)).code, 0)
    const elsewhere = await waybill(['files', 'list'], { ...unset, WAYBILL_ORGANIZATION: 'org_other' })
    assert.match(
      elsewhere.stderr,
      /^waybill: Access to this organization is denied.* The organization comes from WAYBILL_ORGANIZATION/,
    )
    const other = [...args.slice(0, -1), 'org_other']
    assert.match(
      (await waybill(other, unset, `${apiKey}\n`)).stderr,
      / Choose the organization with "waybill login --organization"\./,
    )
  })

  it('sends the key of a stored login to no other service', async (t) => {
    const requests: (string | undefined)[] = []
    const other = createServer(({ url }, response) => {
      requests.push(url)
      response.end('{}')
    })
    await once(other.listen(0, '127.0.0.1'), 'listening')
    t.after(() => other.close())
    const otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const { url } = service.proxy
    const unset = { WAYBILL_URL: '', WAYBILL_API_KEY: '', WAYBILL_ORGANIZATION: '' }
    await waybill(['login', '--url', url], unset, `${service.server.apiKey}\n`)
    const { code, stderr } = await waybill(['files', 'list'], { ...unset, WAYBILL_URL: otherUrl })
    assert.deepEqual([code, requests], [1, []])
    assert.equal(
      stderr,
      `waybill: WAYBILL_URL is ${otherUrl}, and the stored login is for ${url}: set WAYBILL_API_KEY for another service.\n`,
    )
    assert.equal((await waybill(['files', 'list'], { ...unset, WAYBILL_URL: `${url}/` })).code, 0)
  })

  for (const [args, complaint] of [
    [['files', 'upload'], /missing required argument/],
    [['files', 'upload', 'nowhere.bin'], /^waybill: nowhere\.bin does not exist\.$/m],
    [['files', 'upload', '-'], /set one with --name/],
    [
      ['files', 'upload', '/dev/null'],
      /^waybill: \/dev\/null is not a regular file: use - to upload standard input\.$/m,
    ],
    [
      ['login', '--url', 'nonsense'],
      /^waybill: nonsense is not the URL of a service\. Use a URL such as https:/m,
    ],
    [['login', '--url', 'ftp://x'], /ftp:\/\/x is not the URL of a service/],
    [
      ['files', 'upload', '--name', 'x', 'large.bin', 'large.bin'],
      /--name can only be used with a single file/,
    ],
    [['files', 'upload', '--concurrency', '0', 'large.bin'], /whole number from 1 to 64/],
    [['files', 'get', 'file_none'], /The file was not found.*"waybill files list"/],
    [['completion', 'tcsh'], /no completion script for the shell "tcsh"/],
  ] as const) {
    it(`ends "${args.join(' ')}" in a sentence`, async () => {
      const { code, stderr } = await waybill(args)
      assert.equal(code, 1)
      assert.match(stderr, complaint)
      assert.doesNotMatch(stderr, /\n\s+at /)
    })
  }

  it('says what to do about a name that no file can have, and a folder that is not there', async () => {
    await writeFile(join(folder, 'two\nlines.txt'), 'x')
    const { code, stderr } = await waybill(['files', 'upload', 'two\nlines.txt'])
    assert.equal(code, 1)
    assert.match(stderr, /^two\ufffdlines\.txt: .*control characters.*Use --name to choose another name\./m)
    const { id } = await uploaded('--name', 'one line.txt', 'two\nlines.txt')
    const into = await waybill(['files', 'download', id, '-o', 'made/inner/'])
    assert.equal(into.stdout, 'made/inner/one line.txt\n')
    const lost = await waybill(['files', 'download', id, '-o', 'nowhere/x'])
    assert.match(lost.stderr, /^waybill: there is no folder nowhere: create it first\.$/m)
  })

  it('advises no --name for one of several files', async () => {
    await mkdir(join(folder, 'named'))
    await writeFile(join(folder, 'named', 'two\nlines.txt'), 'x')
    await writeFile(join(folder, 'named', 'one.txt'), 'x')
    const { stderr } = await waybill(['files', 'upload', '-r', 'named'])
    assert.match(stderr, /^named\/two\ufffdlines\.txt: .*control characters\. Give the file another name\.$/m)
  })

  it('names the profile of a login that is damaged', async () => {
    const profiles = join(folder, 'config', 'waybill', 'profiles')
    await mkdir(profiles, { recursive: true })
    await writeFile(join(profiles, 'broken.json'), '{')
    const { stderr } = await waybill(['--profile', 'broken', 'files', 'list'])
    assert.match(stderr, /broken\.json is damaged: run "waybill login --profile broken" again\.$/m)
  })

  it('shows the metadata of a file', async () => {
    const metadata = { kind: 'invoice' }
    const { id } = await service
      .client()
      .files.upload(new Blob(['x']), { filename: 'a.txt', mimeType: 'text/plain', metadata })
    assert.match((await waybill(['files', 'get', id])).stdout, /^metadata +\{"kind":"invoice"\}$/m)
  })

  it('shows no control characters of a name', async () => {
    await writeFile(join(folder, 'a\u200bb.txt'), 'x')
    const { stdout } = await waybill(['files', 'upload', 'a\u200bb.txt'])
    assert.match(stdout, /a\ufffdb\.txt\n$/)
  })

  it('uploads the standard input, and downloads to the standard output', async () => {
    const bytes = await readFile(large.path)
    const sent = await waybill(['files', 'upload', '--json', '--name', 'in.bin', '-'], {}, bytes)
    assert.equal(sent.code, 0, sent.stderr)
    const got = await waybill(['files', 'download', JSON.parse(sent.stdout)[0].file.id, '-o', '-'])
    assert.ok(got.bytes.equals(bytes))
  })
})
