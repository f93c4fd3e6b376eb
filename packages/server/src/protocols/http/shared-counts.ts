/** Requests that the processes of one service count together, so that a limit is one of the service. */
export interface SharedCounts {
  /** Tells the other processes of a request. They count it a moment later. */
  add(name: string, key: string): void
  /** Calls `receive` with the requests of the other processes. */
  subscribe(name: string, receive: (key: string, count: number) => void): void
}
