// Takes the screenshots of the console and the reference in docs/screenshots: npm run screenshots
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type UploadSource, Waybill } from '@waybill/sdk'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from '../packages/console/test/open-browser.ts'
import { samplePdf } from '../packages/console/test/sample-document.ts'
import { signIn } from '../packages/console/test/sign-in.ts'
import { runWaybill, startServer, type TestServer } from '../packages/server/test/start-server.ts'

const FOLDER = fileURLToPath(new URL('../docs/screenshots/', import.meta.url))
const WIDE = { viewport: { width: 1200, height: 720 } }
const NARROW = { viewport: { width: 360, height: 720 }, deviceScaleFactor: 2 }
/** Size of the first chunk of an upload in a browser. */
const FIRST_PIECE_BYTES = 2 * 1024 ** 2
const ORGANIZATION = { id: 'org_northwind', name: 'Northwind Cartography' }

const CSV = 'date,station,level_m,flow_m3_s\n'.concat(
  ...Array.from({ length: 400 }, (_, day) => {
    const level = 2 + Math.sin(day / 9) * 0.8
    return `${new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)},Alder Weir,${level.toFixed(2)},${(level * 31).toFixed(1)}\n`
  }),
)

const HARBOUR_LOG = `# Harbour log

## March

The north mooring was replaced on the ninth, after its chain had worn through at the third shackle. Divers found no damage
to the sinker. The buoy carries a new light, white, one flash every four seconds.

## April

Soundings along the quay agree with those of last autumn, except at the slipway: the bank has grown by 0.4 m. Dredging is
planned for June. The tide gauge at Alder Weir ran without a gap.
`

/** Names and sizes in kB, in the order in which they are uploaded. */
const FILES: readonly (readonly [name: string, type: string, kilobytes: number])[] = [
  ['orthophoto-sheet-041.bin', 'application/octet-stream', 38_400],
  ['orthophoto-sheet-042.bin', 'application/octet-stream', 36_900],
  ['borehole-logs.txt', 'text/plain', 214],
  ['elevation-model-5m.bin', 'application/octet-stream', 24_100],
  ['field-notes-march.md', 'text/markdown', 18],
  ['place-names.json', 'application/json', 890],
  ['harbour-soundings.csv', 'text/csv', 3200],
  ['interview-ferry-master.txt', 'text/plain', 46],
  ['tide-gauge-2019.csv', 'text/csv', 1480],
  ['tide-gauge-2020.csv', 'text/csv', 1510],
  ['tide-gauge-2021.csv', 'text/csv', 1495],
  ['coastline-generalised.geojson', 'application/geo+json', 5600],
  ['survey-point-cloud.bin', 'application/octet-stream', 41_000],
  ['style-guide.md', 'text/markdown', 31],
  ['parish-boundaries.geojson', 'application/geo+json', 2300],
  ['contours-10m.bin', 'application/octet-stream', 12_800],
]

await mkdir(FOLDER, { recursive: true })
const scratch = await mkdtemp(join(tmpdir(), 'waybill-screenshots-'))
const server = await startServer()
const browser = await openBrowser()
try {
  const created = await runWaybill(
    server.dataDir,
    ['organizations', 'create', '--id', ORGANIZATION.id, '--name', ORGANIZATION.name, '--json'],
    {},
  )
  const apiKey: string = JSON.parse(created).api_key.key
  await runWaybill(server.dataDir, ['organizations', 'update', ORGANIZATION.id, '--storage-limit', '400MB'])
  const credentials = { organizationId: ORGANIZATION.id, apiKey }
  await fillStore(server, credentials)
  await fill(server, credentials, browser)
  await takeWide(browser, server, credentials, 'light')
  await takeWide(browser, server, credentials, 'dark')
  await takeNarrow(browser, server, credentials)
  await takeReference(browser, server, 'light')
  await takeReference(browser, server, 'dark')
} finally {
  await browser.close()
  await server.stop()
  await rm(scratch, { recursive: true })
}

type Credentials = Parameters<typeof signIn>[2]

