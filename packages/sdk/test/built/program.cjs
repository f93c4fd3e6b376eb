const { uploadTo, Waybill } = require('@waybill/sdk')
const { mainJob } = require('./main-job.cjs')

mainJob({ uploadTo, Waybill })
