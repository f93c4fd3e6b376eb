import { after, before, describe } from 'node:test'
import { type S3Access, type S3Service, startS3Service } from './s3-service.ts'
import { NO_NGINX, type RunningProxy, startNginx } from './start-nginx.ts'

/** Access to the service for the tests of one client; valid while they run. */
export interface AccessFixture {
  access(): S3Access
}

/** Runs the tests of a client twice: on the service itself, and through nginx. `skip` is the reason to skip them. */
export function describeAccess(
  client: string,
  skip: string | false,
  tests: (fixture: AccessFixture) => void,
  env: Readonly<Record<string, string>> = {},
): void {
  describe(client, { skip }, () => {
    let service: S3Service
    before(async () => {
      service = await startS3Service(env)
    })
    after(() => service?.stop())

    describe('directly', () => tests({ access: () => service }))

    describe('through nginx', { skip: NO_NGINX }, () => {
      let proxy: RunningProxy
      before(async () => {
        proxy = await startNginx(service.endpoint)
      })
      after(() => proxy?.stop())
      tests({ access: () => ({ ...service, endpoint: proxy.url }) })
    })
  })
}
