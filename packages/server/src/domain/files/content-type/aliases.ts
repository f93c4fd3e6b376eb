import { parseMediaType } from './media-type.ts'

/** Aliases that clients use, by canonical type. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'application/eps': ['application/x-eps', 'image/eps', 'image/x-eps'],
  'application/gzip': [
    ...['application/x-gzip', 'application/gzip-compressed', 'application/x-gzip-compressed'],
    ...['application/x-compressed-tar', 'application/x-tgz', 'application/x-gtar-compressed'],
    ...['application/tar+gzip', 'application/x-tar-gz'],
  ],
  'application/java-archive': ['application/x-java-archive', 'application/x-jar', 'application/jar'],
  'application/java-vm': ['application/java', 'application/x-java', 'application/x-java-vm'],
  'application/json': ['text/json'],
  'application/lzip': ['application/x-lzip'],
  'application/msword': ['application/doc', 'application/vnd.ms-word', 'application/x-msword'],
  'application/ogg': ['application/x-ogg'],
  'application/pdf': ['application/x-pdf', 'application/acrobat', 'text/pdf', 'text/x-pdf'],
  'application/rtf': ['application/x-rtf', 'text/richtext', 'text/rtf'],
  'application/vnd.android.package-archive': ['application/x-android-package'],
  'application/vnd.apache.parquet': ['application/parquet', 'application/x-parquet'],
  'application/vnd.apple.keynote': ['application/x-iwork-keynote-sffkey'],
  'application/vnd.apple.numbers': ['application/x-iwork-numbers-sffnumbers'],
  'application/vnd.apple.pages': ['application/x-iwork-pages-sffpages'],
  'application/vnd.ms-cab-compressed': ['application/x-cab', 'application/x-cabinet'],
  'application/vnd.ms-excel': [
    ...['application/excel', 'application/msexcel', 'application/x-excel', 'application/x-msexcel'],
    ...['application/xls', 'application/x-xls'],
  ],
  'application/vnd.ms-powerpoint': [
    ...['application/mspowerpoint', 'application/powerpoint', 'application/x-mspowerpoint'],
  ],
  'application/vnd.tcpdump.pcap': ['application/pcap', 'application/x-pcap'],
  'application/vnd.visio': [
    ...['application/x-visio', 'application/x-vsd', 'application/vnd.ms-visio.drawing'],
    ...['application/vnd.ms-visio.drawing.main+xml'],
  ],
  'application/x-7z-compressed': ['application/x-7z'],
  'application/x-bzip2': [
    ...['application/bzip2', 'application/x-bzip', 'application/x-bz2'],
    ...['application/x-bzip-compressed-tar', 'application/x-bzip2-compressed-tar', 'application/x-tbz'],
  ],
  'application/x-cfb': ['application/cdfv2', 'application/vnd.ms-office', 'application/x-ole-storage'],
  'application/x-deb': [
    ...['application/vnd.debian.binary-package', 'application/x-debian-package', 'application/x-dpkg'],
  ],
  'application/x-elf': [
    ...['application/x-executable', 'application/x-object', 'application/x-pie-executable'],
    ...['application/x-sharedlib'],
  ],
  'application/x-iso9660-image': ['application/x-cd-image', 'application/x-iso'],
  'application/x-lz4': ['application/lz4', 'application/x-lz4-compressed-tar'],
  'application/x-mach-binary': ['application/x-mach-o'],
  'application/x-msdownload': [
    ...['application/vnd.microsoft.portable-executable', 'application/x-dosexec', 'application/x-exe'],
    ...['application/x-ms-dos-executable', 'application/x-msdos-program'],
  ],
  'application/x-rar-compressed': ['application/vnd.rar', 'application/x-rar'],
  'application/x-rpm': ['application/x-redhat-package-manager'],
  'application/x-shockwave-flash': ['application/vnd.adobe.flash.movie'],
  'application/x-sqlite3': ['application/vnd.sqlite3', 'application/x-sqlite'],
  'application/x-tar': ['application/tar', 'application/x-gtar', 'application/x-ustar'],
  'application/x-unix-archive': ['application/x-archive'],
  'application/x-xz': ['application/x-xz-compressed-tar', 'application/x-txz', 'application/xz'],
  'application/xml': ['text/xml'],
  'application/yaml': ['application/x-yaml', 'text/x-yaml', 'text/yaml'],
  'application/zip': ['application/x-zip', 'application/x-zip-compressed'],
  'application/zstd': [
    ...['application/x-zstd', 'application/x-zstd-compressed-tar', 'application/x-zstandard'],
  ],
  'audio/aac': ['audio/aacp', 'audio/vnd.dlna.adts', 'audio/x-aac', 'audio/x-hx-aac-adts'],
  'audio/aiff': ['audio/x-aiff', 'audio/x-aifc', 'audio/aifc'],
  'audio/amr': ['audio/x-amr'],
  'audio/ape': ['audio/x-ape', 'audio/x-monkeys-audio'],
  'audio/flac': ['audio/x-flac'],
  'audio/matroska': ['audio/x-matroska'],
  'audio/midi': ['audio/mid', 'audio/sp-midi', 'audio/x-mid', 'audio/x-midi', 'application/x-midi'],
  'audio/mp4': ['audio/m4b', 'audio/x-m4b', 'audio/x-mp4'],
  'audio/mpeg': [
    ...['audio/mp1', 'audio/mp2', 'audio/mp3', 'audio/mpa', 'audio/mpeg3', 'audio/mpeg-3', 'audio/mpg'],
    ...['audio/x-mp2', 'audio/x-mp3', 'audio/x-mpeg', 'audio/x-mpeg-3', 'audio/x-mpegaudio', 'audio/x-mpg'],
  ],
  'audio/ogg': ['audio/x-ogg'],
  'audio/opus': ['audio/x-opus', 'audio/x-opus+ogg'],
  'audio/speex': ['audio/x-speex', 'audio/x-speex+ogg'],
  'audio/vnd.dolby.dd-raw': ['audio/ac3', 'audio/eac3', 'audio/x-ac3'],
  'audio/vorbis': ['audio/x-vorbis', 'audio/x-vorbis+ogg'],
  'audio/wav': ['audio/vnd.wave', 'audio/wave', 'audio/x-pn-wav', 'audio/x-wav'],
  'audio/wavpack': ['audio/x-wavpack'],
  'audio/x-caf': ['audio/caf'],
  'audio/x-m4a': ['audio/m4a', 'audio/x-m4p'],
  'audio/x-ms-wma': ['audio/wma', 'audio/x-wma'],
  'font/collection': ['application/x-font-ttc'],
  'font/otf': [
    'application/vnd.ms-opentype',
    'application/x-font-opentype',
    'application/x-font-otf',
    'font/opentype',
  ],
  'font/ttf': [
    ...['application/font-sfnt', 'application/x-font-truetype', 'application/x-font-ttf', 'font/sfnt'],
    ...['font/truetype'],
  ],
  'font/woff': ['application/font-woff', 'application/x-font-woff', 'font/x-woff'],
  'font/woff2': ['application/font-woff2', 'application/x-font-woff2'],
  'image/apng': ['image/vnd.mozilla.apng', 'image/x-apng'],
  'image/bmp': [
    'image/x-bitmap',
    'image/x-bmp',
    'image/x-ms-bmp',
    'image/x-win-bitmap',
    'image/x-windows-bmp',
  ],
  'image/gif': ['image/x-gif'],
  'image/jpeg': ['image/jfif', 'image/jpe', 'image/jpg', 'image/pjpeg', 'image/x-jpeg'],
  'image/mj2': ['video/mj2', 'video/x-mj2'],
  'image/png': ['image/x-png'],
  'image/tiff': ['image/tif', 'image/x-tif', 'image/x-tiff'],
  'image/vnd.adobe.photoshop': [
    ...['application/photoshop', 'application/x-photoshop', 'image/psd', 'image/x-photoshop', 'image/x-psd'],
  ],
  'image/vnd.dwg': ['application/acad', 'application/dwg', 'application/x-dwg', 'image/x-dwg'],
  'image/webp': ['image/x-webp'],
  'image/x-icon': ['image/ico', 'image/icon', 'image/vnd.microsoft.icon', 'image/x-ico'],
  'model/3mf': ['application/vnd.ms-package.3dmanufacturing-3dmodel+xml'],
  'model/stl': [
    ...['application/sla', 'application/vnd.ms-pki.stl', 'model/x.stl-ascii', 'model/x.stl-binary'],
  ],
  'text/calendar': ['text/x-vcalendar'],
  'text/javascript': ['application/javascript', 'application/x-javascript', 'text/x-javascript'],
  'text/vcard': ['text/x-vcard'],
  'video/3gpp': ['video/3gp', 'video/x-3gpp'],
  'video/3gpp2': ['video/3g2', 'video/x-3gpp2'],
  'video/matroska': ['video/mkv', 'video/x-matroska', 'video/x-mkv'],
  'video/mp2t': [
    ...['video/m2ts', 'video/mp2ts', 'video/mpeg-ts', 'video/vnd.dlna.mpeg-tts', 'video/x-m2ts'],
    ...['video/x-mpegts'],
  ],
  'video/mp4': ['application/mp4', 'video/x-mp4'],
  'video/mpeg': [
    ...['video/dvd', 'video/mp1s', 'video/mp2p', 'video/mpeg2', 'video/mpeg-system', 'video/mpg'],
    ...['video/x-mpeg', 'video/x-mpeg2', 'video/x-mpeg-system', 'video/x-mpg'],
  ],
  'video/quicktime': ['video/mov', 'video/x-quicktime'],
  'video/vnd.avi': ['video/avi', 'video/msvideo', 'video/x-avi', 'video/x-msvideo'],
  'video/webm': ['video/x-webm'],
  'video/x-flv': ['video/flv'],
  'video/x-m4v': ['video/m4v'],
}

const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([name, aliases]) => aliases.map((alias): [string, string] => [alias, name])),
)

/** Returns the canonical type: lower case, without parameters and aliases; null when `text` is not a media type. */
export function canonicalContentType(text: string): string | null {
  const mediaType = parseMediaType(text)
  return mediaType && (ALIASES.get(mediaType.essence) ?? mediaType.essence)
}

/** Tells if two declarations name one type, such as `image/jpg` and `image/jpeg`, ignoring parameters. */
export function isSameContentType(a: string, b: string): boolean {
  return canonicalContentType(a) === canonicalContentType(b)
}

/**
 * Tells if the type is allowed, ignoring parameters. `image/*` allows all types of a kind; every type is allowed when
 * `allowed` is null.
 */
export function isAllowedContentType(type: string, allowed: readonly string[] | null): boolean {
  const mediaType = parseMediaType(type)
  if (mediaType === null || allowed === null) return mediaType !== null
  const canonical = ALIASES.get(mediaType.essence) ?? mediaType.essence
  const kindOf = (name: string) => `${name.split('/', 1)[0]}/*`
  const names = [canonical, kindOf(canonical), kindOf(mediaType.essence)]
  return allowed.some((entry) => names.includes(entry))
}
