import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import { runProgram } from '../../server/test/clients/run-program.ts'
import { LANGUAGES } from '../src/examples.ts'
import { ALL_EXAMPLES, codeOf, installSdk, ROOT } from './all-examples.ts'
import { describeExamples } from './describe-examples.ts'

const [, , TYPESCRIPT] = LANGUAGES

describeExamples(LANGUAGES.filter(({ ending }) => ending !== 'py'))

it('the TypeScript examples compile', async () => {
  const scratch = await createScratchFolder()
  try {
    await installSdk(scratch.path)
    for (const name of ALL_EXAMPLES.keys()) {
      await writeFile(join(scratch.path, `${name}.ts`), codeOf(name, TYPESCRIPT))
    }
    const compilerOptions = { typeRoots: [join(ROOT, 'node_modules', '@types')] }
    const config = {
      extends: join(ROOT, 'packages', 'reference', 'tsconfig.json'),
      compilerOptions,
      include: ['*.ts'],
    }
    await writeFile(join(scratch.path, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
    const { code, stdout } = await runProgram(process.execPath, [tsc, '--project', scratch.path])
    assert.equal(code, 0, stdout)
  } finally {
    await scratch.remove()
  }
})