/** Fills a vector store with a text, a PDF and a PDF that cannot be read. */
async function fillStore({ url }: TestServer, credentials: Credentials): Promise<void> {
  const { files, vectorStores } = new Waybill({ baseUrl: url, ...credentials, sessions: null })
  const store = await vectorStores.create({
    name: 'Survey archive',
    description: 'Logs and notes of the surveys',
  })
  const sources = [
    ['chart-of-1974.pdf', 'application/pdf', Buffer.from('%PDF-1.7\ntorn'), { year: 1974 }],
    ['bill-of-lading.pdf', 'application/pdf', samplePdf(3), { year: 2026, harbour: 'Alder' }],
    ['harbour-log.md', 'text/markdown', Buffer.from(HARBOUR_LOG), { year: 2026, harbour: 'Alder' }],
  ] as const
  for (const [filename, mimeType, content, attributes] of sources) {
    const { id } = await files.upload(content, { filename, mimeType })
    await vectorStores.files.addAndWait(store.id, id, { attributes })
  }
}

async function fill({ url }: TestServer, credentials: Credentials, drawer: Browser): Promise<void> {
  const waybill = new Waybill({ baseUrl: url, ...credentials, sessions: null })
  const upload = (source: UploadSource, filename: string, mimeType: string) =>
    waybill.files.upload(source, { filename, mimeType })
  for (const [filename, type, kilobytes] of FILES) {
    const isText = type !== 'application/octet-stream'
    await upload(isText ? textOf(kilobytes * 1000) : randomBytes(kilobytes * 1000), filename, type)
  }
  for (const path of ['surveys/2025', 'surveys/2026', 'tide gauges'])
    await waybill.files.upload(Buffer.from(CSV), { filename: 'stations.csv', mimeType: 'text/csv', path })
  await upload(Buffer.from(CSV), 'river-levels.csv', 'text/csv')
  await upload(samplePdf(3), 'delivery-note.pdf', 'application/pdf')
  await upload(await drawing(drawer), 'contour-study.png', 'image/png')
  await waybill.files.createUploadUrl({
    filename: 'orthophoto-sheet-043.bin',
    file_size: 52_000_000,
    mime_type: 'application/octet-stream',
  })
  const keys = [
    { key_name: 'Survey tablets', scopes: ['files:write'] },
    { key_name: 'Web map', scopes: ['files:read'], expires_at: '2027-06-30T23:59:59Z' },
    { key_name: 'Nightly archive', scopes: ['files:read', 'files:write'] },
  ] as const
  for (const key of keys) await waybill.apiKeys.create(key)
  for await (const { id, key_name } of waybill.apiKeys.list()) {
    if (key_name === 'Survey tablets') await waybill.apiKeys.pause(id)
  }
  const types = ['file.created', 'vector_store.file.completed']
  await waybill.webhooks.create({
    url: 'https://archive.northwind.example/in',
    types,
    description: 'Archive',
  })
  const old = { url: 'https://map.northwind.example/hooks/waybill', description: 'Web map', is_active: false }
  await waybill.webhooks.create(old)
}

function textOf(bytes: number): Buffer {
  return Buffer.alloc(bytes, 'station 14, wind west, visibility good, sounding 4.2 m\n')
}

/** Draws a sample picture: contour lines around two hills. */
async function drawing(drawer: Browser): Promise<Buffer> {
  const page = await drawer.newPage({ viewport: { width: 720, height: 440 } })
  const rings = (x: number, y: number, count: number) =>
    Array.from({ length: count }, (_, ring) => {
      const [rx, ry] = [26 + ring * 24, 16 + ring * 17]
      return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" transform="rotate(${-18 + ring * 2} ${x} ${y})"/>`
    }).join('')
  await page.setContent(
    `<body style="margin:0"><svg width="720" height="440" style="background:#f3efe2">
      <g fill="none" stroke="#7a6a3f" stroke-width="1.4">${rings(250, 190, 11)}${rings(540, 300, 7)}</g>
      <path d="M0 400C160 350 240 430 400 400S640 330 720 380V440H0Z" fill="#9fc4d6"/></svg></body>`,
  )
  const png = await page.screenshot()
  await page.close()
  return png
}

