import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Returns the page's modules, with the browser version of the client library, as one script. */
export async function bundlePage(entry: URL): Promise<string> {
  const bundle = await rolldown({ input: fileURLToPath(entry), platform: 'browser' })
  try {
    const { output } = await bundle.generate({ format: 'esm', minify: true })
    return output[0].code
  } finally {
    await bundle.close()
  }
}
