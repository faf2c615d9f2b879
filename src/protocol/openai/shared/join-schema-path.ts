/** Appends the path of a keyword within a schema to the place of the schema in the body. */
export function joinSchemaPath(param: string, path: string): string {
  return path === '' || path.startsWith('[') ? `${param}${path}` : `${param}.${path}`;
}
