// Every limit of the formats in one place, under the names used in spec/ (spec/log.md and spec/bundle.md, "Limits").

/** Bytes in a payload, at most. Larger content is a blob. */
export const PAYLOAD_MAX = 65_536;
/** Bytes in an entry's clear metadata, at most. */
export const META_MAX = 512;
/** Bytes of a segment's body before compression, at most. */
export const RAW_MAX = 1_048_576;
/** Entries in a segment, at most. */
export const SEGMENT_ENTRIES_MAX = 8_192;
/** Writers close or merge segments at so many entries: to show one, all before it in its segment are hashed. */
export const SEGMENT_ENTRIES_WRITTEN = 4_096;
/** Bytes of a segment's body as stored, at most: brotli may grow incompressible input a little. */
export const BODY_MAX = RAW_MAX + 4_096;
/** A log's length stays below this (2^48), so that every seq is an exact JavaScript number. */
export const LENGTH_LIMIT = 2 ** 48;
/** Logical clocks are milliseconds in [0, CLOCK_LIMIT). */
export const CLOCK_LIMIT = 2 ** 48;
/** Authors sign a head at least every so many entries ... */
export const HEAD_ENTRIES = 256;
/** ... and at least every so many raw bytes. */
export const HEAD_BYTES = 65_536;
/** The index remembers the ids within a segment at every so many entries. */
export const MILESTONE_ENTRIES = 64;
/** Towards every quota an entry counts as at least so many bytes. */
export const ENTRY_QUOTA_MIN = 128;
/** Bytes of `manifest.json`, at most: {@link MEMBERS_MAX} members and 20,000 people find room. */
export const MANIFEST_MAX = 4 * 1_048_576;
/** Bytes of the `frontier` member, at most. */
export const FRONTIER_MAX = 65_536;
/** Bytes of the `wants` member, at most. */
export const WANTS_MAX = 65_536;
/** Bytes of one contradiction proof, at most. */
export const PROOF_MAX = 3_145_728;
/** Members that a manifest lists, at most: each costs a header of its own. */
export const MEMBERS_MAX = 16_384;
/** Proofs of one bundle, at most: each costs two signatures, whoever made it. */
export const PROOFS_COUNT_MAX = 512;
/** Bytes of the `proofs` member, at most. */
export const PROOFS_MAX = 8 * 1_048_576;
/** Bytes of the `contents` member, at most. */
export const CONTENTS_MAX = 16 * 1_048_576;
/** Segments of one bundle, at most: as many as `contents` has room for. */
export const SEGMENTS_MAX = 174_762;
/** Segments and proofs that are refused alone, at most: with more, nobody made the bundle in good faith. */
export const REFUSED_MAX = 128;
/** Segments of unknown versions in one bundle, at most. */
export const NEWER_MAX = 2_048;
/** A bundle stays below 4 GiB, the limit of FAT32. */
export const BUNDLE_MAX = 2 ** 32 - 1;
/** Bytes of a bundle that is written as text, at most: it is held in memory, and mailed. */
export const ARMOR_MAX = 16 * 1_048_576;
/** Bytes of a file that is searched for such text, at most. */
export const ARMOR_TEXT_MAX = 32 * 1_048_576;
/** Keys to which one file is sealed, at most: each costs every reader a key agreement for each key of its own. */
export const SEALED_RECIPIENTS_MAX = 128;
/** Keys that a device keeps to open sealed files, at most: it tries each of them. */
export const RECIPIENTS_KEPT = 8;
/** Bytes of a sealed file's header, at most: one of as many recipients has a fifth of it. */
export const SEALED_HEADER_MAX = 65_536;
/** The logarithm of what a passphrase may cost to be tried, at most: what age writes itself, about a second. */
export const SCRYPT_WORK_MAX = 18;
/** Bytes of all segments of a bundle after decompression, at most. */
export const BUNDLE_RAW_MAX = 64 * 2 ** 30;
/** Bytes of an attachment chunk, at most. */
export const CHUNK_MAX = 1_048_576;
/** Chunks of a blob, at most: its chunk list is no longer than a chunk. */
export const BLOB_CHUNKS_MAX = 32_767;
/** Bytes of a blob, at most (about 32 GiB). */
export const BLOB_MAX = BLOB_CHUNKS_MAX * CHUNK_MAX;
/** Attachments of one message, at most: their roots and sizes fit into its clear metadata. */
export const ATTACHMENTS_MAX = 8;
/** Bytes of an attachment's name in UTF-8, at most. */
export const FILE_NAME_MAX = 255;
/** Bytes of an attachment's media type, at most. */
export const MEDIA_TYPE_MAX = 127;
/** Bytes of a self-chosen name in UTF-8, at most. */
export const NAME_MAX = 32;
/** Bytes of a topic's label in UTF-8, at most. */
export const LABEL_MAX = 64;
/** Characters of a card's text, at most. */
export const CARD_TEXT_MAX = 620;
/** The highest generation of a person's authority: it rises with each use of the recovery words. */
export const GENERATION_MAX = 65_535;
/** A generation counts up to so many above the highest known: what is further is kept aside. */
export const GENERATION_AHEAD = 16;
/** Current devices of a person, at most. */
export const DEVICES_MAX = 16;
/** Removed devices in a device list, at most: the newest. */
export const DEVICES_REMOVED_MAX = 64;
/** Bytes of a device list, at most. */
export const DEVICE_LIST_MAX = 4_096;
/** Bytes of a device's label in UTF-8, at most. */
export const DEVICE_LABEL_MAX = 32;
/** Bytes taken of one person log, at most: what lies behind that is left without a word. */
export const PERSON_LOG_MAX = 262_144;
/** Bytes of the statement that creates a private topic, at most. */
export const CREATE_STATEMENT_MAX = 4_096;
/** Owners of a private topic, at most. */
export const OWNERS_MAX = 16;
/** Bytes of a statement about a private topic, at most. */
export const STATEMENT_MAX = 40_960;
/** Statements that one cites, at most. */
export const STATEMENT_PREV_MAX = 64;
/** Logs whose ends one statement names, at most. */
export const CUT_LOGS_MAX = 64;
/** Devices to which one epoch is wrapped by its statement, at most. */
export const EPOCH_TO_MAX = 512;
/** Device lists of one person that an epoch's statement names, at most. */
export const EPOCH_PERSON_LISTS_MAX = 16;
/** Earlier epochs to which one is linked, at most: for each of its two secrets. */
export const EPOCH_LINKS_MAX = 64;
/** Statements of one device that one of its own can have before it, merges apart: later ones are discarded. */
export const DEVICE_STATEMENTS_MAX = 4_096;
/** Heads of a device that nobody else cited: another one waits until somebody does. */
export const FLOOD_HEADS_MAX = 64;
/** A member that holds so many of them cites them with a merge. */
export const FLOOD_HEADS_MERGED = 32;
/** Statements of others that one control entry carries, at most. */
export const CARRIED_STATEMENTS_MAX = 32;
/** A statement that so many others cited or acknowledged is carried no further. */
export const CARRIED_UNTIL = 3;
/** Imports that a device waits for which knew nothing of a topic when the recovery words were used on it. */
export const IMPORTS_AWAITED = 3;
/** Epochs that are shared with a device at once, at most: the newest. */
export const SHARED_EPOCHS_MAX = 24;
/** Renewals that one person can force within {@link RENEWAL_DAYS}. */
export const RENEWALS_MAX = 4;
/** Days of the own clock over which they count. */
export const RENEWAL_DAYS = 30;
/** Of each kind a control entry asks for so many things at most ... */
export const NEED_MAX = 512;
/** ... and of one log for so many of its epochs. */
export const NEED_EPOCHS_OF_LOG_MAX = 8;
/** Bytes of statements that are repeated for one device with one export, at most. */
export const ANSWERED_BYTES_MAX = 1_048_576;
/** Bytes of a letter's file, at most. */
export const LETTER_MAX = 16_384;
/** Epochs in a letter of which both secrets are given, at most, and those of which C alone is. */
export const LETTER_EPOCHS_MAX = 64;
/** Logs that a letter names, at most. */
export const LETTER_LOGS_MAX = 64;
/** Statements in a letter, at most. */
export const LETTER_STATEMENTS_MAX = 32;
/** Heads that a letter names, at most. */
export const LETTER_HEADS_MAX = 64;
/** Days for which a letter counts. */
export const LETTER_DAYS = 400;
/** Epochs that no statement here names, of which keys are tried at a time: for each log and each device that gives some. */
export const UNSTATED_EPOCHS_MAX = 64;
/** Bytes that an attachment of a private topic is padded to, at least. */
export const SEALED_BLOB_MIN = 4_096;
/** Cards taken from one text, or added by one command, at most. */
export const CARDS_MAX = 128;
/** Dependencies cited by one message, at most. */
export const DEPS_MAX = 16;
/** Bytes of a message's script key in UTF-8, at most. */
export const KEY_MAX = 256;
/** People whom one message mentions. */
export const MENTIONS_MAX = 16;
/** Bytes of the text of a reaction. */
export const REACTION_MAX = 32;
/** Lists and maps within one another in a CBOR item, at most; deeper ones cannot be understood. */
export const CBOR_DEPTH_MAX = 16;
/** Lists and objects within one another in foreign JSON, at most. */
export const JSON_DEPTH_MAX = 16;
/** Keys of one object in foreign JSON, at most. */
export const JSON_KEYS_MAX = 256;
/** Commas in foreign JSON, at most: a manifest of the largest size has fewer. */
export const JSON_COMMAS_MAX = 524_288;
/** A manifest names its key within so many bytes from its beginning. */
export const MANIFEST_KEY_WITHIN = 4_096;
/** Headers of members in an archive that bundles are taken out of, at most, directories among them. */
export const ARCHIVE_MEMBERS_MAX = 1_024;
/** Bytes that such an archive unpacks to, at most. */
export const ARCHIVE_UNPACKED_MAX = 2 ** 32;
/** Of a packed one no more than so many times its size is unpacked ... */
export const ARCHIVE_RATIO_MAX = 64;
/** ... once it is so many bytes. */
export const ARCHIVE_RATIO_FROM = 256 * 1_048_576;
/** Bytes of headers before a member's content, at most. */
export const ARCHIVE_HEADERS_MAX = 32_768;
/** Records in headers of all members, at most. */
export const ARCHIVE_RECORDS_MAX = 32_768;
/** Zeros before, between and behind members, at most. */
export const ARCHIVE_FILLING_MAX = 64 * 1_048_576;
/** Bytes that are sealed in one entry of a veiled log, padding included, at most. */
export const VEILED_PLAIN_MAX = 63_488;
/** The same beside a wrap. */
export const VEILED_PLAIN_BESIDE_WRAP_MAX = 49_152;
/** Veiled logs that are new to a carrier and taken with one import, at most. */
export const VEILED_LOGS_MAX = 1_000;
/** Which of a log's epochs one is: below this. */
export const VEILED_EPOCHS_LIMIT = 65_536;
/** Bytes of a frame's payload, at most: a proof finds room. */
export const FRAME_MAX = 3_145_728;
/** Bytes of what a stream begins with, at most. */
export const HELLO_MAX = 1_024;
/** Frames of a frontier in one round of a stream, at most. */
export const STREAM_FRONTIERS_MAX = 16;
/** Bytes of frames that were sent and not taken yet, at most ... */
export const STREAM_WINDOW = 8_388_608;
/** ... and so many frames. */
export const STREAM_WINDOW_FRAMES = 4_096;
/** Bytes that a receiver gathers before it makes them durable, at most. */
export const STREAM_BATCH = 2_097_152;
/** Frames that it gathers, at most. */
export const STREAM_BATCH_FRAMES = 1_024;
/** Rounds of one stream, at most. */
export const STREAM_ROUNDS_MAX = 16;
/** Bytes in a row that bring nothing, at most. */
export const STREAM_USELESS_MAX = 67_108_864;
/** Hints of one call, at most. */
export const CALL_HINTS_MAX = 1_024;

/** Addresses where a person publishes that a device tells, at most ... */
export const ADDRESSES_MAX = 4;
/** ... and characters of one. */
export const ADDRESS_MAX = 200;
/** Bytes that the segments of one hint hold after decompression, together, at most ... */
export const HINT_RAW_MAX = 262_144;
/** ... and so many entries. */
export const HINT_ENTRIES_MAX = 1_024;
/** Hints of one topic that are opened in a second, at most ... */
export const HINTS_A_SECOND = 100;
/** ... and ms in a second that go into those that bring nothing, at most ... */
export const HINTS_WASTED = 250;
/** ... before they are passed over for so long, ms. */
export const HINTS_PAUSE = 10_000;
