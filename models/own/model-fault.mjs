/** What is wrong with a model's file: a code of engine/core/errors.ts, and a sentence that says what was expected and found. */
export class ModelFault extends Error {
  /**
   * @param {'MODEL_FILE_MISSING' | 'MODEL_NOT_ONNX' | 'MODEL_MISMATCH' | 'TOKENIZER_INVALID'} code
   * @param {string} message
   * @param {unknown} [cause]
   */
  constructor(code, message, cause) {
    super(message, { cause });
    this.name = 'ModelFault';
    this.code = code;
  }
}

/** @type {(thrown: unknown) => string} */
export const reasonOf = (thrown) => (thrown instanceof Error ? thrown.message : String(thrown));
