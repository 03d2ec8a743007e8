package xmltree

import "errors"

// What Parse says about a document that it does not read. None carries anything of the document.
var (
	// ErrEmpty: there is nothing but white space.
	ErrEmpty = errors.New("empty XML document")
	// ErrNotXML: what came is not well-formed XML, is in an encoding that is not read, or goes on after its root.
	ErrNotXML = errors.New("not XML")
	// ErrTruncated: the document ends before its root element does.
	ErrTruncated = errors.New("truncated XML document")
	// ErrTooLarge: the document is beyond one of its Limits.
	ErrTooLarge = errors.New("XML document beyond its limits")
	// ErrForbidden: the document declares a document type or an entity, which no record of a patient needs.
	ErrForbidden = errors.New("XML document with a document type declaration")
)
