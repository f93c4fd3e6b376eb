import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../free-port.ts'
import { eventually } from '../eventually.ts'
import { createScratchFolder } from '../random-file.ts'
import { missingProgram, type RunningProgram, runProgram, startProgram } from '../run-program.ts'

export interface RadosGateway {
  /** For example `http://127.0.0.1:41234`. */
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  stop(): Promise<void>
}

const PROGRAMS = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'ceph-authtool', 'monmaptool']
const CREDENTIALS = { accessKeyId: 'waybill-test', secretAccessKey: 'waybill-test-secret' }

/** Reason to skip tests of Ceph's RADOS Gateway; false when it is installed. */
export const NO_RADOS_GATEWAY = await missingPrograms()

async function missingPrograms(): Promise<string | false> {
  const missing = await Promise.all(PROGRAMS.filter((name) => !/tool$/.test(name)).map(missingProgram))
  return missing.find((reason) => reason !== false) ?? false
}

/**
 * Starts a Ceph cluster of one monitor and one OSD in memory on 127.0.0.1, with an S3 gateway and one user. It starts in
 * about 15 seconds and needs no rights of root.
 */
export async function startRadosGateway(): Promise<RadosGateway> {
  const folder = await createScratchFolder()
  const [monitorPort, port] = [await freePort(), await freePort()]
  const fsid = randomUUID()
  const config = join(folder.path, 'ceph.conf')
  for (const name of ['mon', 'osd', 'run']) await mkdir(join(folder.path, name))
  await writeFile(config, configOf(folder.path, fsid, monitorPort))
  const run = async (command: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runProgram(command, ['-c', config, ...args])
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`)
    return stdout
  }
  const started: RunningProgram[] = []
  const stop = async () => {
    for (const { process, end } of started.reverse()) {
      process.kill('SIGKILL')
      await end
    }
    await folder.remove()
  }
  try {
    await makeMonitor(folder.path, config, fsid, monitorPort)
    started.push(startProgram('ceph-mon', ['-c', config, '-i', 'a', '-f']))
    const uuid = randomUUID()
    await run('ceph', 'osd', 'new', uuid)
    await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', uuid)
    started.push(startProgram('ceph-osd', ['-c', config, '-i', '0', '-f']))
    const frontend = `beast endpoint=127.0.0.1:${port}`
    started.push(
      startProgram('radosgw', ['-c', config, '-n', 'client.rgw', '-f', '--rgw-frontends', frontend]),
    )
    const { accessKeyId, secretAccessKey } = CREDENTIALS
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`]
    await run('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=Test', ...keys)
    const endpoint = `http://127.0.0.1:${port}`
    await eventually('the gateway answers', () =>
      fetch(endpoint).then(
        () => true as const,
        () => false,
      ),
    )
    return { endpoint, ...CREDENTIALS, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeMonitor(folder: string, config: string, fsid: string, port: number): Promise<void> {
  const [keyring, map] = [join(folder, 'keyring'), join(folder, 'monmap')]
  const allow = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *']
  for (const [command, ...args] of [
    ['ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *'],
    ['ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...allow],
    ['monmaptool', '--create', '--addv', 'a', `[v1:127.0.0.1:${port}]`, '--fsid', fsid, map],
    ['ceph-mon', '-c', config, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring],
  ] as const) {
    const { code, stderr } = await runProgram(command, args)
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`)
  }
}

/** Returns the settings of a cluster without authentication, whose only OSD keeps everything in memory. */
function configOf(folder: string, fsid: string, monitorPort: number): string {
  const settings = {
    fsid,
    'mon host': `127.0.0.1:${monitorPort}`,
    'mon initial members': 'a',
    'public addr': '127.0.0.1',
    'cluster addr': '127.0.0.1',
    'ms bind msgr2': false,
    'auth cluster required': 'none',
    'auth service required': 'none',
    'auth client required': 'none',
    'osd pool default size': 1,
    'osd pool default min size': 1,
    'osd pool default pg num': 1,
    'osd pool default pgp num': 1,
    'osd pool default pg autoscale mode': 'off',
    'mon allow pool size one': true,
    'mon max pg per osd': 1000,
    'osd crush chooseleaf type': 0,
    'osd objectstore': 'memstore',
    'memstore device bytes': 4 * 1024 ** 3,
    'osd class load list': '*',
    'osd class default list': '*',
    'run dir': join(folder, 'run'),
    'admin socket': join(folder, 'run', '$name.$pid.asok'),
    'log file': join(folder, '$name.log'),
    'pid file': join(folder, 'run', '$name.pid'),
    'mon data': join(folder, 'mon'),
    'osd data': join(folder, 'osd'),
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  return ['[global]', ...lines, ''].join('\n')
}
