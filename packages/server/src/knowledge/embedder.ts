/** Turns texts into vectors, so that texts with similar meanings have similar directions. */
export interface Embedder {
  /** Name of the model. Vectors of different models cannot be compared. */
  readonly model: string
  /**
   * Returns a vector of length 1 for each text, in their order; all have the same dimensions. Throws SERVICE_UNAVAILABLE
   * when the server cannot embed them: its message says why, and never contains the key.
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>
}
