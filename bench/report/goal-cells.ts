import { type Goal, isReached } from '../result.ts'
import { escapeMarkdown } from './markdown.ts'

/** Returns a goal as cells of a table: goal, required, aim, measured, and if it is reached. */
export function goalCells(goal: Goal): readonly string[] {
  const sign = goal.bound === 'at least' ? '≥' : '≤'
  const unit = goal.unit === 'ratio' ? '' : ` ${goal.unit}`
  const limit = (value: number) => `${sign} ${value.toLocaleString('en')}${unit}`
  return [
    escapeMarkdown(goal.text),
    limit(goal.needed),
    goal.aim === null ? '' : limit(goal.aim),
    `${measuredText(goal)}${Number.isFinite(goal.measured) ? unit : ''}`,
    reachedText(goal),
  ]
}

function reachedText(goal: Goal): string {
  if (!isReached(goal)) return '**no**'
  return isAimReached(goal, goal.measured) ? 'yes, and the aim' : 'yes'
}

function isAimReached({ aim, bound }: Goal, measured: number): boolean {
  return aim !== null && (bound === 'at least' ? measured >= aim : measured <= aim)
}

/** Formats three digits, or more if rounding to three would move the figure across the required value. */
function measuredText(goal: Goal): string {
  if (!Number.isFinite(goal.measured)) return '–'
  const digits = [3, 4, 5].find((count) => {
    const rounded = Number(goal.measured.toPrecision(count))
    return (
      isReached({ ...goal, measured: rounded }) === isReached(goal) &&
      isAimReached(goal, rounded) === isAimReached(goal, goal.measured)
    )
  })
  const significant = digits ?? 6
  return goal.measured.toLocaleString('en', {
    minimumSignificantDigits: significant,
    maximumSignificantDigits: significant,
  })
}
