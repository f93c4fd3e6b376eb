import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { createStoreAdditions, type StoreAddition } from '../src/uploads/store-additions.ts'

/** Storage of a page: as in a browser, its entries are its own properties. */
const pageStorage = Object.create({
  getItem(this: Record<string, string>, key: string) {
    return this[key] ?? null
  },
  setItem(this: Record<string, string>, key: string, text: string) {
    this[key] = text
  },
  removeItem(this: Record<string, string>, key: string) {
    delete this[key]
  },
})

before(() => Object.defineProperty(globalThis, 'localStorage', { value: pageStorage, configurable: true }))
after(() => Reflect.deleteProperty(globalThis, 'localStorage'))

it('additions that a page has left are made a few at a time, and reported once when they fail', async () => {
  const never = Promise.withResolvers<void>()
  const left = createStoreAdditions(
    'org',
    () => never.promise,
    () => assert.fail(),
  )
  for (let number = 0; number < 10; number++)
    left.add({ storeId: 'store', fileId: `file_${number}`, filename: `${number}.txt` })

  const reported = Promise.withResolvers<[StoreAddition, Error, number]>()
  let running = 0
  let mostRunning = 0
  const make = async () => {
    mostRunning = Math.max(mostRunning, ++running)
    await new Promise(setImmediate)
    running--
    throw new Error('the service is away')
  }
  const additions = createStoreAdditions('org', make, (...report) => reported.resolve(report))
  additions.resume()
  const [{ filename }, { message }, others] = await reported.promise
  assert.deepEqual([filename, message, others, mostRunning], ['0.txt', 'the service is away', 9, 4])
  additions.forget()
  assert.deepEqual(Object.keys(localStorage), [])
})

it('additions that wait are not made after the user has signed out', async () => {
  const never = Promise.withResolvers<void>()
  const left = createStoreAdditions(
    'org',
    () => never.promise,
    () => assert.fail(),
  )
  for (let number = 0; number < 10; number++)
    left.add({ storeId: 'store', fileId: `file_${number}`, filename: `${number}.txt` })
  let made = 0
  const signedOut = Promise.withResolvers<void>()
  const additions = createStoreAdditions(
    'org',
    () => signedOut.promise.then(() => void made++),
    () => assert.fail(),
  )
  additions.resume()
  additions.forget()
  signedOut.resolve()
  await new Promise(setImmediate)
  assert.equal(made, 4)
})
