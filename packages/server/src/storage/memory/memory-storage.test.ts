import { describeStorage } from '../storage.conformance.ts'
import { createMemoryStorage } from './memory-storage.ts'

describeStorage('memory', async () => ({
  storage: createMemoryStorage({ heldBytes: 0, limitBytes: 64 * 1024 * 1024 }),
  remove: async () => {},
}))
