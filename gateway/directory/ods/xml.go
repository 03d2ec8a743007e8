package ods

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

const (
	// mostOfOne is the most that one organisation may take of a file, in bytes.
	mostOfOne = 4 << 20
	// mostDepth of elements.
	mostDepth = 64
)

var (
	errNotXML    = errors.New("is not XML that can be read to its end")
	errForbidden = errors.New("declares a document type, which no file of the service does")
	errTooLarge  = errors.New("has an element that is too large")
)

// readXML reads organisations one after the other, so that only one of them is in memory
// whatever the size of the file. The file says what it is by its elements: Organisation is
// the service's own XML, Organization and OrganizationAffiliation are FHIR.
func (l *loader) readXML(r io.Reader) (*File, error) {
	allowed := &allowance{from: r, left: mostOfOne}
	decoder := xml.NewDecoder(allowed)
	decoder.CharsetReader = charset
	file := &File{Format: "ODS XML"}
	var one tree
	for depth := 0; ; {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) && depth == 0 {
			return file, nil
		}
		if err != nil {
			return nil, xmlFault(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, errForbidden
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if allowed.left = mostOfOne; !holdsOrganisation(t.Name.Local) {
				depth++
				continue
			}
			line, _ := decoder.InputPos()
			if err := one.grow(decoder, t); err != nil {
				return nil, err
			}
			if err := l.takeTree(file, line, &one); err != nil {
				return nil, err
			}
		}
		if depth < 0 || depth > mostDepth {
			return nil, errNotXML
		}
	}
}

func holdsOrganisation(element string) bool {
	return element == "Organisation" || element == "Organization" || element == "OrganizationAffiliation"
}

// takeTree takes what one element says.
func (l *loader) takeTree(file *File, line int, one *tree) error {
	var s said
	switch one.nodes[0].name {
	case "Organisation":
		s = organisationOf(one, l.on)
	case "Organization":
		file.Format = "FHIR XML"
		s = resourceOf(one).said()
	default:
		file.Format = "FHIR XML"
		s = affiliationOf(one).said()
	}
	fault, err := l.take(s)
	if err != nil || fault != "" {
		file.fault(line, fault)
		return err
	}
	file.Organisations++
	return nil
}

// xmlFault is a reader's error without its words, which can repeat what the file holds.
func xmlFault(err error) error {
	if errors.Is(err, errTooLarge) {
		return errTooLarge
	}
	return errNotXML
}

func charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii", "ascii":
		return input, nil
	case "iso-8859-1", "windows-1252", "latin1":
		return charmap.Windows1252.NewDecoder().Reader(input), nil
	}
	return nil, errNotXML
}

// allowance bounds what is read between two organisations.
type allowance struct {
	from io.Reader
	left int64
}

// Read reads, unless too much was read.
func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, errTooLarge
	}
	n, err := a.from.Read(p)
	a.left -= int64(n)
	return n, err
}
