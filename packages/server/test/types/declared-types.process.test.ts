import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import { type ContentEvidence, judgeContent } from '../../src/domain/files/content-type/judge-content.ts'
import { inspectBytes } from '../../src/operations/files/inspect-content.ts'
import { ACCEPTED, DETECTED, type DeclaredTypes, REFUSED } from './declared-types.ts'
import { makeArchives } from './make-archives.ts'
import type { Made } from './make-files.ts'
import { makeMedia } from './make-media.ts'
import { makeOffice } from './make-office.ts'
import { SAMPLES } from './make-samples.ts'

const typesOf = (words: string) => words.split(/\s+/)
const countPairs = (table: DeclaredTypes) => Object.values(table).flatMap(typesOf).length

describe('a file with a declared type', () => {
  let files: Made

  before(async () => {
    files = Object.assign({}, SAMPLES, ...(await Promise.all([makeMedia(), makeArchives(), makeOffice()])))
  })

  async function inspect(name: string, test: TestContext): Promise<ContentEvidence | null> {
    const bytes = files[name]
    assert.ok(bytes, `${name} is made by nothing`)
    if (typeof bytes === 'string') {
      test.skip(bytes)
      return null
    }
    return inspectBytes(bytes.length, async (start, end) => bytes.subarray(start, end))
  }

  for (const [name, words] of Object.entries(ACCEPTED)) {
    it(`is accepted: ${name} as ${typesOf(words).join(', ')}`, async (test) => {
      const evidence = await inspect(name, test)
      const wrong =
        evidence && typesOf(words).filter((type) => judgeContent(type, evidence) === 'contradicted')
      assert.deepEqual(wrong ?? [], [], `${name} shows ${JSON.stringify(evidence)}`)
    })
  }

  for (const [name, words] of Object.entries(REFUSED)) {
    it(`is refused: ${name} as ${typesOf(words).join(', ')}`, async (test) => {
      const evidence = await inspect(name, test)
      const wrong =
        evidence && typesOf(words).filter((type) => judgeContent(type, evidence) !== 'contradicted')
      assert.deepEqual(wrong ?? [], [], `${name} shows ${JSON.stringify(evidence)}`)
    })
  }

  for (const [name, type] of Object.entries(DETECTED)) {
    it(`has the detected type: ${name} ${type ?? 'none'}`, async (test) => {
      const evidence = await inspect(name, test)
      if (evidence) assert.equal(evidence.detected, type)
    })
  }

  it('is tested with at least 300 accepted pairs and 100 refused ones', () => {
    assert.ok(countPairs(ACCEPTED) >= 300, `${countPairs(ACCEPTED)}`)
    assert.ok(countPairs(REFUSED) >= 100, `${countPairs(REFUSED)}`)
  })
})
