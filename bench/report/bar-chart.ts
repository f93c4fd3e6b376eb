import { figureText } from './figure-text.ts'

/** Ours has the accent colour; a limit is hatched, because it is not a server. */
export type BarKind = 'ours' | 'theirs' | 'limit'

export interface Bar {
  readonly name: string
  readonly kind: BarKind
  readonly median: number
  readonly min: number
  readonly max: number
  /** One value per round, each shown as a dot. */
  readonly values: readonly number[]
}

export interface Chart {
  /** Contains the unit, which the bars do not repeat. */
  readonly title: string
  readonly subtitle: string
  readonly bars: readonly Bar[]
}

const WIDTH = 760
const MARGIN = 12
const HEADER_HEIGHT = 60
const ROW_HEIGHT = 32
const BAR_HEIGHT = 20
/** Space after the longest bar, for its figure. */
const FIGURE_WIDTH = 76
/** Average letter width of the widest font that `system-ui` may select, at the size of the names. */
const LETTER_WIDTH = 7.6
const LONGEST_NAME = 44

// An image cannot use the style of its page, but it can query the reader's theme.
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .quiet { font-size: 12px; fill: #59636e }
  .figure { font-weight: 600 }
  .ours { fill: #4c9aff }
  .theirs { fill: #c4cbd3 }
  .limit { fill: url(#hatch); stroke: #c4cbd3 }
  .hatch { stroke: #c4cbd3; stroke-width: 2 }
  .base { stroke: #8c959f }
  .spread { stroke: #1f2328; stroke-width: 1.25; fill: none }
  .dot { fill: #1f2328; fill-opacity: 0.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .quiet { fill: #9198a1 }
    .ours { fill: #1f6feb }
    .theirs { fill: #4b535d }
    .limit, .hatch { stroke: #4b535d }
    .base { stroke: #6e7681 }
    .spread { stroke: #f0f6fc }
    .dot { fill: #f0f6fc }
  }`

/**
 * Returns an SVG document with a horizontal bar for each median, a whisker from minimum to maximum, and a dot for each
 * value. It is readable in a light and in a dark theme, and has neither scripts nor fonts.
 */
export function barChart({ title, subtitle, bars }: Chart): string {
  const height = HEADER_HEIGHT + bars.length * ROW_HEIGHT + MARGIN
  const nameLengths = bars.map(({ name }) => shortened(name).length)
  const left = Math.ceil(MARGIN + Math.max(0, ...nameLengths) * LETTER_WIDTH + 10)
  const most = Math.max(
    0,
    ...bars.flatMap(({ median, max, values }) => [median, max, ...values]).filter(Number.isFinite),
  )
  const perUnit = most > 0 ? (WIDTH - MARGIN - FIGURE_WIDTH - left) / most : 0
  const toX = (value: number) => round(left + value * perUnit)
  const rows = bars.map((bar, index) => drawBar(bar, left, HEADER_HEIGHT + index * ROW_HEIGHT, toX))
  const label = bars.map(({ name, median }) => `${name}: ${figureText(median)}`).join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>${escapeXml(title)}</title>
<desc>${escapeXml(label)}</desc>
<style>${STYLE}
</style>
<defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line class="hatch" x1="1" y1="0" x2="1" y2="6"/>
</pattern>
</defs>
<text class="title" x="${MARGIN}" y="24">${escapeXml(title)}</text>
<text class="quiet" x="${MARGIN}" y="43">${escapeXml(subtitle)}</text>
${rows.join('\n')}
<line class="base" x1="${left}" y1="${HEADER_HEIGHT - 4}" x2="${left}" y2="${height - MARGIN + 4}"/>
</svg>
`
}

function drawBar(bar: Bar, left: number, top: number, toX: (value: number) => number): string {
  const middle = top + ROW_HEIGHT / 2
  const name = `<text x="${left - 10}" y="${middle + 4.5}" text-anchor="end">${escapeXml(shortened(bar.name))}</text>`
  const figure = (x: number) =>
    `<text class="figure" x="${x + 10}" y="${middle + 4.5}">${figureText(bar.median)}</text>`
  if (!Number.isFinite(bar.median)) return [name, figure(left)].join('\n')
  const width = round(toX(bar.median) - left)
  return [
    name,
    `<rect class="${bar.kind}" x="${left}" y="${middle - BAR_HEIGHT / 2}" width="${width}" height="${BAR_HEIGHT}"/>`,
    ...drawSpread(bar, middle, toX),
    figure(toX(Math.max(bar.median, bar.max))),
  ].join('\n')
}

/** Returns nothing for a single value: the end of the bar shows it. */
function drawSpread({ min, max, values }: Bar, middle: number, toX: (value: number) => number): string[] {
  if (values.length < 2) return []
  // Below the line, because close values would cover it.
  const [line, dots] = [middle - 4, middle + 5]
  const [from, to] = [toX(min), toX(max)]
  const cap = (x: number) => `M${x} ${line - 4}V${line + 4}`
  return [
    `<path class="spread" d="M${from} ${line}H${to}${cap(from)}${cap(to)}"/>`,
    ...values.map((value) => `<circle class="dot" cx="${toX(value)}" cy="${dots}" r="2.25"/>`),
  ]
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
