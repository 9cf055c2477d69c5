/** What is used of postject, which brings no types. */
declare module 'postject' {
  /** Puts a resource into an executable file, which is changed. */
  export function inject(
    file: string,
    resource: string,
    data: Buffer,
    options: { readonly sentinelFuse: string; readonly machoSegmentName?: string },
  ): Promise<void>;
}