async function openPage(
  { url }: TestServer,
  opened: Browser,
  credentials: Credentials,
  options: BrowserContextOptions,
): Promise<Page> {
  const page = await (await opened.newContext(options)).newPage()
  // A script cannot operate the dialog that gives handles. Without it, the console has a field for files.
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showOpenFilePicker'))
  await signIn(page, url, credentials)
  await page.getByText('orthophoto-sheet-041.bin').waitFor()
  return page
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${FOLDER}${name}.png` })
}

async function takeWide(
  opened: Browser,
  running: TestServer,
  credentials: Credentials,
  colorScheme: 'light' | 'dark',
): Promise<void> {
  const options = { ...WIDE, colorScheme }
  const first = await (await opened.newContext(options)).newPage()
  await first.goto(`${running.url}/console/`)
  await first.getByLabel('API key').waitFor()
  await take(first, `sign-in-${colorScheme}`)
  await first.context().close()

  const page = await openPage(running, opened, credentials, options)
  await page.getByText('contour-study.png').click()
  await page
    .getByRole('img', { name: 'contour-study.png' })
    .evaluate((image: unknown) => (image as { decode(): Promise<void> }).decode())
  await startUploads(page)
  await take(page, `files-${colorScheme}`)
  await page.getByRole('link', { name: 'Vector stores' }).click()
  await page.getByRole('link', { name: 'Survey archive' }).click()
  await page.getByLabel('Search in this store').fill('When was the mooring replaced?')
  await page.getByLabel('Search in this store').press('Enter')
  await page.getByRole('list', { name: 'Passages' }).waitFor()
  // The first search opens the index: the second one is as fast as later ones.
  await page.getByLabel('Search in this store').press('Enter')
  await page.getByText(/ · \d{1,2} ms$/).waitFor()
  await take(page, `stores-${colorScheme}`)
  await page.getByRole('link', { name: 'Storage' }).click()
  await page.getByText('orthophoto-sheet-043.bin').waitFor()
  await take(page, `storage-${colorScheme}`)
  await page.getByRole('link', { name: 'Events' }).click()
  await page.getByText('Live').waitFor()
  await page.getByText('contour-study.png').waitFor()
  await take(page, `events-${colorScheme}`)
  await page.getByRole('link', { name: 'Webhooks' }).click()
  await page.getByText('archive.northwind.example').waitFor()
  await take(page, `webhooks-${colorScheme}`)
  await page.getByRole('link', { name: 'API keys' }).click()
  await page.getByText('Nightly archive').waitFor()
  await take(page, `keys-${colorScheme}`)
  await page.context().close()
  const waybill = new Waybill({ baseUrl: running.url, ...credentials, sessions: null })
  for await (const { file_id, received_bytes } of waybill.files.listUploads()) {
    if ((received_bytes ?? 0) > 0) await waybill.files.cancelUpload(file_id)
  }
}

/** Starts two uploads that have sent two chunks and wait for the next answer; one of them is paused. */
async function startUploads(page: Page): Promise<void> {
  await page.route('**/upload/storage/**', (route) => {
    const from = /^bytes (\d+)-/.exec(route.request().headers()['content-range'] ?? '')?.[1]
    return Number(from) <= FIRST_PIECE_BYTES ? route.continue() : undefined
  })
  const paths = ['orthophoto-sheet-044.bin', 'soundings-2026.bin'].map((name) => join(scratch, name))
  for (const path of paths) await writeFile(path, textOf(40_000_000))
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload files' }).click()
  await (await chooser).setFiles(paths)
  await page
    .getByText(/^\d\d % of 40/)
    .nth(1)
    .waitFor()
  await page.getByRole('button', { name: 'Pause soundings-2026.bin' }).click()
}

async function takeNarrow(opened: Browser, running: TestServer, credentials: Credentials): Promise<void> {
  const page = await openPage(running, opened, credentials, { ...NARROW, colorScheme: 'light' })
  await take(page, 'files-narrow')
  await page.getByText('river-levels.csv').click()
  await page.getByText('Alder Weir').first().waitFor()
  await take(page, 'details-narrow')
  await page.context().close()
}

async function takeReference(
  opened: Browser,
  { url }: TestServer,
  colorScheme: 'light' | 'dark',
): Promise<void> {
  const page = await (await opened.newContext({ ...WIDE, colorScheme })).newPage()
  await page.goto(`${url}/docs#createUploadUrl`)
  await page.getByRole('tab', { name: 'Python' }).first().click()
  await page.goto(`${url}/docs#createUploadUrl`)
  await page
    .getByRole('link', { name: /createUploadUrl$/ })
    .and(page.locator('[aria-current]'))
    .waitFor()
  await take(page, `reference-${colorScheme}`)
  await page.context().close()
}
