import { capabilityFamily, clientFamily, nameFamily, sentencesOf } from "../foundation/families.ts"

const WORDS = { names: "keys", services: "storages" }

/** delete does not tell whether there was an object. */
const { "06": _, ...storageClientFamily } = clientFamily

/** The rules of an object storage by the id of their clause, version 1. */
export const storageSentences = {
  // Buckets
  "STORAGE-BUCKET-01": "listBuckets lists each bucket that was made once, in the order of names.",
  "STORAGE-BUCKET-02":
    "createBucket of an existing bucket resolves, also at the same time, and leaves its objects alone.",
  "STORAGE-BUCKET-03": "deleteBucket removes an empty bucket, and one that is made anew is empty.",
  "STORAGE-BUCKET-04":
    'deleteBucket of a bucket with objects rejects PRECONDITION_FAILED, reason "bucket", and leaves them.',
  "STORAGE-BUCKET-05": "deleteBucket with force removes a bucket with all its objects, however many, and no other.",
  "STORAGE-BUCKET-06":
    'Calls on a bucket that is not there reject NOT_FOUND, reason "bucket"; head resolves undefined.',
  "STORAGE-BUCKET-07": "Buckets have objects of their own.",
  "STORAGE-BUCKET-08":
    "Names of buckets that are not 3 to 63 lower-case letters and digits, with hyphens or a dot between two of them, reject INVALID_ARGUMENT.",

  // Putting
  "STORAGE-PUT-01": "get gives the bytes that put was given, of every kind of body.",
  "STORAGE-PUT-02": "An empty body of every kind makes an object of 0 bytes.",
  "STORAGE-PUT-03": "put replaces the whole object, with its headers and its metadata.",
  "STORAGE-PUT-04": "put resolves what head then tells.",
  "STORAGE-PUT-05": "Bodies of many megabytes come back exactly, with their size given and without.",
  "STORAGE-PUT-06": "Changing bytes after put has resolved, or bytes that were got, changes nothing that is stored.",
  "STORAGE-PUT-07":
    'A body that has more or fewer bytes than size rejects INVALID_ARGUMENT, reason "size", and the old object stays.',
  "STORAGE-PUT-08": 'A body that fails rejects INVALID_ARGUMENT, reason "body", and the old object stays.',
  "STORAGE-PUT-09": 'A stream that gives anything but Uint8Arrays rejects INVALID_ARGUMENT, reason "body".',
  "STORAGE-PUT-10": "A put whose signal has aborted rejects ABORTED, reads nothing and changes nothing.",
  "STORAGE-PUT-11":
    "A put whose signal aborts rejects ABORTED at once, also while its body is idle, and the old object stays.",
  "STORAGE-PUT-12": "A stream is cancelled once where put fails, whether it was read or not.",
  "STORAGE-PUT-13": "A stream that put has stored was read to its end, and is not cancelled.",
  "STORAGE-PUT-14": "onProgress tells growing numbers up to the size of the body, and may throw.",
  "STORAGE-PUT-15": "A body over maxObjectBytes rejects LIMIT_EXCEEDED, and the old object stays.",
  "STORAGE-PUT-16": "Of simultaneous puts of one key one object stays, whole: its bytes and metadata are of one put.",
  "STORAGE-PUT-17": "Until a put has resolved, readers see the old object, or the new one, whole.",
  "STORAGE-PUT-18": "Text is stored as UTF-8, and a byte order mark is kept.",
  "STORAGE-PUT-19": "A stream may fill the memory of a piece again when it is asked for the next.",
  "STORAGE-PUT-20": "A put, or a part, of a stream that gives nothing settles when the storage closes, and cancels it.",

  // Headers and metadata
  "STORAGE-META-01":
    "Content type, encoding, disposition, language and cache control come back, from head and from get.",
  "STORAGE-META-02":
    "Without a content type it is that of the key's extension, and application/octet-stream where there is none.",
  "STORAGE-META-03":
    "Metadata come back exactly, with every kind of body: blanks at their ends, other alphabets, line ends, empty text, text that looks encoded.",
  "STORAGE-META-04":
    "Names of metadata other than a-z, 0-9 and hyphens, and values that are no text, reject INVALID_ARGUMENT.",
  "STORAGE-META-05":
    "Metadata of maxMetadataBytes, as encoded, are kept; more reject LIMIT_EXCEEDED, and the old object stays.",
  "STORAGE-META-06":
    "A contentDisposition whose filename is not ASCII comes back as filename and filename*, which is its UTF-8.",
  "STORAGE-META-07": "Headers with line ends, control characters or other text than ASCII reject INVALID_ARGUMENT.",
  "STORAGE-META-08": "An object with a contentEncoding is given as stored: its size, its bytes and its ranges.",
  "STORAGE-META-09": "An object that was put without metadata has none.",

  // Getting
  "STORAGE-GET-01": 'get of an object that is not there rejects NOT_FOUND, reason "object"; head resolves undefined.',
  "STORAGE-GET-02": "bytes, text and stream each give the whole object.",
  "STORAGE-GET-03": "text reads bytes that are no UTF-8 as U+FFFD.",
  "STORAGE-GET-04": "An object that was got stays as it was, whatever is put or deleted before it is read.",
  "STORAGE-GET-05": 'A second read of what one get gave rejects PRECONDITION_FAILED, reason "read".',
  "STORAGE-GET-06": "bytes and text of more than maxBytes reject LIMIT_EXCEEDED.",
  "STORAGE-GET-07":
    'cancel releases an object: it resolves again and again, and a later read rejects PRECONDITION_FAILED, reason "read".',
  "STORAGE-GET-08": "A get whose signal has aborted rejects ABORTED, and so does reading once it aborts.",
  "STORAGE-GET-09": "The info of get is what head tells.",
  "STORAGE-GET-10": "A stream that is cancelled in the middle ends, and the storage works on.",
  "STORAGE-GET-11": "Many objects that nobody reads keep no other call from its answer.",
  "STORAGE-GET-12": "An object of many megabytes is read in pieces, and a slow reader gets all of them.",

  // Ranges
  "STORAGE-RANGE-01": "A range gives the bytes from start up to and with end, and tells which these are.",
  "STORAGE-RANGE-02": "A range without an end goes to the end, and an end behind the object is its end.",
  "STORAGE-RANGE-03": "A suffix gives the last bytes, and the whole object where that has fewer.",
  "STORAGE-RANGE-04":
    'A start at the size or behind it rejects INVALID_ARGUMENT, reason "range", with the size; so does any start in an empty object.',
  "STORAGE-RANGE-05": "A suffix of an empty object is empty.",
  "STORAGE-RANGE-06":
    "A start behind the end, a suffix of 0, negative numbers, fractions and unknown members reject INVALID_ARGUMENT.",
  "STORAGE-RANGE-07": "The info of a range is that of the whole object, but for checksums, which it may not tell.",

  // ETags and conditions
  "STORAGE-ETAG-01": "put, head, get and list tell the same ETag, which changes with the content.",
  "STORAGE-ETAG-02":
    "With etag version each write gives another ETag, also of the same bytes; with content the same bytes give the same one.",
  "STORAGE-COND-01": "get with ifMatch of the object's ETag gives it.",
  "STORAGE-COND-02": 'get with another ifMatch rejects PRECONDITION_FAILED, reason "changed".',
  "STORAGE-COND-03":
    'get with ifNoneMatch of the object\'s ETag rejects PRECONDITION_FAILED, reason "not-modified"; with another one it gives the object.',
  "STORAGE-COND-04": "get with a condition of an object that is not there rejects NOT_FOUND.",
  "STORAGE-COND-05":
    "Conditions take one ETag: *, lists and weak ones reject INVALID_ARGUMENT, and so do two conditions of a write.",
  "STORAGE-CREATE-01": "put with ifNoneMatch stores where nothing stands, also after a delete.",
  "STORAGE-CREATE-02": 'Where an object stands it rejects PRECONDITION_FAILED, reason "exists", and the object stays.',
  "STORAGE-CREATE-03": "Of 20 simultaneous puts with ifNoneMatch one resolves, and its object stays.",
  "STORAGE-CREATE-04":
    "A put with ifNoneMatch whose answer is lost resolves, rejects TIMEOUT with an unknown outcome, or UNAVAILABLE where nothing was stored; it never reads as lost to another.",
  "STORAGE-MATCH-01": "put with ifMatch of the object's ETag replaces it.",
  "STORAGE-MATCH-02": 'put with another ifMatch rejects PRECONDITION_FAILED, reason "changed", and the object stays.',
  "STORAGE-MATCH-03":
    'put with ifMatch where nothing stands rejects PRECONDITION_FAILED, reason "changed", and stores nothing.',
  "STORAGE-MATCH-04": "Of 20 simultaneous puts with ifMatch of one ETag one resolves, and its object stays.",
  "STORAGE-MATCH-05":
    "A put with ifMatch whose answer is lost resolves, rejects TIMEOUT with an unknown outcome, or UNAVAILABLE where nothing was stored; it never reads as lost to another.",

  // Checksums
  "STORAGE-SUM-01":
    "A put with the right checksum stores, by every algorithm of checksumsWrite, of bytes and of streams.",
  "STORAGE-SUM-02":
    'A put with a wrong checksum rejects INVALID_ARGUMENT, reason "checksum", and the old object stays, of bytes and of streams.',
  "STORAGE-SUM-03": "A checksum by an algorithm outside checksumsWrite rejects UNSUPPORTED, and the body is not read.",
  "STORAGE-SUM-04": "A checksum of another length, or that is no base64, rejects INVALID_ARGUMENT.",
  "STORAGE-SUM-05": "head and get tell the checksum that an object was put with, by every algorithm of checksumsRead.",
  "STORAGE-SUM-06": "Stored bytes that have changed reject CORRUPT when the whole object is read.",

  // Deleting
  "STORAGE-DEL-01": "delete removes the object and no other.",
  "STORAGE-DEL-02": "delete of an object that is not there resolves.",
  "STORAGE-DEL-03": "deleteMany removes each key, and tells how many are not there any more.",
  "STORAGE-DEL-04": "deleteMany takes no key, a key twice, and more than 1,000 keys.",
  "STORAGE-DEL-05": "deleteMany with a key that is refused rejects INVALID_ARGUMENT and deletes nothing.",

  // Listing
  "STORAGE-LIST-01": "list gives every key of the bucket in the order of code points.",
  "STORAGE-LIST-02": "A prefix is taken literally, up to its last character and with its case.",
  "STORAGE-LIST-03": "Pages leave out and repeat nothing, whatever their limit, and the last has no cursor.",
  "STORAGE-LIST-04": "A cursor stays valid while objects before and behind it are put and deleted.",
  "STORAGE-LIST-05": "A delimiter groups keys behind the prefix: prefixes and objects together hold every key once.",
  "STORAGE-LIST-06": "Prefixes count for the limit, and are there once over all pages.",
  "STORAGE-LIST-07": "A delimiter is any text, of several characters too.",
  "STORAGE-LIST-08": "A cursor that list did not give, or for another prefix or delimiter, rejects INVALID_ARGUMENT.",
  "STORAGE-LIST-09":
    "A limit that is no whole number from 1 to 1,000 rejects INVALID_ARGUMENT; without one it is 1,000.",
  "STORAGE-LIST-10": "An empty bucket, and a prefix that no key has, give an empty page without a cursor.",
  "STORAGE-LIST-11": "list tells the size, ETag and time that head tells.",
  "STORAGE-LIST-12": "An unknown option, an empty delimiter and a prefix that is no text reject INVALID_ARGUMENT.",

  // Copying
  "STORAGE-COPY-01": "copy makes an object with the bytes, headers and metadata of its source, which stays.",
  "STORAGE-COPY-02": "copy goes to another bucket, and replaces what stands there.",
  "STORAGE-COPY-03": "Fields that copy is given take the place of the source's; all others are kept.",
  "STORAGE-COPY-04": "copy of an object onto itself changes its fields and keeps its bytes.",
  "STORAGE-COPY-05": 'copy of an object that is not there rejects NOT_FOUND, reason "object", and changes nothing.',
  "STORAGE-COPY-06": "copy takes keys with every character, as source and as target.",
  "STORAGE-COPY-07":
    "copy with a condition that does not hold rejects PRECONDITION_FAILED, and what stands there stays.",
  "STORAGE-COPY-08": "Of 20 simultaneous copies with ifNoneMatch one resolves.",

  // Keys: 1 to 1,024 UTF-8 bytes
  ...sentencesOf(nameFamily, "STORAGE-KEY", WORDS),
  "STORAGE-KEY-04": "Punctuation in keys is kept: separators, quotes, backslashes, signs of URLs.",
  "STORAGE-KEY-14":
    "Keys with . or .. between slashes reject INVALID_ARGUMENT in every method; .hidden and ..x are keys.",
  "STORAGE-KEY-15": "Keys with C0 control characters reject INVALID_ARGUMENT in every method.",
  "STORAGE-KEY-16": "a, a/, a//b, a/b and /a are different keys, which stand side by side.",
  "STORAGE-KEY-17": "Keys whose segments have 300 bytes, and keys of 100 segments, are kept.",
  ...sentencesOf(storageClientFamily, "STORAGE-CLIENT", WORDS),

  // Signed URLs (`presign`)
  "STORAGE-SIGN-01": "A signed GET gives the bytes, the content type and the ETag.",
  "STORAGE-SIGN-02":
    "A signed PUT with the headers that presign gave stores the body, its content type and its metadata.",
  "STORAGE-SIGN-03": "A signed HEAD gives the size and no body.",
  "STORAGE-SIGN-04": "A signed DELETE removes the object.",
  "STORAGE-SIGN-05": "A signed POST stores the file of a form with the fields that presign gave.",
  "STORAGE-SIGN-06": "A signed URL that has expired is refused.",
  "STORAGE-SIGN-07": "A signed URL whose query was changed is refused.",
  "STORAGE-SIGN-08": "A signed URL is good for its method alone.",
  "STORAGE-SIGN-09": "A signed URL is good for its key alone.",
  "STORAGE-SIGN-10": "A signed PUT with another content type, or without a header that presign gave, is refused.",
  "STORAGE-SIGN-11":
    "A signed PUT with a body of another size than it was signed for is refused, and the old object stays.",
  "STORAGE-SIGN-12": "A signed POST with a file over maxBytes is refused, and the old object stays.",
  "STORAGE-SIGN-13": "A signed PUT with ifNoneMatch stores once, and is then refused.",
  "STORAGE-SIGN-14": "A signed GET answers with the disposition that it was signed with.",
  "STORAGE-SIGN-15": "expiresIn that is no whole number from 1 to 604,800 rejects INVALID_ARGUMENT.",
  "STORAGE-SIGN-16": "An option that the method has no use for rejects INVALID_ARGUMENT.",
  "STORAGE-SIGN-17": "A method outside presignMethods rejects UNSUPPORTED.",
  "STORAGE-SIGN-18": "Keys with every character can be signed for.",
  "STORAGE-SIGN-19": "presign tells the method, and when the URL expires.",
  "STORAGE-SIGN-20": "A signed GET gives ranges.",

  // Uploads in parts (`multipart`)
  "STORAGE-PART-01":
    "complete makes an object of the parts in the order of their numbers, in whatever order they came.",
  "STORAGE-PART-02": "A part that is sent again replaces the earlier one.",
  "STORAGE-PART-03": "parts lists the number and the size of each part, in order.",
  "STORAGE-PART-04": "Until complete nothing of an upload is seen: not by head, not by list, and the old object stays.",
  "STORAGE-PART-05": "complete called again resolves the same.",
  "STORAGE-PART-06": 'After abort nothing is left, and calls on the upload reject NOT_FOUND, reason "upload".',
  "STORAGE-PART-07": "abort resolves again, and after complete, which it does not undo.",
  "STORAGE-PART-08": "An upload goes on by its token, with another client too.",
  "STORAGE-PART-09": "A text that is no token rejects INVALID_ARGUMENT.",
  "STORAGE-PART-10": "An upload without a part makes an empty object.",
  "STORAGE-PART-11": "The object has the headers and the metadata that createUpload was given.",
  "STORAGE-PART-12": "A number of a part that is no whole number from 1 to 10,000 rejects INVALID_ARGUMENT.",
  "STORAGE-PART-13":
    'complete with a part under minPartBytes that is not the last rejects INVALID_ARGUMENT, reason "size"; the part can be sent again.',
  "STORAGE-PART-14":
    "complete with ifNoneMatch where an object stands rejects PRECONDITION_FAILED, and the upload is gone.",
  "STORAGE-PART-15": "Of simultaneous completes with ifNoneMatch of one key one resolves.",
  "STORAGE-PART-16":
    "sweepUploads aborts the uploads of the bucket that are older, leaves younger ones, and tells how many.",
  "STORAGE-PART-17": "Two uploads of one key know nothing of each other.",
  "STORAGE-PART-18": "A part whose body fails, or whose checksum is wrong, rejects and is not among the parts.",
  "STORAGE-PART-19": "An upload outlives a restart of a durable store.",
  "STORAGE-PART-20": "deleteBucket takes no notice of uploads, whose calls then reject NOT_FOUND.",
  "STORAGE-PART-21":
    "complete of parts that have more bytes than maxObjectBytes together rejects LIMIT_EXCEEDED, and the old object and the upload stay.",

  // Failing stores and processes (beside `contracts/foundation/clauses.ts`)
  "STORAGE-FAULT-01": "Objects outlive a restart of a durable store, with their headers and metadata.",
  "STORAGE-FAULT-02": "An object whose put has resolved is there after its process was killed.",
  "STORAGE-FAULT-03": "A process that is killed in the middle of puts leaves each object old or new, whole.",
  "STORAGE-FAULT-04": "An object that is cut on its way rejects: a read never ends early as if that were all.",
  "STORAGE-FAULT-05": "An object whose rest does not come rejects TIMEOUT or UNAVAILABLE.",
  "STORAGE-FAULT-06":
    "A put whose answer is lost leaves the old object or the new one, whole, and the next put stores.",
  "STORAGE-FAULT-07": "A stream whose put fails with its store is cancelled once.",

  // Capabilities
  "STORAGE-CAP-01": capabilityFamily.without("presign"),
  "STORAGE-CAP-02": capabilityFamily.without("multipart"),
  "STORAGE-CAP-03": capabilityFamily.without("verifyPresigned"),
  "STORAGE-CAP-04": capabilityFamily.ranges,
  "STORAGE-CAP-05": capabilityFamily.stable,
  "STORAGE-CAP-06": "Without conditionalGet, get with a condition rejects UNSUPPORTED.",
  "STORAGE-CAP-07": "Without conditionalCreate, put with ifNoneMatch rejects UNSUPPORTED and stores nothing.",
  "STORAGE-CAP-08": "Without conditionalMatch, put with ifMatch rejects UNSUPPORTED and stores nothing.",
  "STORAGE-CAP-09": "Without conditionalComplete, createUpload with a condition rejects UNSUPPORTED.",
  "STORAGE-CAP-10": "Without conditionalCopy, copy with a condition rejects UNSUPPORTED and changes nothing.",
} as const

export type StorageClauseId = keyof typeof storageSentences
