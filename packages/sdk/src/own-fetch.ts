/** The platform's `fetch` at the time of the call, because some programs replace it. */
export const ownFetch: typeof fetch = (input, init) => globalThis.fetch(input, init)
