/** The language of documents that hold a prompt and nothing else; the manifest puts a button above them. */
export const promptLanguage = 'jimeng-prompt';
