/** The path of a keyword in a schema goes on from where the schema stands in the body. */
export function joinSchemaPath(param: string, path: string): string {
  return path === '' || path.startsWith('[') ? `${param}${path}` : `${param}.${path}`;
}
