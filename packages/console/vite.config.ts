import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // Wherever a proxy puts the console: the page finds its script, and the script the service, beside it.
  base: './',
  build: {
    target: 'es2024',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
