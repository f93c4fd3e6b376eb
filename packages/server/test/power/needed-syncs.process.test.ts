import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { prove } from './prove.ts'
import { SYNC_SITES } from './sync-sites.ts'

/** Number of workloads to try until one shows the loss. Usually the first one does, unless the storage has changed. */
const MAX_SEEDS = 60

describe('every sync of the disk storage is needed', () => {
  let shown = 0
  after(() => console.log(`needed syncs: ${shown} of ${SYNC_SITES.size}, each taken out by itself`))

  for (const [site, hint] of SYNC_SITES) {
    it(`a power cut loses acknowledged bytes or makes them unusable without ${site}`, async () => {
      const onSync = (asked: string) => asked !== site
      const { seed: first = 1 } = hint
      for (let seed = first; seed < first + MAX_SEEDS; seed++) {
        const { violation } = await prove({ ...hint, eras: 2, isQuick: true, seed, onSync })
        if (violation === null) continue
        shown++
        return
      }
      assert.fail(`nothing was lost without it: it is not needed, or the model of the disk is too kind`)
    })
  }
})
