import { type Made, makeInFolder, runProgram } from './make-files.ts'

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=size=32x32:rate=25:duration=0.4,format=yuv420p']
const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=0.4']

const IMAGES: Readonly<Record<string, string>> = {
  'a.png': '',
  'a.jpg': '',
  'a.gif': '',
  'a.bmp': '',
  'a.tiff': '',
  'a.webp': '',
  'a.apng': '-f apng',
  'a.ico': '-c:v bmp',
  'a.jp2': '',
  'a.jls': '',
  'a.jxl': '-c:v libjxl',
  'a.avif': '-c:v libaom-av1 -still-picture 1',
  'a.ppm': '',
  'a.pgm': '',
  'a.pbm': '',
  'a.xbm': '',
  'a.pcx': '',
  'a.sgi': '',
  'a.dpx': '',
  'a.exr': '',
  'a.qoi': '',
  'a.fits': '',
}

const SOUNDS: Readonly<Record<string, string>> = {
  'a.wav': '',
  'rf64.wav': '-rf64 always',
  'a.w64': '',
  'a.mp2': '-c:a libtwolame',
  'a.mp3': '-c:a libmp3lame',
  'bare.mp3': '-c:a libmp3lame -id3v2_version 0 -write_xing 0',
  'a.aac': '',
  'a.m4a': '-c:a aac',
  'alac.m4a': '-c:a alac',
  'a.m4b': '-c:a aac -f ipod',
  'aac.3gp': '-c:a aac -f 3gp',
  'aac.3g2': '-c:a aac -f 3g2',
  'flac.mp4': '-c:a flac -f mp4 -strict -2',
  'opus.mp4': '-c:a libopus -f mp4',
  'a.ac3': '',
  'a.eac3': '',
  'a.flac': '',
  'a.ogg': '-c:a libvorbis',
  'a.opus': '-c:a libopus',
  'a.spx': '-c:a libspeex -ar 16000',
  'flac.oga': '-c:a flac -f ogg',
  'a.aiff': '',
  'a.caf': '',
  'a.au': '',
  'a.wv': '',
  'a.tta': '',
  'a.voc': '',
  'a.mka': '',
  'audio.webm': '-c:a libopus',
  'a.wma': '',
  'audio.mpg': '-c:a mp2 -f mpeg',
  'audio.ts': '-c:a mp2 -f mpegts',
  'audio.avi': '-c:a libmp3lame -f avi',
}

const FILMS: Readonly<Record<string, string>> = {
  'a.mp4': '-c:v mpeg4 -c:a aac',
  'frag.mp4': '-c:v mpeg4 -c:a aac -movflags frag_keyframe+empty_moov+default_base_moof',
  'a.mov': '-c:v mpeg4 -c:a aac',
  'a.m4v': '-c:v mpeg4 -c:a aac -f ipod',
  'a.f4v': '-c:v libx264 -c:a aac -f f4v',
  'a.3gp': '-c:v mpeg4 -c:a aac',
  'a.3g2': '-c:v mpeg4 -c:a aac',
  'a.mkv': '-c:v mpeg4 -c:a aac',
  'a.webm': '-c:v libvpx -c:a libopus',
  'a.avi': '',
  'ps1.mpg': '-c:v mpeg1video -c:a mp2 -f mpeg',
  'ps2.vob': '-c:v mpeg2video -c:a mp2 -f vob',
  'svcd.mpg': '-c:v mpeg2video -f svcd',
  'es1.m1v': '-c:v mpeg1video -an -f mpeg1video',
  'es2.m2v': '-c:v mpeg2video -an -f mpeg2video',
  'es4.m4v': '-c:v mpeg4 -an -f m4v',
  'a.latm': '-vn -c:a aac -f latm',
  'a.ts': '-c:v mpeg2video -c:a mp2',
  'a.m2ts': '-c:v mpeg2video -c:a mp2 -f mpegts -mpegts_m2ts_mode 1',
  'a.flv': '-c:v flv -ar 44100',
  'a.wmv': '-c:v wmv2',
  'a.ogv': '-c:v libtheora',
  'a.mxf': '-c:v mpeg2video -ar 48000',
  'a.ivf': '-c:v libvpx -an',
  'a.y4m': '-an',
  'a.h264': '-c:v libx264 -an',
  'a.mjpeg': '-c:v mjpeg -an',
}

/** Creates images, and audio and video of a fraction of a second, with ffmpeg. */
export async function makeMedia(): Promise<Made> {
  const groups = [
    makeGroup([...PICTURE], IMAGES, '-map 0:v -frames:v 1'),
    makeGroup([...SOUND], SOUNDS, ''),
    makeGroup([...PICTURE, ...SOUND], FILMS, ''),
  ]
  return Object.assign({}, ...(await Promise.all(groups)))
}

function makeGroup(
  inputs: readonly string[],
  outputs: Readonly<Record<string, string>>,
  each: string,
): Promise<Made> {
  const words = (text: string) => text.split(' ').filter((word) => word !== '')
  const files = Object.entries(outputs).flatMap(([name, options]) => [
    ...words(each),
    ...words(options),
    name,
  ])
  return makeInFolder(Object.keys(outputs), 'ffmpeg', (folder) =>
    runProgram('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...inputs, ...files], folder),
  )
}
