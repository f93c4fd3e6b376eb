import { InvalidArgumentError } from 'commander'

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Returns the seconds of a duration such as `30m`, `12h` or `7d`, as the parser of an option. */
export function readDuration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const unitSeconds = UNIT_SECONDS[unit]
  if (unitSeconds !== undefined) return Number(count) * unitSeconds
  throw new InvalidArgumentError('It must be a number with a unit, such as 30m, 12h or 7d.')
}
