// For `node --import`: the program and its threads append the URL of each module that they load to the file MODULES_FILE.
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const { MODULES_FILE: file } = process.env
if (file !== undefined)
  registerHooks({
    load(url, context, nextLoad) {
      appendFileSync(file, `${url}\n`)
      return nextLoad(url, context)
    },
  })
