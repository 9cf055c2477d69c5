/** Every file of fixtures/ but those of releases, by its path there, in base64. */
declare module 'satchel:fixtures' {
  const files: Readonly<Record<string, string>>;
  export default files;
}
