import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installNode, installPackages } from '../../../server/test/clients/install-node.ts'
import { type ProgramEnd, runProgram } from '../../../server/test/clients/run-program.ts'

/** Certificates of the machine, for a registry that a proxy serves. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'
const IMAGE = 'localhost/waybill'

const NODE_IMAGE = `FROM localhost/debian
COPY node_modules /opt/node
RUN ln -s /opt/node/node/bin/node /usr/local/bin/node && ln -s /opt/node/npm/bin/npm-cli.js /usr/local/bin/npm
COPY certificates.crt ${CERTIFICATES}
ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}
`

/** Docker with images of a registry, or Podman with images that it makes itself. */
export interface ContainerEngine {
  readonly image: string
  /** Runs a command of the engine. */
  run(...args: readonly string[]): Promise<ProgramEnd>
  /** Options of a container that this machine needs. */
  readonly options: readonly string[]
  /** Builds the image from a folder with a Dockerfile. */
  build(folder: string): Promise<void>
}

/**
 * Returns the reason to skip the tests, false where there is an engine. CONTAINER_ENGINE is `docker` to use its daemon, or
 * `none` to skip the tests.
 */
export async function missingEngine(): Promise<string | false> {
  if (process.env.CONTAINER_ENGINE === 'none') return 'CONTAINER_ENGINE is none'
  if (process.env.CONTAINER_ENGINE === 'docker') return false
  if (process.getuid?.() !== 0) return 'only root can build images without a running engine'
  for (const program of ['podman', 'runc', 'mmdebstrap']) {
    const isMissing = await runProgram(program, ['--version']).then(
      ({ code }) => code !== 0,
      () => true,
    )
    if (isMissing) return `${program} is not installed`
  }
  return false
}

/** Opens the engine of this machine; Podman keeps its images in the scratch folder. */
export function openEngine(scratch: string): ContainerEngine {
  return process.env.CONTAINER_ENGINE === 'docker' ? openDocker() : openPodman(scratch)
}

function openDocker(): ContainerEngine {
  const run = (...args: readonly string[]) => runProgram('docker', args)
  return {
    image: IMAGE,
    run,
    options: [],
    build: (folder) => succeed(run('build', '--network', 'host', '--tag', IMAGE, folder)),
  }
}

function openPodman(scratch: string): ContainerEngine {
  const folders = [
    '--storage-driver',
    'overlay',
    '--root',
    join(scratch, 'images'),
    '--runroot',
    join(scratch, 'containers'),
  ]
  // runc, because crun of Debian 12 refuses machines with both versions of cgroups.
  const global = [...folders, '--runtime', 'runc', '--log-level', 'fatal']
  const run = (...args: readonly string[]) => runProgram('podman', [...global, ...args])
  const isolated = ['--layers=false', '--isolation', 'chroot', '--network', 'host', '--format', 'docker']
  return {
    image: IMAGE,
    run,
    // Podman mounts folders for temporary files, and its limits are above those of some machines.
    options: ['--read-only-tmpfs=false', '--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096'],
    build: async (folder) => {
      await makeBaseImages(scratch, run, isolated)
      const bases = ['NODE_IMAGE=localhost/node', 'BASE_IMAGE=localhost/debian']
      const args = bases.flatMap((base) => ['--build-arg', base])
      await succeed(run('build', ...isolated, ...args, '--tag', IMAGE, folder))
    },
  }
}

/** Makes a Debian of packages, and from it an image with Node and npm of the registry of npm. */
async function makeBaseImages(
  scratch: string,
  run: ContainerEngine['run'],
  isolated: readonly string[],
): Promise<void> {
  const archive = join(scratch, 'debian.tar')
  const root = ['--mode=root', '--variant=minbase', 'bookworm', archive, 'http://deb.debian.org/debian']
  await succeed(runProgram('mmdebstrap', root))
  await succeed(run('import', archive, 'localhost/debian'))
  const folder = join(scratch, 'node')
  await installNode(folder, process.versions.node)
  await installPackages(join(scratch, 'npm'), ['npm'])
  await cp(join(scratch, 'npm', 'node_modules', 'npm'), join(folder, 'node_modules', 'npm'), {
    recursive: true,
  })
  await cp(CERTIFICATES, join(folder, 'certificates.crt'))
  await writeFile(join(folder, 'Dockerfile'), NODE_IMAGE)
  await succeed(run('build', ...isolated, '--tag', 'localhost/node', folder))
}

async function succeed(program: Promise<ProgramEnd>): Promise<void> {
  const { code, stdout, stderr } = await program
  if (code !== 0) throw new Error(`${stdout}${stderr}`)
}
