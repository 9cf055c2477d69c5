// The rules of who takes part in a private topic, each under a name, so that a test can leave one out and show what it is for.

/** Every rule of `spec/private.md` that can be left out alone; outside tests all of them hold. */
export const RULES = Object.freeze({
  /** "Intake": statements of whoever was never added are discarded. */
  strangersDiscarded: true,
  /** "Intake": the statements of a device are counted, */
  deviceQuota: true,
  /** ... but for merges that others forced. */
  mergesFree: true,
  /** "Intake": what would be one head too many waits. */
  flood: true,
  /** "Devices": only the list's authority states it. */
  authorityAlone: true,
  /** "Devices": a later generation decides what counts of an earlier one, */
  laterGeneration: true,
  /** ... by its causally first statements, */
  citedByFirst: true,
  /** ... and those of the next one that counts. */
  citedByNext: true,
  /** "Devices": a rival that nobody cited unseats nobody. */
  rivalsCited: true,
  /** "Shut out": a later generation can call current whom an earlier one removed. */
  takenBack: true,
  /** "Shut out": in neither list are devices that were added later, or whose certificate is of that generation. */
  neitherList: true,
  /** "Shut out": the generation of a certificate is compared. */
  certificates: true,
  /** "Shut out": a greater list that names the device undoes that it is in neither. */
  greaterList: true,
  /** "Void": what a device wrote counts as far as who shut it out had seen it. */
  shutOutVoid: true,
  /** "Void": the causally first decide, */
  firstDecides: true,
  /** ... and one that had it in its past is enough. */
  oneProtects: true,
  /** "Sets": everybody may leave. */
  leaving: true,
  /** "Sets": only owners set others' roles, */
  ownersSet: true,
  /** ... but for those that left before, */
  leftOwners: true,
  /** ... never an owner's, */
  ownersUntouched: true,
  /** ... and only to member or none. */
  knownRoles: true,
  /** "Roles": what was set later replaces what it knew of, */
  laterSet: true,
  /** ... and of sets that did not know each other the lowest counts. */
  lowestRole: true,
  /** "Epochs and merges": their author takes part as far as it knows. */
  authorTakesPart: true,
  /** "Ends": a log counts as its author's role was where it begins, */
  roleAtHeads: true,
  /** ... up to where it was cut by who removed its author, */
  removalCuts: true,
  /** ... and by who shut its device out. */
  deviceCuts: true,
  /** "Usable epochs", U1: its maker takes part, and is current. */
  makerCurrent: true,
  /** U1: its id is stated once. */
  statedOnce: true,
  /** U2: it knows of every removal, */
  removalsKnown: true,
  /** ... of leaves only those of who could read it, */
  leavesOfReaders: true,
  /** ... and of the devices that were taken from owners. */
  ownersDevices: true,
  /** U3: it knows what is known here of everybody's devices, */
  listsCovered: true,
  /** ... and every list that it names is held. */
  listsHeld: true,
  /** U4: everybody who takes part may have it. */
  allEntitled: true,
});

/** Which rules hold. */
export type Rules = { readonly [rule in keyof typeof RULES]: boolean };
