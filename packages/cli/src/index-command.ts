import { readConfig } from '@waybill/server/config.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { isExpiredStore } from '@waybill/server/domain/vector-stores/vector-store.ts'
import type { Knowledge } from '@waybill/server/knowledge/knowledge.ts'
import { getOrganization } from '@waybill/server/operations/organizations/get-organization.ts'
import { listOrganizations } from '@waybill/server/operations/organizations/list-organizations.ts'
import { viewerOf } from '@waybill/server/operations/vector-stores/find-store.ts'
import { listStoreFiles } from '@waybill/server/operations/vector-stores/list-store-files.ts'
import { listVectorStores } from '@waybill/server/operations/vector-stores/list-vector-stores.ts'
import { retryStoreFile } from '@waybill/server/operations/vector-stores/retry-store-file.ts'
import { Command } from 'commander'
import { allPages } from './all-pages.ts'
import type { CommandIo } from './command-io.ts'
import { type OperatorContext, withDatabase } from './with-database.ts'

/** Vector stores that a command works on; all active ones of the installation when both are absent. */
interface Selection {
  readonly store?: string
  readonly organization?: string
}

interface CheckOptions extends Selection {
  readonly json?: boolean
}

interface RebuildOptions extends Selection {
  readonly fromFiles?: boolean
}

type IndexContext = OperatorContext & { readonly knowledge: Knowledge }

interface StorePlace {
  readonly organizationId: string
  readonly storeId: string
}

/**
 * `waybill index check` and `waybill index rebuild`: work on the search indexes of this machine, also while a server
 * runs. The exit code is 1 when a check finds differences.
 */
export function indexCommand(io: CommandIo): Command {
  const index = new Command('index').description('Check and rebuild the search indexes of vector stores.')
  withSelection(index.command('check'))
    .description(
      'Compare the search index of each vector store with the records of its files, and print the differences.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit codes: 0 no differences, 1 differences or an error.')
    .action((options: CheckOptions) =>
      withStores(io, options, (context, stores) => check(io, context, stores, options)),
    )
  withSelection(index.command('rebuild'))
    .description(
      'Delete the search index of each vector store, and build it again. Searches wait until it is built.',
    )
    .option(
      '--from-files',
      'read all completed and failed files again, for example with a new embeddings model. A running server does the work',
    )
    .action(({ fromFiles, ...selection }: RebuildOptions) =>
      withStores(io, selection, fromFiles ? queueFiles(io) : rebuild(io)),
    )
  return index
}

function withSelection(command: Command): Command {
  return command
    .option('--store <id>', 'only this vector store, such as vs_…')
    .option('--organization <id>', 'only the vector stores of this organization')
}

type StoreWork = (context: IndexContext, stores: AsyncIterable<StorePlace>) => Promise<void>

async function withStores(io: CommandIo, selection: Selection, work: StoreWork): Promise<void> {
  await withDatabase(io, async (context) => {
    const { openKnowledge } = await import('@waybill/server/compose/open-knowledge.ts')
    const knowledge = openKnowledge(readConfig(io.env), context.database, () => {})
    try {
      await work({ ...context, knowledge }, findStores(context, selection))
    } finally {
      await knowledge.close()
    }
  })
}

/** Finds the active stores of the selection, one organization after the other. Throws when there is no such store. */
async function* findStores(
  context: OperatorContext,
  { store, organization }: Selection,
): AsyncGenerator<StorePlace> {
  const organizationIds = organization === undefined ? await allOrganizations(context) : [organization]
  if (organization !== undefined) await getOrganization(context, operatorCaller(organization))
  let isFound = false
  for (const organizationId of organizationIds) {
    for (const storeId of await activeStores(context, organizationId, store)) {
      isFound = true
      yield { organizationId, storeId }
    }
  }
  if (store !== undefined && !isFound) throw new Error(`There is no active vector store ${store}.`)
}

async function allOrganizations(context: OperatorContext): Promise<string[]> {
  const organizations = await allPages((page) => listOrganizations(context, operatorCaller(null), page))
  return organizations.map(({ id }) => id)
}

/** Returns the ids of the stores that have an index; of the given one only, when there is one. */
async function activeStores(
  context: OperatorContext,
  organizationId: string,
  storeId: string | undefined,
): Promise<string[]> {
  const operator = operatorCaller(organizationId)
  const filter = {
    search: null,
    accessMode: null,
    sort: 'createdAt',
    order: 'asc',
    before: null,
    skip: 0,
  } as const
  const stores =
    storeId === undefined
      ? await allPages(({ limit, after }) => listVectorStores(context, operator, { ...filter, limit, after }))
      : [await context.database.vectorStores.find(viewerOf(operator), storeId)]
  return stores.flatMap((store) => (store === null || isExpiredStore(store, context.now()) ? [] : [store.id]))
}

async function check(
  io: CommandIo,
  { knowledge }: IndexContext,
  stores: AsyncIterable<StorePlace>,
  { json }: CheckOptions,
): Promise<void> {
  const differences: object[] = []
  let checked = 0
  for await (const store of stores) {
    const { organizationId, storeId } = store
    checked++
    for (const difference of await knowledge.index.check(store)) {
      differences.push({ organization_id: organizationId, vector_store_id: storeId, difference })
      if (!json) io.print(`${storeId}  ${difference}`)
    }
  }
  if (json) io.print(JSON.stringify({ vector_stores: checked, differences }))
  else
    io.print(`Checked ${countOf(checked, 'index', 'indexes')}, ${countOf(differences.length, 'difference')}.`)
  if (differences.length === 0) return
  if (!json) io.print('Run "waybill index rebuild --store <id>" to build an index again.')
  io.fail()
}

function rebuild(io: CommandIo): StoreWork {
  return async ({ knowledge }, stores) => {
    let rebuilt = 0
    for await (const store of stores) {
      await knowledge.index.rebuild(store)
      rebuilt++
    }
    io.print(`Rebuilt ${countOf(rebuilt, 'index', 'indexes')}.`)
  }
}

/** Returns work that queues all completed and failed files. Their chunks go on answering until the new ones replace them. */
function queueFiles(io: CommandIo): StoreWork {
  return async (context, stores) => {
    let queued = 0
    for await (const { organizationId, storeId } of stores) {
      const operator = operatorCaller(organizationId)
      const filter = {
        storeId,
        statuses: ['completed', 'failed'],
        order: 'asc',
        before: null,
        skip: 0,
      } as const
      const files = await allPages(({ limit, after }) =>
        listStoreFiles(context, operator, { ...filter, limit, after }),
      )
      for (const { fileId } of files) {
        await retryStoreFile(context, operator, { storeId, fileId, isForced: true, keepsError: false })
        queued++
      }
    }
    io.print(`Queued ${countOf(queued, 'file')}. A running server indexes them.`)
  }
}

function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
