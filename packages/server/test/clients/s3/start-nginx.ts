import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../free-port.ts'
import { eventually } from '../eventually.ts'
import { createScratchFolder } from '../random-file.ts'
import { startProgram } from '../run-program.ts'

export interface RunningProxy {
  readonly url: string
  stop(): Promise<void>
}

/** Reason to skip tests behind nginx; false when it is installed. */
export const NO_NGINX = await missingNginx()

/** nginx knows no `--version`. */
async function missingNginx(): Promise<string | false> {
  const found = await startProgram('nginx', ['-v']).end.catch(() => ({ code: 1 }))
  return found.code === 0 ? false : 'nginx is not installed'
}

/** Starts nginx in front of a server, with the settings that the documentation recommends for S3. */
export async function startNginx(upstreamUrl: string): Promise<RunningProxy> {
  const folder = await createScratchFolder()
  const port = await freePort()
  const config = join(folder.path, 'nginx.conf')
  await writeFile(config, configOf(folder.path, port, upstreamUrl))
  const nginx = startProgram('nginx', ['-c', config, '-p', folder.path, '-e', join(folder.path, 'error.log')])
  const url = `http://127.0.0.1:${port}`
  const ended = nginx.end.then(({ stderr }) => {
    throw new Error(`nginx ended: ${stderr}`)
  })
  await Promise.race([untilAnswers(url), ended])
  ended.catch(() => {})
  return {
    url,
    stop: async () => {
      nginx.process.kill('SIGTERM')
      await nginx.end
      await folder.remove()
    },
  }
}

/** nginx answers before its upstream does. */
function untilAnswers(url: string): Promise<true> {
  return eventually('nginx answers', () =>
    fetch(url).then(
      () => true as const,
      () => false,
    ),
  )
}

function configOf(folder: string, port: number, upstreamUrl: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  )
  return `
    daemon off;
    pid ${join(folder, 'nginx.pid')};
    events {}
    http {
      access_log off;
      ${paths.join('\n')}
      server {
        listen 127.0.0.1:${port};
        client_max_body_size 0;
        gzip off;
        location / {
          proxy_pass ${upstreamUrl};
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $http_host;
          proxy_request_buffering off;
          proxy_buffering off;
        }
      }
    }`
}
