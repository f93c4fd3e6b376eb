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
    // Pages loaded later bring little CSS, and a style sheet that failed to load would not be requested again with them.
    cssCodeSplit: false,
    // The licences of the libraries in the page ask for their texts in every copy.
    license: { fileName: 'licences.md' },
  },
})
