import type { S3Problem } from '../problem.ts'
import { renderPlain } from './render-xml.ts'

/** Returns the document of an error. `resource` is the path as the client sent it. */
export function errorXml({ code, message, details }: S3Problem, resource: string, requestId: string): string {
  return renderPlain([
    'Error',
    [
      ['Code', code],
      ['Message', message],
      ...Object.entries(details),
      ['Resource', resource],
      ['RequestId', requestId],
      ['HostId', requestId],
    ],
  ])
}
