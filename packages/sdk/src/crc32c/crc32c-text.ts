/** As the service and Google write it: base64 of the four bytes, the highest first. */
export function crc32cText(crc: number): string {
  const bytes = [crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]
  return btoa(String.fromCharCode(...bytes))
}

/** The number that `crc32cText` made it of. */
export function parseCrc32c(text: string): number {
  return [...atob(text)].reduce((crc, byte) => (crc << 8) | byte.charCodeAt(0), 0) >>> 0
}
