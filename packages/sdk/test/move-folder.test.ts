import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { PermissionError, ValidationError, type Waybill } from '../src/waybill.ts'
import type { SeenRequest } from './faulty-proxy.ts'
import { startService, type TestService } from './start-service.ts'

const isMove = ({ method }: SeenRequest) => method === 'PATCH'

describe('a folder', () => {
  let service: TestService
  let client: Waybill
  before(async () => {
    service = await startService()
    client = service.client()
  })
  after(() => service.stop())
  afterEach(async () => {
    service.proxy.reset()
    for await (const { id } of client.files.list()) await client.files.delete(id)
  })

  const upload = async (...places: string[]) => {
    for (const place of places) {
      const end = place.lastIndexOf('/')
      await client.files.upload(new Blob([place]), {
        path: place.slice(0, Math.max(0, end)),
        filename: place.slice(end + 1),
      })
    }
  }
  const places = async () => {
    const found: string[] = []
    for await (const { path, original_filename } of client.files.list())
      found.push([path, original_filename].filter(Boolean).join('/'))
    return found.sort()
  }

  it('is moved with everything below it, and nothing beside it', async () => {
    await upload('a/1', 'a/b/2', 'a/b/c/3', 'ab/4', '5', 'x/6')
    const moved: string[] = []
    const onMoved = ({ original_filename }: { original_filename: string }) => moved.push(original_filename)
    assert.equal(await client.files.moveFolder('/a/', 'x/y/', { onMoved }), 3)
    assert.deepEqual(moved.sort(), ['1', '2', '3'])
    assert.deepEqual(await places(), ['5', 'ab/4', 'x/6', 'x/y/1', 'x/y/b/2', 'x/y/b/c/3'])
    assert.equal(await client.files.moveFolder('a', 'x/y'), 0)
  })

  it('is moved to the folder that contains it, and to the root', async () => {
    await upload('a/b/1', 'a/b/c/2')
    await client.files.moveFolder('a/b', 'a')
    assert.deepEqual(await places(), ['a/1', 'a/c/2'])
    await client.files.moveFolder('a', '/')
    assert.deepEqual(await places(), ['1', 'c/2'])
  })

  it('is moved completely by a second call after an error, a few files at a time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `a/${index}`)
    await upload(...names)
    service.proxy.setFault((seen) =>
      isMove(seen) && service.proxy.seen.filter(isMove).length > 6 ? { kind: 'answer', status: 403 } : null,
    )
    await assert.rejects(client.files.moveFolder('a', 'b'), PermissionError)
    assert.ok(service.proxy.seen.filter(isMove).length <= 10, 'it ends with the error')
    service.proxy.reset()
    assert.equal(await client.files.moveFolder('a', 'b'), 14)
    assert.equal((await places()).filter((place) => place.startsWith('b/')).length, 20)
  })

  it('is moved except for a file whose place is refused', async () => {
    const long = 'x'.repeat(200)
    await upload('a/1', `a/${long}/${long}/${long}/${long}/2`, 'a/3')
    await assert.rejects(client.files.moveFolder('a', `b/${long}`), ValidationError)
    assert.deepEqual(
      (await places()).filter((place) => place.startsWith('b/')),
      [`b/${long}/1`, `b/${long}/3`],
    )
  })

  it('is not moved into itself', async () => {
    await upload('a/1')
    for (const [from, to] of [
      ['a', 'a'],
      ['a/', 'a/b'],
      ['', 'b'],
    ] as const)
      await assert.rejects(client.files.moveFolder(from, to), RangeError)
    assert.deepEqual(await places(), ['a/1'])
  })

  it('is moved until the signal aborts', async () => {
    await upload('a/1', 'a/2')
    const leaving = new AbortController()
    service.proxy.setFault((seen) => {
      if (isMove(seen)) leaving.abort(new Error('left'))
      return isMove(seen) ? { kind: 'hang' } : null
    })
    await assert.rejects(client.files.moveFolder('a', 'b', { signal: leaving.signal }), /left/)
    assert.deepEqual(await places(), ['a/1', 'a/2'])
  })
})
