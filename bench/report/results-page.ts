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
 * The files of the report by their names: the page, and a chart for each work in `charts/`. A note is a paragraph
 * of Markdown for the work with this id, which explains what it missed.
 */
export function resultsPage(
  results: Results,
  notes: ReadonlyMap<string, string> = NO_NOTES,
): ReadonlyMap<string, string> {
  const { works, machine, isQuick } = results
  const parts = [
    '# Waybill, measured',
    isQuick ? QUICK_WARNING : null,
    'Waybill beside other servers that take uploads, and beside what the disk, the processor and the load generator ' +
      'of the same machine do alone. Each work has its goals, and those that are missed are here like the others.',
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
  '> [!WARNING]\n> This was a quick run, with very little of each work. It shows nothing but that the bench works: ' +
  'no figure here says anything about speed, and the sizes in titles are those of a full run.'

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
    'Everything is of one run on one machine. What has no spread was measured once; of all else, the contestants of ' +
    `a work are measured by turns in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, each beginning with another ` +
    'one, so that what the machine does beside falls on all alike. A figure is the median of the rounds, with the ' +
    'least and the most beside it, and a goal that begins with × compares medians. The load comes from the same ' +
    'machine: where its own speed could matter it is shown, as «load alone».\n\n' +
    'In the charts Waybill is blue and other servers are grey. What is hatched is a limit and no server one could ' +
    'choose. The whisker goes from the least to the most, and each dot is a round.'
  )
}

function goalsSummary(works: readonly WorkResult[]): string {
  const goals = works.flatMap((work) => work.goals)
  if (goals.length === 0) return 'None of these works has a goal.'
  const rows = works.flatMap((work) =>
    work.goals.map((goal) => [
      `[${escapeMarkdown(work.title)}](#${headingAnchor(work.title)})`,
      ...goalCells(goal),
    ]),
  )
  return (
    `${goals.filter(isReached).length} of ${goals.length} are reached. «Aim» is what we would like beyond what is ` +
    `needed.\n\n${markdownTable([{ heading: 'work', align: 'left' }, ...GOAL_COLUMNS], rows)}`
  )
}

/** As GitHub makes it of a heading. */
function headingAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}
