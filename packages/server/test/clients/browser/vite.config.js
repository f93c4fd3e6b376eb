import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('tus-page.js', import.meta.url))

/** Builds the script of the page that the tests of stock clients serve. */
export default {
  build: {
    minify: false,
    lib: { entry, name: 'page', formats: ['iife'], fileName: () => 'page.js' },
  },
  define: { 'process.env.NODE_ENV': '"production"' },
}
