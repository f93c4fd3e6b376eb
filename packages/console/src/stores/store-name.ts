import type { VectorStore } from '@waybill/sdk'
import { formatName } from '../parts/format.ts'

/** Returns the name of a store. Stores of OpenAI clients may have none. */
export const storeName = ({ name, id }: VectorStore): string => (name === '' ? id : formatName(name))
