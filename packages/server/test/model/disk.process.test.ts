import { it } from 'node:test'
import { checkProtocol } from './check-protocol.ts'

it('answers as the model of the upload protocols does, with its bytes on disk', () => checkProtocol('disk'))
