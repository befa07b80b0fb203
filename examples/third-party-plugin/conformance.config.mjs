import { fileCacheSubject } from "./subject.js"

export const subjects = [fileCacheSubject]
