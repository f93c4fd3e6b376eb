import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../../start-app.ts'
import { SIDE_BY_SIDE } from '../session.ts'
import { ROWS } from './rows.ts'

describe('requests of several protocols on one upload', SIDE_BY_SIDE, () => {
  let app: TestApp
  before(async () => {
    app = await startApp()
  })
  after(() => app.stop())

  for (const { name, first, next } of ROWS) {
    it(name, async () => next(await first(app), app))
  }
})
