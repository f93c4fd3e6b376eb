// For `node --import`: at its end the program prints the libraries that it has loaded as the last line of stderr.
import { registerHooks } from 'node:module'

const loaded = new Set<string>()
registerHooks({
  load(url, context, nextLoad) {
    const library = /^.*\/node_modules\/([^/]+)\//.exec(url)?.[1]
    if (library) loaded.add(library)
    return nextLoad(url, context)
  },
})
process.on('exit', () => process.stderr.write(`${JSON.stringify([...loaded].sort())}\n`))
