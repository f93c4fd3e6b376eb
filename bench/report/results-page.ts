import type { Machine } from '../machine.ts'
import { isReached, type WorkResult } from '../result.ts'
import { barChart } from './bar-chart.ts'
import { contestantKind } from './contestant-kind.ts'
import { goalCells } from './goal-cells.ts'
import { escapeMarkdown, markdownTable } from './markdown.ts'
import { GOAL_COLUMNS, workSection } from './work-section.ts'

export interface Results {
  readonly measuredAt: string
  readonly isQuick: boolean
  readonly machine: Machine
  readonly works: readonly WorkResult[]
}

const NO_NOTES: ReadonlyMap<string, string> = new Map()

/**
 * Returns the files of the report by name: the page, and a chart in `charts/` for each benchmark. A note is a paragraph
 * of Markdown for the benchmark with this id; it explains missed goals.
 */
export function resultsPage(
  results: Results,
  notes: ReadonlyMap<string, string> = NO_NOTES,
): ReadonlyMap<string, string> {
  const { works, machine, isQuick } = results
  const parts = [
    '# Benchmark results',
    isQuick ? QUICK_WARNING : null,
    'Waybill is compared with other upload servers, and with the limits of the same machine: its disk, its processor ' +
      'and the load generator. Each benchmark has goals; missed goals are listed like the others.',
    machineTable(machine, results.measuredAt),
    howMeasured(works),
    '## All goals',
    goalsSummary(works),
    ...works.map((work) => workSection(work, chartPath(work), notes.get(work.id) ?? null)),
  ]
  return new Map([
    ['RESULTS.md', `${parts.filter((part) => part !== null).join('\n\n')}\n`],
    ...works.map((work): [string, string] => [chartPath(work), workChart(work)]),
  ])
}

const QUICK_WARNING =
  '> [!WARNING]\n> This was a quick run with very little data. It only shows that the benchmarks work: ' +
  'the figures say nothing about speed, and the sizes in titles are those of a full run.'

function chartPath({ id }: WorkResult): string {
  return `charts/${id}.svg`
}

function workChart({ title, unit, isMoreBetter, measured }: WorkResult): string {
  return barChart({
    title: `${title} (${unit})`,
    subtitle: isMoreBetter ? 'More is better.' : 'Less is better.',
    bars: measured.map((one) => ({ ...one, kind: contestantKind(one, measured) })),
  })
}

function machineTable(machine: Machine, measuredAt: string): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  const rows = [
    ['measured', `${measuredAt.slice(0, 10)}, ${measuredAt.slice(11, 16)} UTC`],
    ['processor', `${machine.processor}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}`],
    ['memory', `${machine.memoryGiB} GiB`],
    ['system', machine.system],
    ['file system', machine.fileSystem],
    ['versions', versions.join(', ')],
  ]
  return markdownTable(
    [
      { heading: 'machine', align: 'left' },
      { heading: '', align: 'left' },
    ],
    rows.map((cells) => cells.map(escapeMarkdown)),
  )
}

function howMeasured(works: readonly WorkResult[]): string {
  const rounds = Math.max(0, ...works.flatMap(({ measured }) => measured.map(({ values }) => values.length)))
  return (
    'All figures are from one run on one machine, unless a section says otherwise. Values without a range were measured once. All others were measured ' +
    `in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}: each round measures all contestants of a benchmark and begins ` +
    'with a different one, so that other load on the machine affects all of them equally. A figure is the median of ' +
    'the rounds, followed by minimum and maximum. A goal that begins with × compares medians. The load generator ' +
    'runs on the same machine; where its own speed could matter, it is shown as "load alone".\n\n' +
    'In the charts, Waybill is blue and other servers are grey. A hatched bar is a limit of the machine, not a server. ' +
    'The whisker goes from minimum to maximum, and each dot is a round.'
  )
}

function goalsSummary(works: readonly WorkResult[]): string {
  const goals = works.flatMap((work) => work.goals)
  if (goals.length === 0) return 'None of these benchmarks has a goal.'
  const rows = works.flatMap((work) =>
    work.goals.map((goal) => [
      `[${escapeMarkdown(work.title)}](#${headingAnchor(work.title)})`,
      ...goalCells(goal),
    ]),
  )
  return (
    `${goals.filter(isReached).length} of ${goals.length} goals are reached. "Aim" is an optional target beyond the ` +
    `required value.\n\n${markdownTable([{ heading: 'benchmark', align: 'left' }, ...GOAL_COLUMNS], rows)}`
  )
}

/** Returns the anchor that GitHub derives from a heading. */
function headingAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}
