import { uploadTo, Waybill } from '@waybill/sdk'
import { mainJob } from './main-job.cjs'

await mainJob({ uploadTo, Waybill })
