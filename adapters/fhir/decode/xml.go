package decode

import (
	"errors"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// ErrNotXML is the error of a payload in XML that is no FHIR: another document, a web
// page, broken markup. errors.Is takes it for [ErrNotJSON] too, for to whoever asks for a
// record both mean that what came is none.
var ErrNotXML error = notXML{}

type notXML struct{}

func (notXML) Error() string { return "fhir: the payload is not FHIR XML" }

func (notXML) Is(target error) bool { return target == ErrNotJSON }

// xmlDepth is how deep the elements of a document may nest. Those of a record are bound by
// [MaxDepth]; what nests deeper is the markup of narratives.
const xmlDepth = 512

// Read reads a payload of at most maxBytes (0: [DefaultMaxBytes]), in JSON or XML, whichever
// it is.
func (x *Reader) Read(data []byte, maxBytes int) (*Payload, error) {
	if isXML(data) {
		return x.XML(data, maxBytes)
	}
	return x.JSON(data, maxBytes)
}

// XML reads a payload in FHIR XML of at most maxBytes (0: [DefaultMaxBytes]): one resource.
// It is as lenient as [Reader.JSON] and takes ownership of data likewise. The errors are
// ErrNotXML, ErrTruncated, ErrEmpty and ErrTooLarge.
//
// Source: hl7.org/fhir/R4/xml.html and json.html.
func (x *Reader) XML(data []byte, maxBytes int) (*Payload, error) {
	root, err := parseXML(data, maxBytes)
	if err != nil {
		return nil, err
	}
	t := transcode(root)
	return x.read(t.out, true, origins{at: t.origins, data: data})
}

// AsJSON gives a payload as FHIR JSON: one in JSON (or anything that is no XML) as it is,
// one in FHIR XML of at most maxBytes (0: [DefaultMaxBytes]) in the form that [Reader.XML]
// reads, which has every number and code that it is sure of. It is for who wants a glance
// at one element. The errors are those of [Reader.XML].
func AsJSON(data []byte, maxBytes int) ([]byte, error) {
	if !isXML(data) {
		return data, nil
	}
	root, err := parseXML(data, maxBytes)
	if err != nil {
		return nil, err
	}
	return transcode(root).out, nil
}

func parseXML(data []byte, maxBytes int) (*xmltree.Element, error) {
	if maxBytes <= 0 {
		maxBytes = DefaultMaxBytes
	}
	root, err := xmltree.Parse(data, xmltree.Limits{Bytes: maxBytes, Depth: xmlDepth})
	if err != nil {
		return nil, xmlRefusal(data, err)
	}
	if !isFHIR(root.Name) {
		return nil, ErrNotXML
	}
	return root, nil
}

// xmlRefusal says why there is no document. Half a web page is no part of a record.
func xmlRefusal(data []byte, err error) error {
	if root, unread := xmltree.Root(data); unread == nil && !isFHIR(root) {
		return ErrNotXML
	}
	switch {
	case errors.Is(err, xmltree.ErrEmpty):
		return ErrEmpty
	case errors.Is(err, xmltree.ErrTruncated):
		return ErrTruncated
	case errors.Is(err, xmltree.ErrTooLarge):
		return ErrTooLarge
	}
	return ErrNotXML
}

// origins are the elements that resources were written from, by the place where their JSON
// begins, and the document that they stand in.
type origins struct {
	at   map[int]*xmltree.Element
	data []byte
}
