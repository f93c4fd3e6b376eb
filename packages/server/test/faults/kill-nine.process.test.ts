import { describeKills } from './kill-nine.conformance.ts'

describeKills('with its bytes on disk', async () => ({}))
