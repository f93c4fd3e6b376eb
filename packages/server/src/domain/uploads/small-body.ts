/** Largest body that may be kept in memory until its end. Node reads as much from a connection at once. */
export const SMALL_BODY_BYTES = 64 * 1024
