import { LANGUAGES } from '../src/examples.ts'
import { describeExamples } from './describe-examples.ts'

describeExamples(LANGUAGES.filter(({ ending }) => ending !== 'py'))
