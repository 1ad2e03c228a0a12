/** Where a sibling module lies, in the sources (`.ts`) and in the compiled package (`.js`) alike. */

/** The address of `name` beside the module whose `import.meta.url` is given, for a thread or process that starts there. */
export function siblingModule(moduleUrl: string, name: string): URL {
  const extension = moduleUrl.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`${name}.${extension}`, moduleUrl)
}
