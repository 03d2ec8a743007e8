// Package documents is what every kit does with the documents that a region lists:
// choosing those whose coded sections are worth reading, checking that what was fetched
// is what was listed, and seeing that a document is about the patient before anything of
// it is taken.
package documents
