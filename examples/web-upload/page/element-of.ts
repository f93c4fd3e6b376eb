/** Returns the element of the selector. Throws an error when the page has none. */
export function elementOf<T extends HTMLElement>(selector: string, parent: ParentNode = document): T {
  const element = parent.querySelector<T>(selector)
  if (element === null) throw new Error(`The page has no element ${selector}.`)
  return element
}
