import { InvalidArgumentError } from 'commander'

/** Returns a parser for an option whose value is a whole number from 1 to `max`. */
export function readCount(max: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,7}$/.test(text) ? Number(text) : 0
    if (count >= 1 && count <= max) return count
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${max}.`)
  }
}
