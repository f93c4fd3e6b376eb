import manifest from '../../../../package.json' with { type: 'json' }

/** Version of the program and of the published packages, which the manifest of the workspace alone names. */
export const VERSION: string = manifest.version
