import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type JoinedPiece, type PlannedPart, planJoin } from './plan-join.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

const piecesOf = (sizes: readonly number[]): JoinedPiece[] =>
  sizes.map((bytes, index) => ({ key: `${index}`, bytes }))

/** Returns the ranges of a plan, where a copy without a range is one of the complete piece. */
const rangesOf = (part: PlannedPart, pieces: readonly JoinedPiece[]) => {
  if (part.kind === 'send') return part.ranges
  const { bytes = 0 } = pieces.find(({ key }) => key === part.key) ?? {}
  return [{ key: part.key, ...(part.range ?? { start: 0, end: bytes - 1 }) }]
}

const sizeOf = (part: PlannedPart, pieces: readonly JoinedPiece[]) =>
  rangesOf(part, pieces).reduce((sum, { start, end }) => sum + end - start + 1, 0)

/** Asserts that the plan has every byte once, in its order, and parts that S3 joins. Returns the plan. */
function planOf(sizes: readonly number[]): readonly PlannedPart[] {
  const pieces = piecesOf(sizes)
  const planned = planJoin(pieces)
  const joined: { key: string; bytes: number }[] = []
  for (const { key, start, end } of planned.flatMap((part) => rangesOf(part, pieces))) {
    const last = joined.at(-1)
    assert.equal(start, last?.key === key ? last.bytes : 0)
    if (last?.key === key) last.bytes = end + 1
    else joined.push({ key, bytes: end + 1 })
  }
  assert.deepEqual(
    joined,
    pieces.filter(({ bytes }) => bytes > 0),
  )
  assert.ok(planned.length <= 10_000, `${planned.length} parts`)
  for (const part of planned.slice(0, -1)) assert.ok(sizeOf(part, pieces) >= 5 * MIB)
  for (const part of planned) assert.ok(sizeOf(part, pieces) <= (part.kind === 'send' ? 64 * MIB : GIB))
  return planned
}

const kindsOf = (planned: readonly PlannedPart[]) => planned.map(({ kind }) => kind)

describe('the plan to join parts', () => {
  it('copies pieces that are large enough completely', () => {
    assert.deepEqual(planOf([8 * MIB, 5 * MIB]), [
      { kind: 'copy', key: '0', range: null },
      { kind: 'copy', key: '1', range: null },
    ])
  })

  it('sends small pieces together, up to the end', () => {
    assert.deepEqual(kindsOf(planOf([2 * MIB, MIB, 3 * MIB, 1])), ['send', 'send'])
  })

  it('completes small pieces with the first bytes of a large one, and copies its rest', () => {
    const [first, second] = planOf([3 * MIB, 8 * MIB])
    assert.equal(first?.kind, 'send')
    assert.deepEqual(second, { kind: 'copy', key: '1', range: { start: 2 * MIB, end: 8 * MIB - 1 } })
  })

  it('sends a piece completely whose rest would be too small', () => {
    assert.deepEqual(kindsOf(planOf([3 * MIB, 6 * MIB, 8 * MIB])), ['send', 'copy'])
  })

  it('divides a very large piece evenly', () => {
    assert.deepEqual(kindsOf(planOf([2 * GIB + 1, 10])), ['copy', 'copy', 'copy', 'send'])
  })

  it('has one part without bytes for an object without bytes', () => {
    assert.deepEqual(planOf([]), [{ kind: 'send', ranges: [] }])
    assert.deepEqual(planOf([0, 0]), [{ kind: 'send', ranges: [] }])
  })

  it('has at most 10,000 parts', () => {
    assert.equal(planOf(Array.from({ length: 10_000 }, () => 5 * MIB)).length, 10_000)
    planOf(Array.from({ length: 15_000 }, () => 9 * MIB))
  })
})
