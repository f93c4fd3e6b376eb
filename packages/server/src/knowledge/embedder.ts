/** Model that turns texts into vectors. */
export interface Embedder {
  readonly model: string
  /**
   * Returns a vector for each text, in order, all of one length. Throws SERVICE_UNAVAILABLE when the model server
   * does not answer or answers something else.
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>
}
