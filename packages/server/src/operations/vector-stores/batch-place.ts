export interface BatchPlace {
  readonly storeId: string
  readonly batchId: string
}
