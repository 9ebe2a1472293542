/** Where the committed models are, from source and from what is built alike (which holds no .onnx). */
const models = new URL(/\/dist(?:-bench)?\/models\//.test(import.meta.url) ? '../../models/' : './', import.meta.url);

/** What a scoring worker loads models with. */
export const SCORING_RUNNER = new URL('./serving/runner.mjs', import.meta.url);
/** The bundled sentiment model's folder. */
export const BUNDLED_SENTIMENT = decodeURIComponent(new URL('sentiment', models).pathname);
