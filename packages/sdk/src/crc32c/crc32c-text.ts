/** Formats a CRC-32C as the service and Google do: base64 of its four bytes, big-endian. */
export function crc32cText(crc: number): string {
  const bytes = [crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]
  return btoa(String.fromCharCode(...bytes))
}

/** Parses the format of `crc32cText`. */
export function parseCrc32c(text: string): number {
  return [...atob(text)].reduce((crc, byte) => (crc << 8) | byte.charCodeAt(0), 0) >>> 0
}
