import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { readConfig } from '../../../server/src/config.ts'
import { describeConfig } from '../../../server/src/describe-config.ts'
import { runProgram } from '../../../server/test/clients/run-program.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const FILES = ['compose.yaml', 'compose.postgres.yaml'] as const
/** A variable of PostgreSQL's own library, so that a password may have any characters. */
const OF_POSTGRES = 'PGPASSWORD'

interface Service {
  readonly environment: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly stop_grace_period?: string
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes?: Readonly<Record<string, unknown>>
}

const readText = (name: string) => readFile(`${ROOT}${name}`, 'utf8')
const readCompose = async (name: string): Promise<Compose> => parse(await readText(name))

/** Returns the variables that the image sets. */
async function imageSettings(): Promise<Map<string, string>> {
  const [, line = ''] = /^ENV (.+)$/m.exec(await readText('Dockerfile')) ?? []
  return new Map(line.split(' ').map((pair) => pair.split('=', 2) as [string, string]))
}

describe('the compose files', () => {
  const settings = new Map(describeConfig(readConfig({})))

  for (const name of FILES) {
    it(`set only settings of the program: ${name}`, async () => {
      const { waybill } = (await readCompose(name)).services
      const unknown = Object.keys(waybill?.environment ?? {}).filter((variable) => !settings.has(variable))
      assert.deepEqual(unknown, name === 'compose.yaml' ? [] : [OF_POSTGRES])
    })

    it(`declare the volumes that they use: ${name}`, async () => {
      const { services, volumes = {} } = await readCompose(name)
      const used = Object.values(services).flatMap((service) => service.volumes ?? [])
      assert.deepEqual(
        used.map((volume) => volume.split(':')[0]),
        Object.keys(volumes),
      )
    })
  }

  it('use the folder and the port of the image', async () => {
    const image = await imageSettings()
    const { waybill } = (await readCompose('compose.yaml')).services
    assert.deepEqual(
      [...image.keys()].filter((variable) => !settings.has(variable)),
      [],
    )
    assert.deepEqual(waybill?.volumes, [`data:${image.get('DATA_DIR')}`])
    assert.deepEqual(waybill?.ports, [`127.0.0.1:8080:${image.get('PORT')}`])
  })

  it('have the defaults of the program where the environment sets nothing', async () => {
    const { waybill } = (await readCompose('compose.yaml')).services
    for (const variable of ['TRUST_PROXY', 'RUFH_INTEROP']) {
      assert.equal(waybill?.environment[variable], `\${${variable}:-${settings.get(variable)}}`)
    }
  })

  const composeFiles = FILES.map((_, index) => FILES.slice(0, index + 1))
  for (const files of composeFiles) {
    it(`are valid for Docker: ${files.join(' with ')}`, async (t) => {
      const compose = (...args: readonly string[]) =>
        runProgram('docker', ['compose', ...args]).catch(() => null)
      if ((await compose('version'))?.code !== 0) return t.skip('docker compose is not installed')
      const options = files.flatMap((file) => ['--file', `${ROOT}${file}`])
      const env = { ...process.env, POSTGRES_PASSWORD: 'secret' }
      const { code, stderr } = await runProgram('docker', ['compose', ...options, 'config', '--quiet'], {
        env,
      })
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    })
  }
})
