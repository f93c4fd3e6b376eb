import workspace from '../package.json' with { type: 'json' }

/**
 * Returns what the package.json of each published package has in common. In GitHub Actions it names the repository, which
 * npm compares with the provenance of the package, and the folder of the package, if it has one.
 */
export function publishedFacts(directory: string | null, environment: NodeJS.ProcessEnv = process.env) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = environment
  const url = `git+${server}/${repository}.git`
  return {
    version: workspace.version,
    ...(server && repository && { repository: { type: 'git', url, ...(directory && { directory }) } }),
  }
}
