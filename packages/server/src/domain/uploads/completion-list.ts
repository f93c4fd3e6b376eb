import { hash } from 'node:crypto'

/** List of parts that the completion of a multipart upload joins. */
export interface CompletionList {
  /** Numbers of the parts in ascending order, as ranges such as `1-3,7`. */
  readonly numbers: string
  /** SHA-256 of the numbers and the entity tags in hex: parts with other bytes are another list. */
  readonly digest: string
}

interface ListedPart {
  readonly number: number
  /** Without quotes. */
  readonly etag: string
}

/** Returns the list of these parts, whose numbers ascend. */
export function completionList(parts: readonly ListedPart[]): CompletionList {
  const numbers = parts.map(({ number }) => number)
  const digest = hash('sha256', JSON.stringify(parts.map(({ number, etag }) => [number, etag])), 'hex')
  return { numbers: toRanges(numbers), digest }
}

/** Returns the numbers of the parts of a list. */
export function numbersOf({ numbers }: CompletionList): readonly number[] {
  return numbers.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

function toRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last?.[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(',')
}
