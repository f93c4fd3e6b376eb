/** What a reader of the results should know of a work's figures, by its id: above all why a goal is missed. */
export const NOTES: ReadonlyMap<string, string> = new Map([])
