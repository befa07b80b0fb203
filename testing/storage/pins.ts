import type { Pin } from "../engine/self-proof.ts"

/** The points that the contract decides where storages differ, and the clauses that hold each. */
export const storagePins: readonly Pin[] = [
  {
    point: "checksums",
    rule: "compared before anything is replaced, of bytes and of streams alike; an algorithm outside checksumsWrite: UNSUPPORTED, unread; told by head and get, dropped with the object; a whole read of other bytes: CORRUPT",
    clauses: ["STORAGE-SUM-"],
    elsewhere: "that a range is not compared, and a checksum of checksums neither: tests of the adapters",
  },
  {
    point: "deleting",
    rule: "exactly this key; what is not there resolves; deleteMany counts the keys that are not there any more, takes any number, and refuses a list with a bad key before it deletes",
    clauses: ["STORAGE-DEL-"],
    elsewhere: "keys that fail one by one: tests of the adapters",
  },
  {
    point: "order and prefix",
    rule: "keys as a whole by code points; a prefix is text, up to its last character; a list tells what head tells, and an empty one is no error",
    clauses: ["STORAGE-LIST-01", "STORAGE-LIST-02", "STORAGE-LIST-10", "STORAGE-LIST-11", "STORAGE-LIST-12"],
  },
  {
    point: "pages",
    rule: "a limit of 1 to 1,000, refused outside of it; a page may be shorter or empty while it has a cursor; a cursor goes on behind the last key, whatever was put and deleted, and is good for its prefix and delimiter alone",
    clauses: ["STORAGE-LIST-03", "STORAGE-LIST-04", "STORAGE-LIST-08", "STORAGE-LIST-09"],
    elsewhere: "a cursor that repeats: tests of the adapters",
  },
  {
    point: "delimiter",
    rule: "any text; keys are grouped behind the prefix, each prefix once over all pages, counted for the limit",
    clauses: ["STORAGE-LIST-05", "STORAGE-LIST-06", "STORAGE-LIST-07"],
  },
  {
    point: "copying",
    rule: "bytes, headers and metadata of the source but for what is given, metadata as a whole; onto itself too; conditions are about the target, where conditionalCopy is declared",
    clauses: ["STORAGE-COPY-"],
    elsewhere: "copy of an implementation without one: tests of core/storage",
  },
  {
    point: "signed URLs",
    rule: "good for one method, one key and a time, with the headers that presign gave, whose values are stored; a size is exact, maxBytes is the most; whatever else was changed is refused with a status from 400 to 499",
    clauses: ["STORAGE-SIGN-"],
    elsewhere: "reasons of verifyPresigned, and the routes: tests of core/storage",
  },
  {
    point: "parts",
    rule: "joined by their numbers, which need not follow each other; the one that came last counts; all but the last have minPartBytes; a part is taken whole or not at all",
    clauses: [
      "STORAGE-PART-01",
      "STORAGE-PART-02",
      "STORAGE-PART-03",
      "STORAGE-PART-10",
      "STORAGE-PART-12",
      "STORAGE-PART-13",
      "STORAGE-PART-18",
    ],
  },
  {
    point: "uploads",
    rule: "unseen until complete, which looks at conditions, resolves the same again, and ends the upload where one does not hold; abort resolves at any time and undoes nothing; a token finds the upload from everywhere; a bucket is empty whatever uploads it has",
    clauses: [
      "STORAGE-PART-04",
      "STORAGE-PART-05",
      "STORAGE-PART-06",
      "STORAGE-PART-07",
      "STORAGE-PART-08",
      "STORAGE-PART-09",
      "STORAGE-PART-11",
      "STORAGE-PART-14",
      "STORAGE-PART-15",
      "STORAGE-PART-16",
      "STORAGE-PART-17",
      "STORAGE-PART-20",
    ],
    elsewhere: "uploads that no token names: tests of the adapters",
  },
  {
    point: "durability",
    rule: "what has resolved is there after a kill, and after a restart where durable is declared; what has not is old or new, whole",
    clauses: ["STORAGE-FAULT-01", "STORAGE-FAULT-02", "STORAGE-FAULT-03", "STORAGE-PART-19"],
  },
  {
    point: "cut reads",
    rule: "all of it or an error: UNAVAILABLE, or TIMEOUT where nothing comes; an end that is too early is none",
    clauses: ["STORAGE-FAULT-04", "STORAGE-FAULT-05"],
  },
  {
    point: "lost puts",
    rule: "old or new, whole, and the next put stores; a stream that was not read to its end is cancelled, once",
    clauses: ["STORAGE-FAULT-06", "STORAGE-FAULT-07"],
  },
]
