import { LANGUAGES } from '../src/examples.ts'
import { describeExamples } from './describe-examples.ts'

// Python takes as long as the other languages together.
describeExamples(LANGUAGES.filter(({ ending }) => ending === 'py'))
