import type { ProcessingStatus, VectorStoreFile } from '@waybill/sdk'
import { formatCount } from '../parts/format.ts'

const STEPS: Readonly<Record<ProcessingStatus['current_step'], string>> = {
  queued: 'Queued',
  extracting: 'Reading the text',
  chunking: 'Dividing the text',
  embedding: 'Computing vectors',
  indexing: 'Writing the index',
  done: 'Done',
}

/** Returns the state of a file in words, with the step and the percentage while it is being indexed. */
export function stateText(
  { processing_status: status, chunk_count }: Pick<VectorStoreFile, 'processing_status' | 'chunk_count'>,
  progress: Pick<ProcessingStatus, 'current_step' | 'progress_percent'> | null,
): string {
  if (status === 'completed') return `Completed · ${formatCount(chunk_count, 'passage')}`
  if (status === 'failed') return 'Failed'
  if (status === 'pending') return STEPS.queued
  if (progress === null) return 'Processing'
  return `${STEPS[progress.current_step]} · ${progress.progress_percent} %`
}
