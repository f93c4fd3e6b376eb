import manifest from '../../package.json' with { type: 'json' }

/** Packages that npm does not install with the program, because few installations use them, and their versions. */
const OPTIONAL: Readonly<Record<string, string>> = manifest.peerDependencies

/**
 * Loads a module that imports optional packages, whose names begin with `prefix`. Throws a message for the operator when
 * one of them is not installed.
 */
export async function loadOptional<T>(purpose: string, prefix: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const packages = Object.entries(OPTIONAL).filter(([name]) => name.startsWith(prefix))
    if (!packages.some(([name]) => isMissing(name, error))) throw error
    const missing = packages.length === 1 ? 'a package that is' : 'packages that are'
    const command = ['npm install', ...packages.map(([name, version]) => `${name}@${version}`)].join(' ')
    throw new Error(
      `${purpose} needs ${missing} not installed: run "${command}" where waybill is installed`,
      { cause: error },
    )
  }
}

/** Returns true for the error of Node when it does not find the package. */
function isMissing(name: string, error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false
  const isNotFound = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND'
  return isNotFound && error.message.includes(`'${name}'`)
}
