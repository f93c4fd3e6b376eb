import assert from 'node:assert/strict'
import type { TestServer } from '../start-server.ts'

/** Values by name and labels, such as `waybill_info{version="0.1.0"}`. */
export type Samples = ReadonlyMap<string, number>

/** Returns the URL of the operator's pages from the output of the process. */
export function operatorUrl(server: Pick<TestServer, 'output'>): string {
  const url = /"url":"([^"]+)\/metrics"/.exec(server.output())?.[1]
  assert.ok(url, 'the log says where the metrics are')
  return url
}

export async function scrape(server: Pick<TestServer, 'output'>): Promise<Samples> {
  const answer = await fetch(`${operatorUrl(server)}/metrics`)
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  return parseSamples(await answer.text())
}

function parseSamples(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const match = /^([a-z_:][\w:]*(?:\{.*\})?) (\S+)$/i.exec(line)
      assert.ok(match?.[1] && match[2], `a line of another form: ${line}`)
      return [match[1], Number(match[2])]
    }),
  )
}

/** Returns the value of the only sample with this name and at least these labels; 0 when there is none. */
export function sample(samples: Samples, name: string, labels: Record<string, string> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const found = [...samples].filter(([key]) => {
    const [sampleName = '', inBraces = ''] = key.split('{', 2)
    return sampleName === name && wanted.every((label) => inBraces.includes(label))
  })
  assert.ok(found.length <= 1, `${name} is ambiguous: ${found.map(([key]) => key)}`)
  return found[0]?.[1] ?? 0
}
