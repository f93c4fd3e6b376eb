/** File of a store, by the id of the File (`file_…`) or of the association (`vsf_…`). */
export interface StoreFilePlace {
  readonly storeId: string
  readonly fileId: string
}
