import { usePlace } from '../shell/router.ts'
import { StoreList } from './store-list.tsx'
import { StorePage } from './store-page.tsx'
import './stores.css'

export function StoresPage() {
  const { storeId } = usePlace()
  return storeId === null ? <StoreList /> : <StorePage key={storeId} storeId={storeId} />
}
