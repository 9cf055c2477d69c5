/** The build puts its bytes in the page. */
declare module 'brotli-dec-wasm/web/bg.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
