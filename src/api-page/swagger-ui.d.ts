/** What the page needs of swagger-ui-dist, which comes without types. */
declare module '*.css';
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  const SwaggerUi: (options: Readonly<Record<string, unknown>>) => unknown;
  // eslint-disable-next-line no-restricted-syntax -- the bundle has no other export
  export default SwaggerUi;
}
