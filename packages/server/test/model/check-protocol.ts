import fc from 'fast-check'
import { playScenario } from './play-scenario.ts'
import { startService } from './service.ts'
import { scenario } from './steps.ts'

/** Number of sequences; more in the long mode. */
const RUNS = Number(process.env.MODEL_RUNS ?? 80)
/** Time limit: a slow machine runs fewer sequences. */
const MAX_SECONDS = Number(process.env.MODEL_SECONDS ?? 60)
/** From the message of a failure, to repeat it. */
const { MODEL_SEED, MODEL_PATH } = process.env

/** Runs random sequences against the service and the model. When the two differ, searches a shorter sequence. */
export async function checkProtocol(kind: 'disk' | 'memory'): Promise<void> {
  const service = await startService(kind)
  let requests = 0
  /** The last sequence, which goes on after the time limit. */
  let playing: Promise<unknown> = Promise.resolve()
  try {
    const result = await fc.check(
      fc.asyncProperty(scenario, async (played) => {
        const playsNow = playScenario(service, played)
        playing = playsNow.catch(() => {})
        requests += await playsNow
      }),
      {
        numRuns: RUNS,
        interruptAfterTimeLimit: MAX_SECONDS * 1000,
        ...(MODEL_SEED && { seed: Number(MODEL_SEED) }),
        ...(MODEL_PATH && { path: MODEL_PATH }),
      },
    )
    const differences = result.failed ? 1 : 0
    console.log(
      `protocol model ${kind === 'disk' ? 'on disk' : 'in memory'}: ${result.numRuns} runs, ${requests} requests, ${differences} differences (seed ${result.seed})`,
    )
    if (!result.failed) return
    const { errorInstance } = result
    const told = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
    throw new Error(
      `${told}\nto play it again: MODEL_SEED=${result.seed} MODEL_PATH=${result.counterexamplePath}`,
    )
  } finally {
    await playing
    await service.close()
  }
}
