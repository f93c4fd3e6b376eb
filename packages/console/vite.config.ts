import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // Relative URLs, so that the console works under any path that a proxy gives it.
  base: './',
  build: {
    target: 'es2024',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
