// Runs in a browser: gives the test the stock clients of tus, with the file that it chose in the page.
import Uppy from '@uppy/core'
import GoldenRetriever from '@uppy/golden-retriever'
import Tus from '@uppy/tus'
import { Upload } from 'tus-js-client'

const chosenFile = () => document.querySelector('input').files[0]

/** Uploads the chosen file with tus-js-client and nothing but an upload URL. */
globalThis.uploadTo = (uploadUrl) =>
  new Promise((resolve, reject) => {
    new Upload(chosenFile(), { uploadUrl, onSuccess: resolve, onError: reject }).start()
  })

/** Uploads the chosen file with tus-js-client by the creation URL. Returns the id of the File. */
globalThis.createWith = (endpoint, key) =>
  new Promise((resolve, reject) => {
    let fileId = ''
    const { name: filename, type: filetype } = chosenFile()
    new Upload(chosenFile(), {
      endpoint,
      headers: { 'X-API-Key': key },
      metadata: { filename, filetype },
      onAfterResponse: (_request, response) => {
        fileId = response.getHeader('X-Waybill-File-Id') ?? fileId
      },
      onSuccess: () => resolve(fileId),
      onError: reject,
    }).start()
  })

let uppy
let restored

/** Opens Uppy with its tus plugin and its memory of interrupted uploads. */
globalThis.openUppy = (endpoint, key, chunkSize) => {
  uppy = new Uppy({ id: 'test' }).use(Tus, { endpoint, headers: { 'X-API-Key': key }, chunkSize })
  restored = new Promise((resolve) => uppy.on('restored', resolve))
  uppy.use(GoldenRetriever, { serviceWorker: false })
}

globalThis.startUppy = () => {
  const { name, type } = chosenFile()
  uppy.addFile({ name, type, data: chosenFile() })
  uppy.upload()
}

/** Resolves when this part of the upload is sent and the upload is paused. */
globalThis.pauseUppyAt = (share) =>
  new Promise((resolve) => {
    const onProgress = (_file, { bytesUploaded, bytesTotal }) => {
      if (bytesUploaded < share * bytesTotal) return
      uppy.off('upload-progress', onProgress)
      uppy.pauseAll()
      resolve()
    }
    uppy.on('upload-progress', onProgress)
  })

globalThis.resumeUppy = () => uppy.resumeAll()

/** Continues the interrupted upload that Uppy has found again. */
globalThis.restoreUppy = async () => {
  await restored
  uppy.emit('restore-confirmed')
}

/** Resolves with the URLs of the uploads when all are complete. */
globalThis.completeUppy = () =>
  new Promise((resolve, reject) => {
    uppy.on('complete', ({ successful, failed }) => {
      if (failed.length > 0) reject(new Error(failed[0].error))
      else resolve(successful.map(({ uploadURL }) => uploadURL))
    })
  })
