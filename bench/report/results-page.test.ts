import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Goal, measuredOf, type WorkResult } from '../result.ts'
import { type Results, resultsPage } from './results-page.ts'

const GOAL: Goal = {
  text: '× the peer',
  measured: 2.2,
  needed: 2,
  aim: 2.5,
  bound: 'at least',
  unit: 'ratio',
}

const WORK: WorkResult = {
  id: 'upload',
  title: 'One upload',
  method: 'It is sent.',
  unit: 'MiB/s',
  isMoreBetter: true,
  measured: [measuredOf('Waybill', [1900, 2000, 2400]), measuredOf('the peer', [900, 1000, 1100])],
  goals: [GOAL],
}

const RESULTS: Results = {
  measuredAt: '2026-11-24T20:20:15.201Z',
  isQuick: false,
  machine: {
    processor: 'Abacus 3',
    cores: 2,
    memoryGiB: 24,
    system: 'linux 6 x64',
    fileSystem: 'xfs',
    versions: { node: '24.21.0', nginx: '1.22.1' },
  },
  works: [WORK],
}

describe('resultsPage', () => {
  it('states for each goal whether it is reached', () => {
    assert.equal(reachedOf(GOAL), 'yes')
    assert.equal(reachedOf({ ...GOAL, measured: 2.5 }), 'yes, and the aim')
    assert.equal(reachedOf({ ...GOAL, measured: 1.5 }), '**no**')
    assert.equal(reachedOf({ ...GOAL, bound: 'at most' }), '**no**')
    assert.equal(reachedOf({ ...GOAL, bound: 'at most', measured: 1.9, aim: 1.5 }), 'yes')
    assert.equal(reachedOf({ ...GOAL, bound: 'at most', measured: 1.5, aim: 1.5 }), 'yes, and the aim')
    assert.equal(reachedOf({ ...GOAL, measured: Number.NaN }), '**no**')
  })

  it('never rounds a miss to the required value', () => {
    assert.match(page(withWork({ goals: [{ ...GOAL, measured: 1.9996 }] })), /\| 1\.9996 \| \*\*no\*\* \|/)
    assert.match(page(withWork({ goals: [{ ...GOAL, measured: 2.0004 }] })), /\| 2\.00 \| yes \|/)
  })

  it('counts the reached goals, and states when there are none', () => {
    assert.match(page(withWork({ goals: [GOAL, { ...GOAL, measured: 1 }] })), /1 of 2 goals are reached/)
    assert.match(page(withWork({ goals: [] })), /None of these benchmarks has a goal/)
  })

  it('contains the machine, the versions and the day', () => {
    const text = page(RESULTS)
    for (const part of ['Abacus 3, 2 cores', '24 GiB', 'xfs', 'nginx 1.22.1', '2026-11-24, 20:20 UTC'])
      assert.ok(text.includes(part), part)
  })

  it('compares every contestant with Waybill, and shows the range of repeated measurements', () => {
    assert.match(page(RESULTS), /\| the peer \| 1,000 \| 900–1,100 \| 0\.500 \|/)
    const once = withWork({ measured: [measuredOf('Waybill', [2000]), measuredOf('the peer', [1000])] })
    assert.match(page(once), /\| the peer \| 1,000 \| {2}\| 0\.500 \|/)
  })

  it('names the reference row when several rows are of Waybill', () => {
    const measured = [measuredOf('Waybill, one', [4]), measuredOf('Waybill, many', [2])]
    assert.match(page(withWork({ measured })), /× "Waybill, one"/)
  })

  it('has a section and a chart for each benchmark, and links to both', () => {
    const works = [WORK, { ...WORK, id: 'start', title: 'From start: the first answer' }]
    const files = resultsPage({ ...RESULTS, works })
    assert.deepEqual([...files.keys()], ['RESULTS.md', 'charts/upload.svg', 'charts/start.svg'])
    const text = files.get('RESULTS.md') ?? ''
    assert.match(text, /^## From start: the first answer$/m)
    assert.match(text, /\]\(#from-start-the-first-answer\)/)
    assert.match(text, /!\[.*\]\(charts\/start\.svg\)/)
  })

  it('puts a note into the section of its benchmark', () => {
    const works = [WORK, { ...WORK, id: 'start', title: 'Start' }]
    const text =
      resultsPage({ ...RESULTS, works }, new Map([['upload', 'The *log* is slow.']])).get('RESULTS.md') ?? ''
    assert.match(text, /\n\nThe \*log\* is slow\.\n\n## Start\n/)
  })

  it('begins with a warning after a quick run, and only then', () => {
    const warning = /^# .*\n\n> \[!WARNING\]\n> .*only shows that the benchmarks work/
    assert.match(page({ ...RESULTS, isQuick: true }), warning)
    assert.doesNotMatch(page(RESULTS), /WARNING/)
  })

  it('escapes special characters in names', () => {
    const name = 'a<b> & "c" | `d`'
    const results = withWork({
      title: name,
      measured: [measuredOf('Waybill', [2]), measuredOf(name, [1, 2])],
    })
    assert.ok(page(results).includes('| a&lt;b&gt; &amp; "c" \\| \\`d\\` | 1.50 |'))
    const svg = chart(results)
    assert.ok(svg.includes('>a&lt;b&gt; &amp; &quot;c&quot; | `d`</text>'))
    assertXml(svg)
  })
})

describe('a chart', () => {
  it('is XML without a script, with a bar for each contestant and a dot for each round', () => {
    const svg = chart(RESULTS)
    assertXml(svg)
    assert.doesNotMatch(svg, /<script|href=/)
    assert.match(svg, /^<svg [^>]*width="760"/)
    assert.equal(svg.match(/<rect /g)?.length, 2)
    assert.equal(svg.match(/<circle /g)?.length, 6)
    assert.equal(svg.match(/<path class="spread"/g)?.length, 2)
  })

  it('draws bars in proportion to their medians', () => {
    const [ours, theirs] = [...chart(RESULTS).matchAll(/<rect [^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    )
    assert.ok(ours && theirs)
    assert.ok(Math.abs(ours / theirs - 2) < 0.01)
  })

  it('distinguishes Waybill, peers and limits', () => {
    assert.deepEqual(kinds(['Waybill, unsynced', 'the peer', 'disk alone', 'C loop']), [
      'ours',
      'theirs',
      'limit',
      'limit',
    ])
  })

  it('treats every row as Waybill when no name contains Waybill', () => {
    assert.deepEqual(kinds(['register', 'load alone']), ['ours', 'limit'])
  })

  it('accepts zeros, no values, and no contestants', () => {
    for (const measured of [[measuredOf('Waybill', [0, 0])], [measuredOf('Waybill', [])], []]) {
      const svg = chart(withWork({ measured }))
      assertXml(svg)
      assert.doesNotMatch(svg, /NaN|Infinity/)
    }
  })

  it('keeps long names and figures inside the image', () => {
    const svg = chart(withWork({ measured: [measuredOf('Waybill '.repeat(20), [1_234_567])] }))
    assert.match(svg, />Waybill .*…<\/text>/)
    assert.match(svg, />1,230,000<\/text>/)
    for (const [, x] of svg.matchAll(/ x="([\d.-]+)"/g)) assert.ok(Number(x) > 0 && Number(x) < 700, x)
  })
})

function withWork(part: Partial<WorkResult>): Results {
  return { ...RESULTS, works: [{ ...WORK, ...part }] }
}

function page(results: Results): string {
  return resultsPage(results).get('RESULTS.md') ?? ''
}

function chart(results: Results): string {
  return resultsPage(results).get('charts/upload.svg') ?? ''
}

/** Returns the last cell of the goal's row on the page. */
function reachedOf(goal: Goal): string | null {
  return /\| × the peer \|.* \| ([^|]*) \|$/m.exec(page(withWork({ goals: [goal] })))?.[1] ?? null
}

function kinds(names: readonly string[]): readonly (string | undefined)[] {
  const svg = chart(withWork({ measured: names.map((name) => measuredOf(name, [1])) }))
  return [...svg.matchAll(/<rect class="(\w+)"/g)].map(([, kind]) => kind)
}

/** Asserts that every element is closed, and that no text contains a bare `<` or `&`. */
function assertXml(text: string): void {
  const open: string[] = []
  const rest = text.replace(
    /<(\/?)(\w+)((?: [\w-]+="[^"<&]*")*)(\/?)>/g,
    (_tag, closing, name, _attributes, empty) => {
      if (closing) assert.equal(open.pop(), name)
      else if (!empty) open.push(name)
      return ''
    },
  )
  assert.deepEqual(open, [])
  assert.doesNotMatch(rest.replace(/&(?:amp|lt|gt|quot);/g, ''), /[<&]/)
}
