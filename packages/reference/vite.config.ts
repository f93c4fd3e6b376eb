import { readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'
import { renderReference } from './src/render-reference.ts'

const DOCUMENT = new URL('../../api/openapi.json', import.meta.url)

/** Renders the reference from the OpenAPI document into the page. */
const reference: Plugin = {
  name: 'reference',
  transformIndexHtml: {
    order: 'pre',
    handler: (page) => {
      const body = renderReference(JSON.parse(readFileSync(DOCUMENT, 'utf8')))
      return page.replace('<!-- reference -->', () => body)
    },
  },
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [reference],
  base: './',
  build: {
    target: 'es2024',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  experimental: {
    // The page is at `/docs` and its files below it, under any path that a proxy gives them.
    renderBuiltUrl: (name, { hostType }) => (hostType === 'html' ? `docs/${name}` : { relative: true }),
  },
})
