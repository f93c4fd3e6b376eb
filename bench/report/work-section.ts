import type { Measured, WorkResult } from '../result.ts'
import { contestantKind } from './contestant-kind.ts'
import { figureText } from './figure-text.ts'
import { goalCells } from './goal-cells.ts'
import { type Column, escapeMarkdown, markdownTable } from './markdown.ts'

export const GOAL_COLUMNS: readonly Column[] = [
  { heading: 'goal', align: 'left' },
  { heading: 'required', align: 'right' },
  { heading: 'aim', align: 'right' },
  { heading: 'measured', align: 'right' },
  { heading: 'reached?', align: 'left' },
]

/** Returns the section of one benchmark: method, chart, contestants, goals, and the note on missed goals. */
export function workSection(work: WorkResult, chartPath: string, note: string | null): string {
  const title = escapeMarkdown(work.title)
  return [
    `## ${title}`,
    // The method is Markdown, so that it can quote settings.
    `${work.method} In ${escapeMarkdown(work.unit)}: ${work.isMoreBetter ? 'more' : 'less'} is better.`,
    `![${title}](${chartPath})`,
    contestantTable(work.measured),
    work.goals.length === 0 ? null : markdownTable(GOAL_COLUMNS, work.goals.map(goalCells)),
    note,
  ]
    .filter((part) => part !== null)
    .join('\n\n')
}

function contestantTable(measured: readonly Measured[]): string {
  const ours = measured.filter((one) => contestantKind(one, measured) === 'ours')
  const reference = ours[0] ?? null
  const columns: Column[] = [
    { heading: '', align: 'left' },
    { heading: 'median', align: 'right' },
    { heading: 'min–max', align: 'right' },
  ]
  if (reference !== null) {
    // With several rows of Waybill, its name alone does not identify the reference row.
    const name = ours.length === 1 && reference.name.startsWith('Waybill') ? 'Waybill' : `"${reference.name}"`
    columns.push({ heading: `× ${escapeMarkdown(name)}`, align: 'right' })
  }
  const rows = measured.map((one) => {
    const name = escapeMarkdown(one.name)
    return [
      ours.includes(one) ? `**${name}**` : name,
      figureText(one.median),
      one.values.length > 1 ? `${figureText(one.min)}–${figureText(one.max)}` : '',
      ...(reference === null ? [] : [one === reference ? '1' : figureText(one.median / reference.median)]),
    ]
  })
  return markdownTable(columns, rows)
}
