/** Thrown when the engine of OCR or a model cannot be loaded. The file is not the cause. */
export class MissingRecognizer extends Error {}
