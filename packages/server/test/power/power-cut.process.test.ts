import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { prove } from './prove.ts'
import { SYNC_SITES } from './sync-sites.ts'

/** More in the long mode. */
const SEEDS = Number(process.env.POWER_SEEDS ?? 1)
const REQUESTS = Number(process.env.POWER_REQUESTS ?? 60)
const FIRST_SEED = Number(process.env.POWER_SEED ?? Date.now() % 1_000_000)

describe('a power cut at any point of the disk storage', () => {
  it(`keeps acknowledged bytes, and shows no unfinished object (seed ${FIRST_SEED})`, async () => {
    const sites = new Set<string>()
    let points = 0
    let images = 0
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const onSync = (site: string) => sites.add(site) !== null
      const figures = await prove({ seed, requests: REQUESTS, eras: 2, onSync })
      points += figures.points
      images += figures.images
      assert.equal(figures.violation, null, `${figures.violation?.where}: ${figures.violation?.error}`)
    }
    console.log(
      `power cuts: ${points} points, ${images} images of the disk, 0 losses (seeds from ${FIRST_SEED})`,
    )
    for (const site of sites) assert.ok(SYNC_SITES.has(site), `a sync that nothing proves: ${site}`)
  })
})
