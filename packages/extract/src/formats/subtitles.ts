import type { TextPart } from '../located-text.ts'
import { part } from '../part.ts'

const TIMING = /^\s*(\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s+-->\s/
const VOICE = /<v(?:\.[^\s>]{0,100})?\s{1,10}([^>]{1,200})>/g
const TAG = /<\/?[a-z0-9.:][^<>]{0,200}>/gi
/** Blocks of WebVTT without spoken text. */
const NOT_SPOKEN = /^(WEBVTT|NOTE|STYLE|REGION)\b/

/**
 * Yields a paragraph for each cue of SubRip or WebVTT, without numbers, times and tags. A voice becomes a prefix,
 * `Name: text`. Text without any cue is yielded as it is.
 */
export function* readSubtitles(text: string): Generator<TextPart> {
  let cues = 0
  for (const block of text.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n/)) {
    const lines = block.split('\n')
    const timing = lines.findIndex((line) => TIMING.test(line))
    if (timing === -1) continue
    cues++
    const spoken = lines
      .slice(timing + 1)
      .map(plainCue)
      .filter((line) => line !== '')
    if (spoken.length > 0) yield part('paragraph', spoken.join('\n'))
  }
  if (cues === 0 && text.trim() !== '' && !NOT_SPOKEN.test(text)) yield part('paragraph', text)
}

function plainCue(line: string): string {
  return line.replace(VOICE, '$1: ').replace(TAG, '').trim()
}
